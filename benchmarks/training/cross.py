"""Held-out scores: every page cleaned by a model that has seen no page of its site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.quality import dumps, extraction
from benchmarks.quality.bench import Bench
from benchmarks.quality.figures import Sheet
from benchmarks.quality.predict import Prediction, page_dump, predict
from benchmarks.training.corpus import FOLDS, fold_of
from pipeline.clean import Cleaner
from pipeline.clean.model import LineModel
from pipeline.lexicon import Lexicon
from pipeline.limits import Limits
from pipeline.records import Dump
from pipeline.rulebook import Rulebook
from pipeline.settings import CleanSettings


def held_out(bench: Bench, model_by_fold: Mapping[int, LineModel]) -> Iterator[Sheet]:
    """Yield the scores of the raw dumps that are no joints of others, and of the text forms of whole pages."""
    gold = [row for row in bench.rows("dumps/dev.jsonl") if not row["constructed"]]
    texts = [(row["site"], page_dump(row["id"], "\n".join(line["text"] for line in row["lines"]))) for row in gold]
    yield dumps.sheet(bench.scorer("dumps"), gold, _predictions(texts, model_by_fold))
    pages = {page["id"]: page for page in bench.rows("extraction/pages.jsonl.xz")}
    forms = [
        (pages[row["id"]]["site"], page_dump(f"{form}:{row['id']}", text))
        for row in bench.rows("extraction/dumps.jsonl.xz")
        for form, text in row["dumps"].items()
    ]
    predictions = _predictions(forms, model_by_fold)
    scorer = bench.scorer("extraction")
    scored = [_scored(scorer, pages, name, prediction) for name, prediction in predictions.items()]
    yield extraction.sheet(scorer, scored, predictions)


def _predictions(pages: list[tuple[str, Dump]], model_by_fold: Mapping[int, LineModel]) -> dict[str, Prediction]:
    found: dict[str, Prediction] = {}
    book, lexicon, min_words = Rulebook.load(), Lexicon.load(), CleanSettings().min_words
    for fold in range(FOLDS):
        # Not Cleaner.load: the model that is installed may be made for other features.
        cleaner = Cleaner(book, lexicon, Limits(), min_words, model_by_fold[fold])
        own = [dump for site, dump in pages if fold_of(site) == fold]
        found |= predict(own, workers=1, make_cleaner=lambda cleaner=cleaner: cleaner)  # type: ignore[misc]
    return {dump.source_path: found[dump.source_path] for _, dump in pages}


def _scored(scorer: Any, pages: Mapping[str, Any], name: str, prediction: Prediction) -> extraction.Scored:  # noqa: ANN401
    form, key = name.split(":", 1)
    page = pages[key]
    precision, recall, f = scorer.score_page(page, extraction.as_gold_counts(page["source"], prediction))
    return extraction.Scored(
        page=key,
        source=page["source"],
        site=page["site"],
        form=form,
        precision=precision,
        recall=recall,
        f=f,
    )
