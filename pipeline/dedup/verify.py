"""The verdicts on pairs: do two texts tell one story in the same words, and how does the one come from the other.

A verdict follows from the two texts alone, so it can be kept, and does not depend on which text is named first. What
depends on where and when they appeared (one site's own follow-up, a reprint weeks later) is asked of the verdict
afterwards: :meth:`Verdict.merges`. Many pairs are judged in one pass; the rules work on columns of measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.apart import Mask, Texts, Utf8, take_apart
from pipeline.dedup.kernel import I64
from pipeline.dedup.measure import kept_words, marks, matters, overlaps, scans, shorter_first
from pipeline.records import Relation
from pipeline.settings import DedupSettings

F64: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int8]

RELATIONS = (None, Relation.NEAR, Relation.ABRIDGED, Relation.SCANNED, Relation.CONTAINS)
_NONE, _NEAR, _ABRIDGED, _SCANNED, _CONTAINS = range(len(RELATIONS))
_LEAST_LONG_WORDS = 5  # in an opening, to tell anything
_NEAR_COVERAGE = 0.75  # of the longer text, from which a copy is neither abridged nor extended
_INSIDE = 0.8  # of the shorter text, from which the longer one contains it
_WHOLE = 0.85  # of both texts, from which two that open otherwise are one: a letter behind another invitation
_HALF = 0.52  # of the longer text: below that the rest is looked at; copies with a foreign tail held .53 and more
_LEAST_NAMES = 6  # in the rest and in the shorter text, to tell anything
_KNOWN_NAMES = 0.05  # of either; real copies had .12 and more, round-ups a median of .07
_MANY_FIGURES, _HARDLY_ANY = 8, 0.1  # of the shorter text, and the share of them said again that no copy falls under
_TINY_FORM = 100  # words of the longer text up to which one exchange tells a form
_SCAN_CONTAINMENT = 0.07  # shared shingles below which letters are not looked at; scans had .088 and more
_SCAN_MARKS = 0.5  # letter runs in common below which no scan was seen; scans had .57 and more
_SCAN_LEAST_WORDS = 60  # a shorter text has too few words to tell a scan from a form with other names


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the texts say about a pair.

    ``relation``: near, abridged or scanned where they may merge (abridged: the shorter is cut from the longer), else
    contains or None. The flags tell when they merge: on two sites, with a site unknown, inside one site, and further
    apart than the date window.
    """

    jaccard: float
    containment: float
    relation: Relation | None
    across_sites: bool = False
    unknown_site: bool = False
    within_site: bool = False
    late: bool = False

    def merges(self, *, same_site: bool | None, is_late: bool) -> bool:
        """Return whether two articles with these texts are one story; ``same_site`` None: a site is not known."""
        if is_late and not self.late:
            return False
        if same_site is None:
            return self.unknown_site
        return self.within_site if same_site else self.across_sites

    @property
    def may_merge(self) -> bool:
        """Whether there is any site and date at which the two would merge."""
        return self.across_sites or self.unknown_site or self.within_site


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdicts:
    """The verdicts on n pairs, a column a field of :class:`Verdict`; ``relation``: places in ``RELATIONS``."""

    jaccard: F64
    containment: F64
    relation: Codes
    across_sites: Mask
    unknown_site: Mask
    within_site: Mask
    late: Mask

    def __len__(self) -> int:
        return len(self.jaccard)

    def __getitem__(self, at: int) -> Verdict:
        return Verdict(
            jaccard=float(self.jaccard[at]),
            containment=float(self.containment[at]),
            relation=RELATIONS[self.relation[at]],
            across_sites=bool(self.across_sites[at]),
            unknown_site=bool(self.unknown_site[at]),
            within_site=bool(self.within_site[at]),
            late=bool(self.late[at]),
        )

    def __iter__(self) -> Iterator[Verdict]:
        return (self[at] for at in range(len(self)))

    @classmethod
    def concat(cls, parts: Sequence[Verdicts]) -> Verdicts:
        """Return the rows of ``parts`` (at least one) one after the other."""
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__})

    @property
    def may_merge(self) -> Mask:
        """Whether there is any site and date at which a pair would merge."""
        may: Mask = self.across_sites | self.unknown_site | self.within_site
        return may


def judge(texts: Texts, pairs: I64, settings: DedupSettings) -> Verdicts:
    """Return the verdicts on ``pairs`` of ``texts`` (int64, shape (n, 2)); the same for both orders of a pair.

    Texts without words are never related.
    """
    return _Judge(texts, shorter_first(texts, pairs), settings).verdicts()


def judge_pair(one: str, other: str, settings: DedupSettings) -> Verdict:
    """Return the verdict on two texts.

    >>> str(judge_pair("The ferry left the quay at noon.", "THE FERRY left the quay at noon", DedupSettings()).relation)
    'near'
    """
    texts = take_apart(Utf8.of([one, other]), settings.shingle_words)
    return judge(texts, np.array([[0, 1]], dtype=np.int64), settings)[0]


class _Judge:
    """Goes from cheap measures to dear ones, each taken of those pairs only that the ones before leave open."""

    def __init__(self, texts: Texts, pairs: I64, settings: DedupSettings) -> None:
        self._texts, self._pairs, self._settings = texts, pairs, settings
        self._words_a, self._words_b = texts.word_counts[pairs.T]
        columns = overlaps(texts, pairs).T
        shared, self._own_a, self._own_b, entry_a, entry_b, self._covered_a, self._covered_b = columns[:7]
        self._swapped = columns[7] + columns[8]
        self._shared = shared
        self._jaccard = shared / np.maximum(1, self._own_a + self._own_b - shared)
        self._containment = shared / np.maximum(1, np.minimum(self._own_a, self._own_b))
        self._entry = np.maximum(entry_a, entry_b)
        self._relation = np.zeros(len(pairs), dtype=np.int8)
        self._across, self._unknown, self._within, self._late = np.zeros((4, len(pairs)), dtype=bool)

    def verdicts(self) -> Verdicts:
        settings = self._settings
        is_worded = self._words_a > 0
        is_near = is_worded & (self._jaccard >= settings.near_identical)
        # A heading is one shingle: forms of seventy words and more that differ in nothing else are nearly identical.
        short = np.flatnonzero(is_near & (self._shared < self._own_b) & (self._words_b < _TINY_FORM))
        is_near[short] = ~self._is_form(short)
        has_words = is_worded & ~is_near & (self._containment >= settings.min_containment)
        self._merge(np.flatnonzero(is_near), _NEAR, opens_alike=True, late=True)
        self._judge_words(np.flatnonzero(has_words))
        self._judge_scans(np.flatnonzero(is_worded & ~is_near & ~has_words))
        return Verdicts(
            jaccard=self._jaccard,
            containment=self._containment,
            relation=self._relation,
            across_sites=self._across,
            unknown_site=self._unknown,
            within_site=self._within,
            late=self._late,
        )

    def _merge(self, rows: I64, relation: Codes | int, *, opens_alike: Mask | bool, late: Mask | bool) -> None:
        contained = self._containment[rows]
        self._relation[rows] = relation
        self._across[rows] = True
        self._unknown[rows] = opens_alike | (contained >= self._settings.unknown_site_containment)
        self._within[rows] = opens_alike & (contained >= self._settings.site_containment)
        self._late[rows] = late

    def _judge_words(self, rows: I64) -> None:
        settings = self._settings
        rows = rows[~self._is_form(rows)]
        contained = self._containment[rows]
        kept = np.minimum(self._covered_a[rows] / self._words_a[rows], self._covered_b[rows] / self._words_b[rows])
        opens_alike = (self._entry[rows] <= settings.opening_words) | (kept >= _WHOLE)
        begins, is_held = self._matters(rows, opens_alike)
        self._relation[rows[(~begins & (contained >= _INSIDE)) | is_held]] = _CONTAINS
        is_one = begins & ~is_held
        is_near = self._shared[rows] >= _NEAR_COVERAGE * self._own_b[rows]
        # Weeks later a round-up opens with an old story as likely as a shortened copy appears.
        is_most = self._covered_b[rows] >= _HALF * self._words_b[rows]
        late = (contained >= settings.late_containment) & opens_alike & (self._swapped[rows] == 0) & is_most
        relation = np.where(is_near, _NEAR, _ABRIDGED).astype(np.int8)
        self._merge(rows[is_one], relation[is_one], opens_alike=opens_alike[is_one], late=late[is_one])
        # A good scan keeps enough words to be judged by them and too few for a copy inside one site: letters tell.
        self._judge_scans(rows[is_one & (contained < settings.site_containment)])

    def _matters(self, rows: I64, opens_alike: Mask) -> tuple[Mask, Mask]:
        """Return whether pairs begin with the same matter, and of those whether the longer text is about more.

        A brief is words of the story with few changed; what a story has beyond its abridged copy still names some of
        the same people and places, what a round-up has beyond one of its stories hardly any.
        """
        settings = self._settings
        kept_a, kept_b = self._covered_a[rows] / self._words_a[rows], self._covered_b[rows] / self._words_b[rows]
        begins = opens_alike.copy()
        is_held = (kept_b < settings.min_coverage) & (kept_a < settings.brief_containment)
        asked = np.flatnonzero(~opens_alike | (kept_b < _HALF))
        columns = matters(self._texts, self._pairs[rows[asked]]).T
        begins[asked] |= self._opens_on_same_matter(rows[asked], columns)
        names, shared, own = columns[4:]
        fewer = np.minimum(names, own)
        is_foreign = (fewer >= _LEAST_NAMES) & (shared < _KNOWN_NAMES * fewer)
        is_held[asked] |= (kept_b[asked] < _HALF) & is_foreign
        return begins, begins & is_held

    def _opens_on_same_matter(self, rows: I64, columns: I64) -> Mask:
        """An editor's rewritten opening still has the story's words; a round-up's or a quoting article's has not."""
        b_in_a, a_in_b = (
            np.where(total >= _LEAST_LONG_WORDS, found / np.maximum(1, total), 0.0)
            for found, total in (columns[:2], columns[2:4])
        )
        is_inside = self._containment[rows] >= self._settings.site_containment
        least = self._settings.opening_overlap
        found: Mask = (b_in_a >= least) & (is_inside | (a_in_b >= least))
        return found

    def _is_form(self, rows: I64) -> Mask:
        """Whether pairs agree as filled-in forms do: same words around other names and figures."""
        settings = self._settings
        names, name_count, figures, figure_count = kept_words(self._texts, self._pairs[rows]).T
        swapped = self._swapped[rows]
        per_hundred = 100 * swapped / self._words_a[rows]
        loses_figures = (_share(figures, figure_count) < settings.min_shared_figures) & (figure_count >= 3)
        is_long = self._words_b[rows] >= settings.form_words
        is_tiny = self._words_b[rows] < _TINY_FORM
        as_long = is_long & (per_hundred >= settings.long_form_swaps) & loses_figures
        as_short = loses_figures | ((swapped >= np.where(is_tiny, 1, 2)) & (per_hundred >= settings.form_swaps))
        loses_all = (figure_count >= _MANY_FIGURES) & (_share(figures, figure_count) <= _HARDLY_ANY)
        loses_names = (name_count >= 3) & (_share(names, name_count) < settings.min_shared_names)
        found: Mask = loses_names | loses_all | as_long | (~is_long & as_short)
        return found

    def _judge_scans(self, rows: I64) -> None:
        """A text that shares too few whole words may still share its letters, as a scan does."""
        settings = self._settings
        rows = rows[(self._words_a[rows] >= _SCAN_LEAST_WORDS) & (self._containment[rows] >= _SCAN_CONTAINMENT)]
        runs, shared_runs = marks(self._texts, self._pairs[rows]).T
        rows = rows[_share(shared_runs, runs, of_none=0.0) >= _SCAN_MARKS]
        figures, figure_count = kept_words(self._texts, self._pairs[rows]).T[2:]
        loses_figures = (figure_count >= 2) & (_share(figures, figure_count) < settings.min_shared_figures)
        rows = rows[~(loses_figures & (self._words_b[rows] < settings.form_words))]
        letters_a, letters_b, common, words, foreign = scans(self._texts, self._pairs[rows], settings.scan_similarity).T
        alike = 2 * common / np.maximum(1, letters_a + letters_b) >= settings.scan_similarity
        rows = rows[alike & (_share(foreign, words, of_none=0.0) <= settings.scan_foreign)]
        self._relation[rows] = _SCANNED
        self._across[rows] = self._unknown[rows] = self._within[rows] = True


def _share(part: I64, whole: I64, *, of_none: float = 1.0) -> F64:
    found: F64 = np.where(whole > 0, part / np.maximum(1, whole), of_none)
    return found
