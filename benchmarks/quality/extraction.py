"""Scores of whole pages: HTML and nine kinds of text made of it, beside trafilatura on the same HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import trafilatura
from bs4 import BeautifulSoup
from markdownify import MarkdownConverter
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from benchmarks.quality import bootstrap
from benchmarks.quality.bench import Bench, BenchError, load_scorer
from benchmarks.quality.figures import Figure, Sheet, Table
from benchmarks.quality.held_out import held_out
from benchmarks.quality.predict import CleansDumps, Prediction, fan_out, page_dump, predict
from benchmarks.quality.titles import Headline, ReadTitles, headline_table, headlines
from pipeline.records import Dump

Page = dict[str, Any]

BASELINE = "trafilatura"
# Sources whose gold holds the standfirst; ours is a column of its own and is put back in front for them.
GOLD_HAS_STANDFIRST = frozenset({"fundus-test"})
_UNSEEN = ("head", "script", "style", "noscript", "template", "svg")
ERROR_BELOW = 0.9  # pages under it are listed one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One page in one form: precision (None where nothing came out), recall and F of its 4-grams."""

    page: str
    source: str
    site: str
    form: str
    precision: float | None
    recall: float
    f: float

    @property
    def counts(self) -> tuple[float, ...]:
        """Sums over pages are enough for every score: P, pages with a P, recall, F, F of half or more, pages."""
        return (self.precision or 0.0, self.precision is not None, self.recall, self.f, self.f >= 0.5, 1.0)


def measure(bench: Bench, *, workers: int, make_cleaner: Callable[[], CleansDumps] | None = None) -> Sheet:
    """Return the scores of ``extraction/``: each page as HTML with its address, and each text without any.

    Each page is cleaned by a model that has not seen its site, unless ``make_cleaner`` makes another cleaner.

    Raises:
        BenchError: the set is missing.
    """
    pages = {page["id"]: page for page in bench.rows("extraction/pages.jsonl.xz")}
    forms = [*page_forms(bench, pages), *_made("markdown", _Markdown, pages, workers)]
    forms += _made("main content", _MainContent, pages, workers)
    without_site = held_out({form.source_path: pages[form.source_path.split(":", 1)[1]]["site"] for form in forms})
    predictions = predict(forms, workers=workers, make_cleaner=make_cleaner or without_site)
    markup = [page.pop("html") for page in pages.values()]
    plain = fan_out(_Extract, (), markup, workers=workers)
    titles = dict(zip(pages, fan_out(ReadTitles, (), markup, workers=workers), strict=True))
    tasks = [(page, BASELINE, text) for page, text in zip(pages.values(), plain, strict=True)]
    for name, prediction in predictions.items():
        form, key = name.split(":", 1)
        tasks.append((pages[key], form, as_gold_counts(pages[key]["source"], prediction)))
    scored = fan_out(_Score, (bench.file("extraction/score.py"),), tasks, workers=workers)
    found = headlines(forms, pages, titles, predictions)
    return sheet(bench.scorer("extraction"), scored, predictions, list(found))


def page_forms(bench: Bench, pages: Mapping[str, Page]) -> Iterator[Dump]:
    """Yield every form of every page, keyed ``form:page id``."""
    for key, page in pages.items():
        yield page_dump(f"html:{key}", page["html"], "html", url=page["url"])
    for row in bench.rows("extraction/dumps.jsonl.xz"):
        for form, text in row["dumps"].items():
            yield page_dump(f"{form}:{row['id']}", text)


def _made(form: str, make: Callable[[], Callable[[str], str]], pages: Mapping[str, Page], workers: int) -> list[Dump]:
    """Return every page as the text that ``make`` makes of its HTML, keyed ``form:page id``."""
    texts = fan_out(make, (), [page["html"] for page in pages.values()], workers=workers)
    return [page_dump(f"{form}:{key}", text) for key, text in zip(pages, texts, strict=True)]


def as_gold_counts(source: str, prediction: Prediction) -> str:
    """Return the predicted text with everything that ``source`` counts as text."""
    if source not in GOLD_HAS_STANDFIRST:
        return prediction.text
    return "\n\n".join(part for article in prediction.articles for part in (article.standfirst, article.text) if part)


class _Extract:
    """Plain trafilatura: default settings, comments left out since no gold holds them."""

    def __call__(self, html: str) -> str:
        return trafilatura.extract(html, include_comments=False) or ""


class _MainContent:
    """What resiliparse takes for a page's content, as text: most labelled dumps are made so."""

    def __call__(self, html: str) -> str:
        tree = HTMLTree.parse(html)
        return str(extract_plain_text(tree, main_content=True, alt_texts=False, preserve_formatting=True))


class _Markdown:
    """The body of a page as markdownify writes it, with its links and images, without what no reader sees."""

    def __call__(self, html: str) -> str:
        soup = BeautifulSoup(html, "lxml")
        for unseen in soup(_UNSEEN):
            unseen.decompose()
        return MarkdownConverter(heading_style="ATX").convert_soup(soup)


class _Score:
    """Scores one text a call with the bench's own scorer."""

    def __init__(self, scorer: Path) -> None:
        self._scorer = load_scorer(scorer)

    def __call__(self, task: tuple[Page, str, str]) -> Scored:
        page, form, text = task
        precision, recall, f = self._scorer.score_page(page, text)
        where = {"page": page["id"], "source": page["source"], "site": page["site"], "form": form}
        return Scored(**where, precision=precision, recall=recall, f=f)


def sheet(
    scorer: ModuleType,
    scored: Sequence[Scored],
    predictions: Mapping[str, Prediction],
    found: Sequence[Headline] = (),
) -> Sheet:
    """Return the scores by source and form, and those of the headlines ``found``; ``scorer`` confirms each F."""
    forms = list(dict.fromkeys(row.form for row in scored))
    forms.sort(key=lambda form: (form != "html", form != BASELINE))
    figures: dict[str, Figure] = {}
    tables = []
    for source in sorted({row.source for row in scored}):
        rows = []
        for form in forms:
            group = [row for row in scored if (row.source, row.form) == (source, form)]
            made = group_figures(scorer, group)
            figures |= {f"extraction/{source}/{form}/{name}": figure for name, figure in made.items()}
            rows.append(
                (form, len(group), len({row.site for row in group}), *made.values(), *outcomes(group, predictions))
            )
        header = ("form", "pages", "sites", *SCORES, "none", "several")
        tables.append(Table(title=f"Article text, {source}", header=header, rows=tuple(rows)))
    pinned = {name for name in figures if name.rsplit("/", 1)[1] in PINNED_SCORES and f"/{BASELINE}/" not in name}
    worst = sorted((row for row in scored if row.f < ERROR_BELOW), key=lambda row: row.f)
    errors = tuple(
        {"page": row.page, "form": row.form, "P": row.precision, "R": row.recall, "F": row.f} for row in worst
    )
    table, shares = headline_table(found)
    return Sheet(
        source="extraction",
        tables=(*tables, table),
        figures={**figures, **shares},
        pinned=frozenset(pinned | shares.keys()),
        errors=errors,
    )


def group_figures(scorer: ModuleType, group: Sequence[Scored]) -> dict[str, Figure]:
    """Return the scores of the pages of one source in one form.

    Raises:
        BenchError: the bench's scorer sums pages up to another F.
    """
    sums = bootstrap.site_sums([row.site for row in group], [row.counts for row in group])
    figures = {name: bootstrap.figure(sums, score) for name, score in SCORES.items()}
    theirs = scorer.total([(row.precision, row.recall, row.f) for row in group])[2]
    if abs(figures["F"].value - theirs) > 1e-9:
        raise BenchError(f"F is {figures['F'].value} here and {theirs} by extraction/score.py: bring SCORES in step")
    return figures


def outcomes(group: Sequence[Scored], predictions: Mapping[str, Prediction]) -> tuple[int | None, int | None]:
    """Return how many pages gave no article and how many several; every page holds one. None for the baseline."""
    counts = [len(predictions[name].articles) for row in group if (name := f"{row.form}:{row.page}") in predictions]
    if not counts:
        return None, None
    return sum(count == 0 for count in counts), sum(count > 1 for count in counts)


def _harmonic(totals: bootstrap.Totals) -> bootstrap.Totals:
    """F as the article-extraction-benchmark reckons it: the harmonic mean of the mean P and the mean R."""
    return bootstrap.harmonic(bootstrap.ratio(0, 1)(totals), bootstrap.ratio(2, 5)(totals))


SCORES: Mapping[str, Callable[[bootstrap.Totals], bootstrap.Totals]] = {
    "P": bootstrap.ratio(0, 1),
    "R": bootstrap.ratio(2, 5),
    "F": _harmonic,
    "page F": bootstrap.ratio(3, 5),
    "F of half or more": bootstrap.ratio(4, 5),
}
PINNED_SCORES = ("F", "F of half or more")
