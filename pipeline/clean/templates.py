"""Site templates: lines that stand on many pages of one site under different headlines are furniture.

Learnt from the user's own dumps, a site at a time, so that an agency's sentence on forty sites is no template. What is
kept of a line is a 64-bit key of site and words and a bitmap of the pages it stood on (linear counting: Whang,
Vander-Zanden and Taylor 1990): a page read twice sets the same bit twice, maps are joined by OR, and so neither the
order of pages nor their split into runs matters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.clean.headline import find_headline
from pipeline.clean.lines import Line
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass
from pipeline.text import fold

U64 = npt.NDArray[np.uint64]
U8 = npt.NDArray[np.uint8]

LINE_BITS = 256  # counts to about 1,200 pages before it saturates; beyond that a line is a template for long
SITE_BITS = 16_384  # counts to some 150,000 pages of a site
MIN_SITE_PAGES = 20  # below, chance and series of one story look like furniture
MIN_LINE_PAGES = 6
# Share of the site's pages. On 4,536 uncleaned articles of 40 outlets no sentence of a body reached .05 on any; short
# lines may be sub-headings of a house ("What happens next"), so more is asked of them, and questions never count.
MIN_SHARE = 0.05
MIN_SHORT_SHARE = 0.15
SHORT_SIZE = 4  # words
_SIZE = 8  # bytes of a key


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """How often lines stood on pages: of sites ``site_keys`` (sorted), of lines ``line_keys`` (sorted).

    ``site_maps``: uint8, shape (n_sites, SITE_BITS / 8); ``line_maps``: uint8, shape (n_lines, LINE_BITS / 8): bitmaps
    of page keys. ``line_sites``: uint64, the key of each line's site.
    """

    site_keys: U64
    site_maps: U8
    line_keys: U64
    line_sites: U64
    line_maps: U8

    @classmethod
    def empty(cls) -> Counts:
        """Return the counts of no page."""
        return cls(
            site_keys=np.empty(0, np.uint64),
            site_maps=np.empty((0, SITE_BITS // 8), np.uint8),
            line_keys=np.empty(0, np.uint64),
            line_sites=np.empty(0, np.uint64),
            line_maps=np.empty((0, LINE_BITS // 8), np.uint8),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """The lines of one page of one site, as keys; ``page`` is the key of its story."""

    site: int
    page: int
    lines: tuple[int, ...]


def key(*parts: str) -> int:
    """Return a 64-bit key of ``parts``."""
    digest = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return int.from_bytes(digest.digest(), "little")


def line_key(site: str, folded: str, size: int) -> int:
    """Return the key of a line of ``site``; its lowest bit says whether the line is a short one."""
    return key(site, folded) & ~1 | (size < SHORT_SIZE)


def sight(site: str, lines: Sequence[Line], *, url: str | None = None, title: str | None = None) -> Sighting | None:
    """Return what a page of ``site`` shows, or None for one without words.

    Pages are told apart by address, else by title, else by the line that looks most like a headline: what stands on
    forty versions of one page stands on one page. Where that line is furniture itself the site's pages look like one,
    and nothing is learnt.
    """
    # A question said again on every page is a house's sub-heading; it is counted as nothing.
    shown = {line.folded: line.size for line in lines if line.folded and not line.bare.endswith(("?", "？", "؟"))}
    if not shown:
        return None
    name = url.partition("#")[0] if url else fold(title) if title else _headline(lines)
    keys = sorted(line_key(site, words, size) for words, size in shown.items())
    return Sighting(site=key(site), page=key(name), lines=tuple(keys))


def _headline(lines: Sequence[Line]) -> str:
    first_body = next((i for i, line in enumerate(lines) if line.is_paragraph), len(lines))
    headline = find_headline(lines, [None] * len(lines), first_body, None)
    return lines[headline if headline is not None else 0].folded


def count(sightings: Sequence[Sighting]) -> Counts:
    """Return the counts of ``sightings``, the same in any order."""
    if not sightings:
        return Counts.empty()
    sites = np.array([one.site for one in sightings], np.uint64)
    pages = np.array([one.page for one in sightings], np.uint64)
    lengths = [len(one.lines) for one in sightings]
    line_keys = np.array([line for one in sightings for line in one.lines], np.uint64)
    site_keys, site_rows = np.unique(sites, return_inverse=True)
    unique_lines, first, line_rows = np.unique(line_keys, return_index=True, return_inverse=True)
    return Counts(
        site_keys=site_keys,
        site_maps=_maps(site_rows, pages, len(site_keys), SITE_BITS),
        line_keys=unique_lines,
        line_sites=np.repeat(sites, lengths)[first],
        line_maps=_maps(line_rows, np.repeat(pages, lengths), len(unique_lines), LINE_BITS),
    )


def _maps(rows: npt.NDArray[np.intp], pages: U64, count: int, bits: int) -> U8:
    maps = np.zeros((count, bits // 8), np.uint8)
    bit = (pages % np.uint64(bits)).astype(np.int64)
    np.bitwise_or.at(maps, (rows, bit // 8), np.left_shift(np.uint8(1), (bit % 8).astype(np.uint8)))
    return maps


def merge(parts: Sequence[Counts]) -> Counts:
    """Return the counts of all pages of ``parts``, the same in any order."""
    site_keys, site_maps, _ = _merge(
        [part.site_keys for part in parts], [part.site_maps for part in parts], [part.site_keys for part in parts]
    )
    line_keys, line_maps, line_sites = _merge(
        [part.line_keys for part in parts], [part.line_maps for part in parts], [part.line_sites for part in parts]
    )
    return Counts(
        site_keys=site_keys, site_maps=site_maps, line_keys=line_keys, line_sites=line_sites, line_maps=line_maps
    )


def _merge(keys: Sequence[U64], maps: Sequence[U8], sites: Sequence[U64]) -> tuple[U64, U8, U64]:
    unique, first, rows = np.unique(np.concatenate(keys), return_index=True, return_inverse=True)
    stacked = np.concatenate(maps)
    merged = np.zeros((len(unique), stacked.shape[1]), np.uint8)
    np.bitwise_or.at(merged, rows, stacked)
    return unique, merged, np.concatenate(sites)[first]


def without_site(counts: Counts, site: str) -> Counts:
    """Return ``counts`` without the lines of ``site``."""
    other, lines = counts.site_keys != np.uint64(key(site)), counts.line_sites != np.uint64(key(site))
    return Counts(
        site_keys=counts.site_keys[other],
        site_maps=counts.site_maps[other],
        line_keys=counts.line_keys[lines],
        line_sites=counts.line_sites[lines],
        line_maps=counts.line_maps[lines],
    )


def bound(counts: Counts, most_lines: int) -> Counts:
    """Return ``counts`` with at most ``most_lines`` lines a site: those on most pages, of equals the lowest keys."""
    pages = np.bitwise_count(counts.line_maps).sum(axis=1).astype(np.int64)
    order = np.lexsort((counts.line_keys, -pages, counts.line_sites))
    sites = counts.line_sites[order]
    starts = np.flatnonzero(np.r_[True, sites[1:] != sites[:-1]]) if len(sites) else np.empty(0, np.int64)
    place = np.arange(len(sites)) - np.repeat(starts, np.diff(np.r_[starts, len(sites)]))
    kept = np.sort(order[place < most_lines])
    return Counts(
        site_keys=counts.site_keys,
        site_maps=counts.site_maps,
        line_keys=counts.line_keys[kept],
        line_sites=counts.line_sites[kept],
        line_maps=counts.line_maps[kept],
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Templates:
    """The lines that are furniture: ``keys`` uint64, sorted; ``pages`` of ``of`` pages have each: int64."""

    keys: U64
    pages: npt.NDArray[np.int64]
    of: npt.NDArray[np.int64]

    def mark(self, site: str | None, lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[Mark | None]:
        """Return ``marks`` with every line that no rule names and that is furniture of ``site`` marked as that."""
        if site is None or not len(self.keys):
            return list(marks)
        wanted = np.array([line_key(site, line.folded, line.size) for line in lines], np.uint64)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found = self.keys[at] == wanted
        return [
            self._mark(int(at[i])) if found[i] and mark is None and lines[i].folded else mark
            for i, mark in enumerate(marks)
        ]

    def _mark(self, row: int) -> Mark:
        evidence = f"on {self.pages[row]} of {self.of[row]} pages of this site"
        return Mark(label=Label(line_class=LineClass.BOILERPLATE, rule="site.template", evidence=evidence, score=0.97))


NO_TEMPLATES = Templates(keys=np.empty(0, np.uint64), pages=np.empty(0, np.int64), of=np.empty(0, np.int64))


def templates(counts: Counts) -> Templates:
    """Return the lines of ``counts`` that stand on enough pages of their site."""
    if not len(counts.line_keys):
        return NO_TEMPLATES
    of = _estimate(counts.site_maps, SITE_BITS)[np.searchsorted(counts.site_keys, counts.line_sites)]
    pages = np.minimum(_estimate(counts.line_maps, LINE_BITS), of)
    share = np.where(counts.line_keys & np.uint64(1), MIN_SHORT_SHARE, MIN_SHARE)
    is_template = (of >= MIN_SITE_PAGES) & (pages >= MIN_LINE_PAGES) & (pages >= share * of)
    return Templates(keys=counts.line_keys[is_template], pages=pages[is_template], of=of[is_template])


def _estimate(maps: U8, bits: int) -> npt.NDArray[np.int64]:
    """Return the number of distinct pages behind each bitmap: -m ln(zeros / m), a full map counting as one zero."""
    zeros = np.maximum(bits - np.bitwise_count(maps).sum(axis=1).astype(np.int64), 1)
    return np.rint(-bits * np.log(zeros / bits)).astype(np.int64) if len(maps) else np.empty(0, np.int64)
