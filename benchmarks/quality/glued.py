"""Scores of pages glued together from labelled ones: every joint found, no story cut.

A page is read and cut by models that have not seen its sites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.glue import SAME, SEVERAL, SINGLE, MadePage, made_pages
from benchmarks.quality import bootstrap
from benchmarks.quality.bench import Bench
from benchmarks.quality.figures import Figure, Sheet, Table
from benchmarks.quality.held_out import held_out_breaks, read_folds
from benchmarks.quality.predict import fan_out, page_dump
from pipeline.clean.break_model import BreakModel
from pipeline.clean.cleaner import text_lines
from pipeline.clean.label import Reading, read_segment, stopword_bits
from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.model import LineModel, read_model
from pipeline.clean.page import text_page
from pipeline.clean.segment import segment
from pipeline.clean.splitter import Splitter, read_splitter
from pipeline.limits import Limits
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

Score = Callable[[bootstrap.Totals], bootstrap.Totals]
JOINTS: Mapping[str, Score] = {
    "joint P": bootstrap.ratio(0, 0, 1),
    "joint R": bootstrap.ratio(0, 0, 2),
    "all right": bootstrap.ratio(6, 8),
    "short lines too": bootstrap.ratio(3, 0),
    "headline too": bootstrap.ratio(4, 5),
}
WHOLE: Mapping[str, Score] = {"left whole": bootstrap.ratio(7, 8)}


@dataclass(frozen=True, slots=True)
class Found:
    """A made page and the first lines (from 0) of the stories found in it but for the first."""

    page: MadePage
    cuts: tuple[int, ...]

    @property
    def hits(self) -> dict[int, int]:
        """The first cut that falls between the paragraphs of two stories, by the number (from 1) of the second."""
        found: dict[int, int] = {}
        for cut in self.cuts:
            for k in range(1, len(self.page.zones)):
                if self.page.zones[k - 1][1] < cut <= self.page.zones[k][0]:
                    found.setdefault(k, cut)
        return found

    @property
    def counts(self) -> tuple[float, ...]:
        """What scores are made of: see the places named in :data:`JOINTS`."""
        hits, page = self.hits, self.page
        false, missed = len(self.cuts) - len(hits), len(page.zones) - 1 - len(hits)
        exact = sum(page.spans[k - 1][1] < cut <= page.spans[k][0] for k, cut in hits.items())
        titled = [cut <= head for k, cut in hits.items() if (head := page.headlines[k]) is not None]
        whole, right = not self.cuts, false == missed == 0
        return (len(hits), false, missed, exact, sum(titled), len(titled), right, whole, 1.0)


def measure(bench: Bench, *, workers: int) -> Sheet:
    """Return the scores of all made pages.

    Raises:
        BenchError: a set that they are made of is missing.
    """
    models = {fold: read_model(text) for fold, text in read_folds("line").items()}
    found = fan_out(CutPage, (models, read_folds("split"), held_out_breaks()), made_pages(bench), workers=workers)
    return sheet(found)


class CutPage:
    """Cuts one page a call, by the models of its fold."""

    def __init__(
        self, models: Mapping[int, LineModel], splitters: Mapping[int, str], breaks: Mapping[int, BreakModel]
    ) -> None:
        """Read the splitters; ``splitters`` are texts of weights files."""
        self._book, self._lexicon = Rulebook.load(), Lexicon.load()
        self._models = models
        self._splitters: dict[int, Splitter] = {fold: read_splitter(text) for fold, text in splitters.items()}
        self._breaks = breaks

    def __call__(self, page: MadePage) -> Found:
        """Return where the page was cut."""
        dump = text_page(page_dump(page.key, page.text), Limits())
        lines, marks = text_lines(dump, self._book, self._lexicon, self._breaks[page.fold])
        if not lines:
            return Found(page, ())
        stopwords = stopword_bits(self._lexicon)
        model = self._models[page.fold]

        def read(own: Sequence[Line], own_marks: Sequence[Mark | None]) -> Reading:
            return read_segment(own, own_marks, model, stopwords)

        parts = segment(lines, marks, read(lines, marks), self._splitters[page.fold], stopwords, read)
        return Found(page, tuple(lines[part.start].no - 1 for part in parts[1:]))


def sheet(found: Sequence[Found]) -> Sheet:
    """Return the scores by kind of page and by form."""
    glued = [one for one in found if one.page.kind in (SAME, SEVERAL)]
    forms = dict.fromkeys(one.page.form for one in found)
    groups = {kind: [one for one in glued if one.page.kind == kind] for kind in (SAME, SEVERAL)}
    groups |= {form: [one for one in glued if one.page.form == form] for form in forms}
    joints = dict(_figures("glued", groups, JOINTS))
    others = [one for one in found if one.page.kind not in (SAME, SEVERAL)]
    wholes = {SINGLE: [one for one in others if one.page.kind == SINGLE]}
    wholes |= {f"{SINGLE}, {form}": [one for one in wholes[SINGLE] if one.page.form == form] for form in forms}
    kinds = dict.fromkeys(one.page.kind for one in others if one.page.kind != SINGLE)
    wholes |= {kind: [one for one in others if one.page.kind == kind] for kind in kinds}
    uncut = dict(_figures("glued", wholes, WHOLE))
    tables = (
        _table("Glued pages, held out by site", groups, joints, JOINTS),
        _table("Pages of one story, held out by site", wholes, uncut, WHOLE),
    )
    pinned = {name for name in joints if name.split("/")[1] in (SAME, SEVERAL)} | set(uncut)
    return Sheet(
        source="glued",
        tables=tables,
        figures={**joints, **uncut},
        pinned=frozenset(pinned),
        errors=tuple(_errors(found)),
    )


def _figures(
    name: str, groups: Mapping[str, Sequence[Found]], scores: Mapping[str, Score]
) -> Iterator[tuple[str, Figure]]:
    for group, pages in groups.items():
        if pages:
            sums = bootstrap.site_sums([one.page.sites[0] for one in pages], [one.counts for one in pages])
            for score, of in scores.items():
                yield f"{name}/{group}/{score}", bootstrap.figure(sums, of)


def _table(
    title: str, groups: Mapping[str, Sequence[Found]], figures: Mapping[str, Figure], scores: Mapping[str, Score]
) -> Table:
    rows = [
        (group, len(pages), len({one.page.sites[0] for one in pages}), *(figures[f"glued/{group}/{s}"] for s in scores))
        for group, pages in groups.items()
        if pages
    ]
    return Table(title=title, header=("pages", "count", "sites", *scores), rows=tuple(rows))


def _errors(found: Sequence[Found]) -> Iterator[dict[str, object]]:
    """Yield each false cut and each missed joint, with the line it stands at."""
    for one in found:
        hits = one.hits
        for cut in one.cuts:
            if cut not in hits.values():
                yield {"page": one.page.key, "sites": one.page.sites, "false cut": one.page.texts[cut], "line": cut + 1}
        for k in range(1, len(one.page.zones)):
            if k not in hits:
                yield {"page": one.page.key, "sites": one.page.sites, "missed joint": one.page.starts[k] + 1}
