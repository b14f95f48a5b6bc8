"""The verdict on a pair: do two texts tell one story in the same words, and how does the one come from the other.

A verdict follows from the two texts alone, so it can be kept, and does not depend on which text is named first. What
depends on where and when they appeared (one site's own follow-up, a reprint weeks later) is asked of the verdict
afterwards: :meth:`Verdict.merges`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from pipeline.dedup.compare import (
    Overlap,
    Swaps,
    covered_words,
    entry,
    opening_overlap,
    overlap,
    shared_marks,
    shared_share,
    swaps,
)
from pipeline.dedup.letters import common_letters, match_letters
from pipeline.dedup.profile import Profile
from pipeline.records import Relation
from pipeline.settings import DedupSettings

_ENTRY_WINDOW = 16  # shingles, half of them shared, that count as where the shared text begins
_OPENING = 60  # words that are a text's opening
_LONGEST_SWAP = 6  # words that can stand for others: the longest name or figure with its unit
_MOST_SWAPS = 1000  # looked at: no form is longer
_MOST_BYTES = 64  # of a swap: a longer "word" is data
_SPELLING = 0.7  # letters in common from which two words are one word spelled otherwise
_NEAR_COVERAGE = 0.75  # of the longer text, from which a copy is neither abridged nor extended
_INSIDE = 0.8  # of the shorter text, from which the longer one contains it
_TINY_FORM = 100  # words of the longer text up to which one exchange tells a form
_SCAN_CONTAINMENT = 0.07  # shared shingles below which letters are not looked at; scans had .088 and more
_SCAN_MARKS = 0.5  # letter runs in common below which no scan was seen; scans had .57 and more
_SCAN_LEAST_WORDS = 60  # a shorter text has too few words to tell a scan from a form with other names


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the texts say about a pair.

    ``relation``: near, abridged or scanned where they may merge (abridged: the shorter is cut from the longer), else
    contains, update or None. The flags tell when they merge: on two sites, with a site unknown, inside one site, and
    further apart than the date window.
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


def judge(first: Profile, second: Profile, settings: DedupSettings) -> Verdict:
    """Return the verdict on two texts; the same for both orders. Texts without words are never related."""
    a, b = sorted((first, second), key=lambda text: (text.word_count, len(text.letters), text.letters.tobytes()))
    if not a.word_count:
        return Verdict(jaccard=0.0, containment=0.0, relation=None)
    pair = overlap(a, b)
    if pair.jaccard >= settings.near_identical:
        return _merging(pair, Relation.NEAR, settings, opens_alike=True, is_late_copy=True)
    if pair.containment < settings.min_containment:
        return _judge_scan(pair, settings)
    return _judge_words(pair, settings)


def _judge_words(pair: Overlap, settings: DedupSettings) -> Verdict:
    places = swaps(pair, _LONGEST_SWAP)
    names, figures = _exchanged(pair, places)
    if _is_form(pair, names, figures, settings):
        return Verdict(jaccard=pair.jaccard, containment=pair.containment, relation=None)
    opens_alike = max(entry(pair.hit_a, _ENTRY_WINDOW), entry(pair.hit_b, _ENTRY_WINDOW)) <= settings.opening_words
    if not opens_alike and not _opens_on_same_matter(pair, settings):
        inside = pair.containment >= _INSIDE
        return _link(pair, Relation.CONTAINS if inside else None)
    covered = covered_words(pair.hit_b, pair.b.word_count).mean()
    if covered < settings.min_coverage and pair.containment < settings.brief_containment:
        return _link(pair, Relation.CONTAINS)
    relation = Relation.NEAR if pair.covered_b >= _NEAR_COVERAGE else Relation.ABRIDGED
    is_late_copy = pair.containment >= settings.late_containment and opens_alike and names + figures == 0
    return _merging(pair, relation, settings, opens_alike=opens_alike, is_late_copy=is_late_copy)


def _link(pair: Overlap, relation: Relation | None) -> Verdict:
    return Verdict(jaccard=pair.jaccard, containment=pair.containment, relation=relation)


def _merging(
    pair: Overlap, relation: Relation, settings: DedupSettings, *, opens_alike: bool, is_late_copy: bool
) -> Verdict:
    return Verdict(
        jaccard=pair.jaccard,
        containment=pair.containment,
        relation=relation,
        across_sites=True,
        unknown_site=opens_alike or pair.containment >= settings.unknown_site_containment,
        within_site=opens_alike and pair.containment >= settings.site_containment,
        late=is_late_copy,
    )


def _opens_on_same_matter(pair: Overlap, settings: DedupSettings) -> bool:
    """An editor's rewritten opening still has the story's words; a round-up's or a quoting article's has not."""
    if opening_overlap(pair.b, pair.a, _OPENING) < settings.opening_overlap:
        return False
    is_inside = pair.containment >= settings.site_containment
    return is_inside or opening_overlap(pair.a, pair.b, _OPENING) >= settings.opening_overlap


def _exchanged(pair: Overlap, places: Swaps) -> tuple[int, int]:
    """Return how many names and how many figures stand for others: what is filled into a form.

    Where a script has no capitals any word that is not the other's spelling counts as a name.
    """
    a, b = pair.a, pair.b
    is_cased = a.is_cased and b.is_cased
    names = figures = 0
    spots = zip(places.a_start, places.a_end, places.b_start, places.b_end, strict=True)
    for a0, a1, b0, b1 in islice(spots, _MOST_SWAPS):
        if a.is_figure[a0:a1].any() and b.is_figure[b0:b1].any():
            figures += 1
        elif is_cased and not (a.is_name[a0:a1].any() and b.is_name[b0:b1].any()):
            continue
        elif _likeness(a.spelling(a0, a1)[:_MOST_BYTES], b.spelling(b0, b1)[:_MOST_BYTES]) < _SPELLING:
            names += 1
    return names, figures


def _likeness(a: bytes, b: bytes) -> float:
    return 2 * int(common_letters(a, b).sum()) / (len(a) + len(b))


def _is_form(pair: Overlap, names: int, figures: int, settings: DedupSettings) -> bool:
    """Whether the two agree as filled-in forms do: same words around other names and figures."""
    a, b = pair.a, pair.b
    shared_names, name_count = shared_share(a.words[a.is_name], b.words[b.is_name])
    shared_figures, figure_count = shared_share(a.words[a.is_figure], b.words[b.is_figure])
    if name_count >= 3 and shared_names < settings.min_shared_names:
        return True
    exchanged = names + figures
    per_hundred = 100 * exchanged / a.word_count
    loses_figures = shared_figures < settings.min_shared_figures
    if b.word_count >= settings.form_words:
        return per_hundred >= settings.long_form_swaps and loses_figures and figure_count >= 3
    if loses_figures and figure_count >= 3:
        return True
    return exchanged >= (1 if b.word_count < _TINY_FORM else 2) and per_hundred >= settings.form_swaps


def _judge_scan(pair: Overlap, settings: DedupSettings) -> Verdict:
    """A text that shares too few whole words may still share its letters, as a scan does."""
    a, b = pair.a, pair.b
    refused = Verdict(jaccard=pair.jaccard, containment=pair.containment, relation=None)
    if a.word_count < _SCAN_LEAST_WORDS or pair.containment < _SCAN_CONTAINMENT:
        return refused
    if shared_marks(a, b) < _SCAN_MARKS:
        return refused
    shared_figures, figure_count = shared_share(a.words[a.is_figure], b.words[b.is_figure])
    if figure_count >= 2 and shared_figures < settings.min_shared_figures and b.word_count < settings.form_words:
        return refused
    match = match_letters(a, b)
    if match.similarity < settings.scan_similarity or match.foreign > settings.scan_foreign:
        return refused
    return Verdict(
        jaccard=pair.jaccard,
        containment=pair.containment,
        relation=Relation.SCANNED,
        across_sites=True,
        unknown_site=True,
        within_site=True,
    )
