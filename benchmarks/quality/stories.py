"""Scores of labelled dumps beyond lines: the metadata of each article, and articles told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

from benchmarks.quality import bootstrap
from benchmarks.quality.figures import Cell, Figure, Table
from benchmarks.quality.pages import Page, Row


def metadata_counts(scorer: ModuleType, pages: Sequence[Page]) -> dict[str, Counter[str]]:
    """Return by field: how many articles have it (gold), and how many came out exact, missing and spurious."""
    out, _ = scorer.score([page.gold for page in pages], {page.gold["id"]: page.scored for page in pages})
    return {name: Counter(counts) for name, counts in out["metadata"].items()}


def metadata_figures(scorer: ModuleType, pages: Sequence[Page]) -> Iterator[tuple[str, Figure]]:
    """Yield by field the share found exactly, and the share left empty where the page shows none."""
    by_page = [(page, metadata_counts(scorer, [page])) for page in pages]
    sites = [page.gold["site"] for page in pages]
    for name in scorer.FIELDS:
        rows = []
        for page, counts in by_page:
            absent = len(page.gold["meta"]) - counts[name]["gold"]
            rows.append((counts[name]["exact"], counts[name]["gold"], absent - counts[name]["spurious"], absent))
        sums = bootstrap.site_sums(sites, rows)
        yield f"dumps/metadata/{name} exact", bootstrap.figure(sums, bootstrap.ratio(0, 1))
        yield f"dumps/metadata/{name} not invented", bootstrap.figure(sums, bootstrap.ratio(2, 3))


def metadata_table(scorer: ModuleType, pages: Sequence[Page], figures: Mapping[str, Figure]) -> Table:
    """Return the metadata counts and shares, a row a field."""
    rows: list[tuple[Cell, ...]] = []
    for name, counts in metadata_counts(scorer, pages).items():
        wrong = counts["gold"] - counts["exact"] - counts["missing"]
        shares = (figures[f"dumps/metadata/{name} {score}"] for score in ("exact", "not invented"))
        rows.append((name, counts["gold"], counts["exact"], counts["missing"], wrong, counts["spurious"], *shares))
    header = ("field", "shown", "exact", "missing", "wrong", "spurious", "exact", "not invented")
    return Table(title="Metadata of unjoined dumps", header=header, rows=tuple(rows))


def article_figures(scorer: ModuleType, pages: Sequence[Page]) -> Iterator[tuple[str, Figure]]:
    """Yield the share of pages with one and with several articles whose number and whose split came out right."""
    for kind, several in (("one", False), ("several", True)):
        group = [page for page in pages if (len(page.gold["articles"]) > 1) == several]
        if not group:
            continue
        counts = []
        for page in group:
            split = scorer.score([page.gold], {page.gold["id"]: page.scored})[0]["articles"]
            counts.append((split[f"{kind}: count right"], split[f"{kind}: split right"], 1))
        sums = bootstrap.site_sums([page.gold["site"] for page in group], counts)
        yield f"dumps/articles/{kind}: count right", bootstrap.figure(sums, bootstrap.ratio(0, 2))
        yield f"dumps/articles/{kind}: split right", bootstrap.figure(sums, bootstrap.ratio(1, 2))


def article_table(figures: Mapping[str, Figure]) -> Table:
    """Return the shares of pages whose articles were told apart."""
    rows = tuple((name.removeprefix("dumps/articles/"), figure) for name, figure in figures.items())
    return Table(title="Articles told apart, all dumps", header=("pages with articles", "share"), rows=rows)


def metadata_errors(scorer: ModuleType, pages: Sequence[Page]) -> Iterator[Row]:
    """Yield each metadata field that is missing, wrong or spurious, articles matched by their order."""
    for page in pages:
        got = page.scored["articles"]
        for number, gold in enumerate(page.gold["meta"]):
            found = got[number] if number < len(got) else {}
            for name in scorer.FIELDS:
                if scorer.norm(gold.get(name)) != scorer.norm(found.get(name)):
                    yield {"page": page.gold["id"], "field": name, "gold": gold.get(name), "got": found.get(name)}
