"""A verdict in words: what was measured on two texts, what was asked for, and which of their words are shared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.dedup.apart import Mask, Texts, Utf8, take_apart
from pipeline.dedup.compare import covered_words, overlap, profile
from pipeline.dedup.kernel import I64
from pipeline.dedup.measure import kept_words, marks, matters, overlaps, scans, shorter_first
from pipeline.dedup.verify import Verdict, judge
from pipeline.settings import DedupSettings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reasons:
    """Why two texts are one story or not.

    ``measured``: a sentence a measure. ``shared``: for each of the two, bool a word, whether the other has the passage
    around it.
    """

    verdict: Verdict
    measured: tuple[str, ...]
    shared: tuple[Mask, Mask]


def reasons(one: str, other: str, settings: DedupSettings) -> Reasons:
    """Return what the verdict on two texts rests on."""
    texts = take_apart(Utf8.of([one, other]), settings.shingle_words)
    pair = shorter_first(texts, np.array([[0, 1]], dtype=np.int64))
    verdict = judge(texts, pair, settings)[0]
    measured = [*_of_words(texts, pair, settings)]
    if verdict.containment < settings.min_containment:
        measured += _of_letters(texts, pair, settings)
    met = overlap(profile(texts, 0), profile(texts, 1))
    shared = tuple(
        covered_words(hits, count)
        for hits, count in zip((met.hit_a, met.hit_b), texts.word_counts.tolist(), strict=True)
    )
    return Reasons(verdict=verdict, measured=tuple(measured), shared=(shared[0], shared[1]))


def _of_words(texts: Texts, pair: I64, settings: DedupSettings) -> list[str]:
    shared, own_a, own_b, entry_a, entry_b, kept_a, kept_b, names, figures = overlaps(texts, pair)[0].tolist()
    shared_names, name_count, shared_figures, figure_count = kept_words(texts, pair)[0].tolist()
    b_in_a, all_b, a_in_b, all_a, rest, known, _ = matters(texts, pair)[0].tolist()
    words_a, words_b = texts.word_counts[pair[0]].tolist()
    return [
        f"{words_a} and {words_b} words; {shared} of {own_a} and {own_b} shingles are shared",
        f"Jaccard {shared / max(1, own_a + own_b - shared):.2f} (from {settings.near_identical} nothing else is asked)",
        f"containment {shared / max(1, min(own_a, own_b)):.2f} (asked: {settings.min_containment})",
        f"the shared text begins at word {entry_a} and {entry_b} (at most {settings.opening_words})",
        f"of the openings' long words {a_in_b} of {all_a} and {b_in_a} of {all_b} are shared"
        f" (asked: {settings.opening_overlap})",
        f"{kept_a} and {kept_b} words are covered (of the longer text asked: {settings.min_coverage})",
        f"{names} names and {figures} figures stand for others"
        f" ({100 * (names + figures) / max(1, words_a):.1f} in 100 words; a form from {settings.form_swaps})",
        f"{shared_names} of {name_count} names and {shared_figures} of {figure_count} figures are in both",
        f"the rest of the longer text has {rest} names, {known} of them in the shorter one",
    ]


def _of_letters(texts: Texts, pair: I64, settings: DedupSettings) -> list[str]:
    runs, both = marks(texts, pair)[0].tolist()
    letters_a, letters_b, common, words, foreign = scans(texts, pair)[0].tolist()
    alike, strange = 2 * common / max(1, letters_a + letters_b), foreign / max(1, words)
    return [
        f"{both} of {runs} letter runs are in both",
        f"letter by letter {alike:.2f} alike (a scan from {settings.scan_similarity})",
        f"{strange:.2f} of the words look like no word of the other (a scan up to {settings.scan_foreign})",
    ]
