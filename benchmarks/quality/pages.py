"""A labelled dump beside what the cleaner made of it, in the words of the labelled set's scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.quality.predict import Prediction
from pipeline.records import Article

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A labelled page, what the scorer takes for its kept lines, and the prediction it scored."""

    gold: Row
    kept: Mapping[int, int]
    scored: Row


def as_scored(prediction: Prediction) -> Row:
    """Return a prediction in the form the bench's scorer reads."""
    return {"id": prediction.key, "articles": [_fields(article) for article in prediction.articles]}


def _fields(article: Article) -> Row:
    return {
        "body": article.text,
        "headline": article.headline,
        "standfirst": article.standfirst,
        "date": article.published_date.isoformat() if article.published_date else None,
        "author": written(article.authors),
        "agency": article.agency,
        "section": article.section,
    }


def written(names: Sequence[str]) -> str:
    """Return names as a byline writes them, which is what the labels hold.

    >>> written(("Ann Lee", "Bo Day", "Cy Orr"))
    'Ann Lee, Bo Day and Cy Orr'
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
