"""Headlines of whole pages, held against the title that a page's own markup tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lxml.html

from benchmarks.quality import bootstrap
from benchmarks.quality.figures import Figure, Table
from benchmarks.quality.predict import Prediction
from pipeline.records import Dump
from pipeline.text import fold, split_lines

MIN_TITLE_CHARS = 8
MAX_HEADLINES = 6  # lines; more are a name of the house, not a title
_PARSER = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What a page's markup names as its title, folded: told to other sites, and shown in an ``h1``."""

    named: frozenset[str]
    shown: frozenset[str]

    def lines(self, folded: Sequence[str]) -> set[int]:
        """Return the lines, by index, that say the title; none where many do."""
        titles = (self.named & self.shown) or self.named
        found = {i for i, line in enumerate(folded) if line in titles} or {
            i for i, line in enumerate(folded) if line in self.shown
        }
        return found if len(found) <= MAX_HEADLINES else set()


class ReadTitles:
    """Reads the titles of one page a call."""

    def __call__(self, html: str) -> Titles:
        """Return the titles that the markup names; short ones are none."""
        tree = lxml.html.document_fromstring(html.encode("utf-8", "surrogatepass"), parser=_PARSER)
        return Titles(
            named=_titles(tree.xpath('//meta[@property="og:title"]/@content')),
            shown=_titles(one.text_content() for one in tree.xpath("//h1")),
        )


def _titles(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(title for text in texts if len(title := fold(text)) >= MIN_TITLE_CHARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One page in one form that says its title on a line of its own, and whether that is the headline."""

    form: str
    page: str
    source: str
    site: str
    is_right: bool


def headlines(
    dumps: Iterable[Dump],
    pages: Mapping[str, Mapping[str, Any]],
    titles: Mapping[str, Titles],
    predictions: Mapping[str, Prediction],
) -> Iterator[Headline]:
    """Yield how each text, keyed ``form:page id``, fared that says its page's title; the longest article counts."""
    for dump in dumps:
        form, key = dump.source_path.split(":", 1)
        folded = [fold(line) for line in split_lines(dump.text)]
        said = {folded[i] for i in titles[key].lines(folded)} if dump.kind == "text" else set()
        if said:
            longest = max(predictions[dump.source_path].articles, key=lambda one: len(one.text), default=None)
            is_right = longest is not None and fold(longest.headline or "") in said
            page = pages[key]
            yield Headline(form=form, page=key, source=page["source"], site=page["site"], is_right=is_right)


def headline_table(found: Sequence[Headline]) -> tuple[Table, dict[str, Figure]]:
    """Return the share of right headlines by source and form, to be read and by the name of each figure."""
    figures: dict[str, Figure] = {}
    rows = []
    for source in sorted({one.source for one in found}):
        for form in dict.fromkeys(one.form for one in found):
            group = [one for one in found if (one.source, one.form) == (source, form)]
            if not group:
                continue
            sums = bootstrap.site_sums([one.site for one in group], [(one.is_right, 1.0) for one in group])
            figure = bootstrap.figure(sums, bootstrap.ratio(0, 1))
            figures[f"extraction/{source}/{form}/headline"] = figure
            rows.append((source, form, len(group), len(sums), figure))
    header = ("source", "form", "pages", "sites", "headline")
    return Table(
        title="Headlines of pages that say their own title on a line", header=header, rows=tuple(rows)
    ), figures
