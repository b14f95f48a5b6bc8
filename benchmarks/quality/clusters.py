"""Labelled documents and reprints through the matcher, in the form of one text and one headline a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.dedup_quality import cluster_documents
from benchmarks.quality.predict import CleansDumps, Prediction, page_dump, predict

Row = dict[str, Any]
KNOWN_FIELDS = ("site", "date", "title", "url")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents to be clustered in one batch: rows with id, title, date and site, and the text of each by its id."""

    rows: tuple[Row, ...]
    texts: Mapping[str, str]


def cleaned_corpus(
    rows: Sequence[Row], *, workers: int, make_cleaner: Callable[[], CleansDumps]
) -> tuple[Corpus, dict[str, Prediction]]:
    """Return ``rows`` with text and headline as the cleaner gives them for their page text, and its predictions.

    The cleaner is told what an input record would tell it: site, date, title and address, where the row has them. A
    page with several articles is one document of all their text, since its label is one too.
    """
    dumps = [
        page_dump(row["id"], row["text"], **{name: row[name] for name in KNOWN_FIELDS if row.get(name)}) for row in rows
    ]
    predictions = predict(dumps, workers=workers, make_cleaner=make_cleaner)
    heads = {key: made.articles[0].headline for key, made in predictions.items() if made.articles}
    described = tuple({**row, "title": heads.get(row["id"])} for row in rows)
    return Corpus(described, {key: made.text for key, made in predictions.items()}), predictions


class Cluster:
    """Clusters one corpus a call: the cluster id of every row by its id."""

    def __call__(self, corpus: Corpus) -> dict[str, str]:
        """Return the clusters; a document without text was quarantined, never meets the matcher and stands alone."""
        rows = [row for row in corpus.rows if corpus.texts.get(row["id"])]
        alone = {row["id"]: f"alone:{row['id']}" for row in corpus.rows}
        return alone | cluster_documents(rows, corpus.texts)
