"""Scores of the labelled raw dumps: lines kept and dropped, metadata, and articles told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType

from benchmarks.quality import bootstrap
from benchmarks.quality.bench import Bench, BenchError
from benchmarks.quality.figures import Cell, Figure, Sheet, Table
from benchmarks.quality.held_out import held_out
from benchmarks.quality.pages import Page, Row, as_scored
from benchmarks.quality.predict import CleansDumps, Prediction, page_dump, predict
from benchmarks.quality.stories import article_figures, article_table, metadata_errors, metadata_figures, metadata_table

SCORES: Mapping[str, Callable[[bootstrap.Totals], bootstrap.Totals]] = {
    "line P": bootstrap.ratio(0, 0, 1),
    "line R": bootstrap.ratio(0, 0, 2),
    "line F1": bootstrap.f1(0, 1, 2),
    "char F1": bootstrap.f1(3, 4, 5),
    "page F1": bootstrap.ratio(6, 8),
    "clean pages": bootstrap.ratio(7, 8),
}
PINNED_GROUPS = ("unjoined", "joined", "English", "other languages", "origin: seed")
# Not P and R: a rule may trade one for more of the other.
PINNED_SCORES = ("line F1", "page F1", "clean pages")


def measure(bench: Bench, *, workers: int, make_cleaner: Callable[[], CleansDumps] | None = None) -> Sheet:
    """Return the scores of ``dumps/dev.jsonl``: pages as text files without name or address, default settings.

    Each page is cleaned by a model that has not seen its site, unless ``make_cleaner`` makes another cleaner.

    Raises:
        BenchError: the set is missing, or its scorer counts otherwise than this module.
    """
    gold = list(bench.rows("dumps/dev.jsonl"))
    texts = [page_dump(row["id"], "\n".join(line["text"] for line in row["lines"])) for row in gold]
    without_site = held_out({row["id"]: row["site"] for row in gold})
    predictions = predict(texts, workers=workers, make_cleaner=make_cleaner or without_site)
    return sheet(bench.scorer("dumps"), gold, predictions)


def sheet(scorer: ModuleType, gold: Sequence[Row], predictions: Mapping[str, Prediction]) -> Sheet:
    """Return the scores of ``predictions`` (by page id) against ``gold``."""
    scored = {row["id"]: as_scored(predictions[row["id"]]) for row in gold}
    pages = [Page(row, scorer.kept_lines(row, scored[row["id"]]), scored[row["id"]]) for row in gold]
    unjoined = [page for page in pages if not page.gold["constructed"]]
    groups = dict(page_groups(pages))
    figures = {
        f"dumps/{name}/{score}": figure
        for name, group in groups.items()
        for score, figure in line_figures(scorer, group)
    }
    pinned = {f"dumps/{name}/{score}" for name in PINNED_GROUPS if name in groups for score in PINNED_SCORES}
    metadata = dict(metadata_figures(scorer, unjoined))
    articles = dict(article_figures(scorer, pages))
    tables = (
        lines_table(groups, figures),
        metadata_table(scorer, unjoined, metadata),
        article_table(articles),
        removals_table(unjoined),
        cost_table(predictions),
    )
    errors = tuple(line_errors(scorer, unjoined)) + tuple(metadata_errors(scorer, unjoined))
    every = {**figures, **metadata, **articles}
    return Sheet(
        source="dumps",
        tables=tables,
        figures=every,
        pinned=frozenset(pinned | set(metadata) | set(articles)),
        errors=errors,
    )


def page_groups(pages: Sequence[Page]) -> Iterator[tuple[str, list[Page]]]:
    """Yield the groups that are told apart, each with a name; empty ones are left out."""
    unjoined = [page for page in pages if not page.gold["constructed"]]
    yield from (
        (name, group)
        for name, group in (("unjoined", unjoined), ("joined", [p for p in pages if p not in unjoined]))
        if group
    )
    for name, english in (("English", True), ("other languages", False)):
        group = [page for page in unjoined if (page.gold["lang"] == "en") == english]
        if group:
            yield name, group
    origins = {origin_name(page.gold): None for page in unjoined}
    for origin in origins:
        yield f"origin: {origin}", [page for page in unjoined if origin_name(page.gold) == origin]


def origin_name(row: Row) -> str:
    """Return how the page became text, in short: main content, whole page, or seed (text as its user sent it)."""
    render = row.get("render") or ""
    return "main content" if render.startswith("m") else "whole page" if render.startswith("w") else "seed"


def line_counts(scorer: ModuleType, page: Page) -> tuple[float, ...]:
    """Return right, wrongly kept, wrongly dropped lines; the same in characters; page F1; 1 if clean; 1."""
    lines, chars = [0, 0, 0], [0, 0, 0]
    for number, line in enumerate(page.gold["lines"]):
        label, kept = line["label"], number in page.kept
        if label == "BLANK" or label in scorer.NEUTRAL or not (kept or label in scorer.KEPT):
            continue
        column = 1 if label not in scorer.KEPT else 0 if kept else 2
        lines[column] += 1
        chars[column] += len(line["text"].strip())
    hit, extra, missed = lines
    page_f1 = 2 * hit / max(1, 2 * hit + extra + missed)
    return (*lines, *chars, page_f1, float(extra == missed == 0), 1.0)


def line_figures(scorer: ModuleType, pages: Sequence[Page]) -> Iterator[tuple[str, Figure]]:
    """Yield each line score of ``pages`` by its name, with its interval over sites.

    Raises:
        BenchError: the bench's scorer gives another F1: the definition has moved away from the columns used here.
    """
    sums = bootstrap.site_sums([page.gold["site"] for page in pages], [line_counts(scorer, page) for page in pages])
    figures = {name: bootstrap.figure(sums, score) for name, score in SCORES.items()}
    out, _ = scorer.score([page.gold for page in pages], {page.gold["id"]: page.scored for page in pages})
    theirs = {"line F1": out["lines"]["F1"], "char F1": out["chars"]["F1"], "page F1": out["mean page F1"]}
    for name, value in theirs.items():
        if abs(figures[name].value - value) > 1e-6:
            raise BenchError(
                f"{name} is {figures[name].value} here and {value} by dumps/score.py: bring line_counts in step"
            )
    yield from figures.items()


def lines_table(groups: Mapping[str, Sequence[Page]], figures: Mapping[str, Figure]) -> Table:
    """Return the line scores, a row a group of pages."""
    rows: list[tuple[Cell, ...]] = []
    for name, pages in groups.items():
        scores = (figures[f"dumps/{name}/{score}"] for score in SCORES)
        rows.append((name, len(pages), len({page.gold["site"] for page in pages}), *scores))
    return Table(title="Lines of raw dumps", header=("group", "pages", "sites", *SCORES), rows=tuple(rows))


def removals_table(pages: Sequence[Page]) -> Table:
    """Return how many lines of each labelled class were taken out; body classes should read 0, dropped ones all."""
    lines: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for page in pages:
        for number, line in enumerate(page.gold["lines"]):
            if line["label"] != "BLANK":
                lines[line["label"]] += 1
                removed[line["label"]] += number not in page.kept
    rows = tuple(
        (label, count, removed[label], Figure(value=removed[label] / count)) for label, count in lines.most_common()
    )
    return Table(
        title="Removed lines by class, unjoined dumps", header=("class", "lines", "removed", "share"), rows=rows
    )


def cost_table(predictions: Mapping[str, Prediction]) -> Table:
    """Return the CPU time of cleaning and what was quarantined; for orientation, the machine may be busy."""
    seconds = sorted(prediction.seconds for prediction in predictions.values())
    reasons = Counter(reason for prediction in predictions.values() for reason in prediction.reasons)
    rows: list[tuple[str, str]] = [
        ("CPU ms a dump, mean", f"{1_000 * sum(seconds) / len(seconds):.2f}"),
        ("CPU ms a dump, most", f"{1_000 * seconds[-1]:.2f}"),
    ]
    rows += [(f"quarantined: {reason}", str(count)) for reason, count in reasons.most_common()]
    return Table(title="Cost and quarantine", header=("what", "value"), rows=tuple(rows))


def line_errors(scorer: ModuleType, pages: Sequence[Page]) -> Iterator[Row]:
    """Yield each line wrongly kept or wrongly dropped."""
    for page in pages:
        for number, line in enumerate(page.gold["lines"]):
            label, kept = line["label"], number in page.kept
            if label != "BLANK" and label not in scorer.NEUTRAL and kept != (label in scorer.KEPT):
                yield {"page": page.gold["id"], "line": number + 1, "label": label, "kept": kept, "text": line["text"]}
