"""Every line of a segment gets its class: rules that are sure first, then the line model, then what repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import add

import numpy as np

from pipeline.clean.bios import label_bios
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.compiled_features import features
from pipeline.clean.compiled_page import CompiledPage
from pipeline.clean.features import Surroundings
from pipeline.clean.header import keep_first_sentence, label_header, label_opening
from pipeline.clean.headline import headline_again, is_statement
from pipeline.clean.headline_model import MAX_TITLE_SIZE, names_no_story
from pipeline.clean.lines import Line
from pipeline.clean.links import label_linked, label_links, label_rows
from pipeline.clean.lists import keep_lists, level_lists
from pipeline.clean.marks import Label, Mark, make_label
from pipeline.clean.model import CLASSES, KEPT, Floats, Ints, LineModel
from pipeline.clean.repeats import label_captions, label_twice
from pipeline.clean.tables import keep_tables
from pipeline.clean.teasers import keep_brief, keep_opening, keep_paragraphs, mend_teasers
from pipeline.clean.threads import label_replies
from pipeline.clean.titles import keep_titles, label_titles
from pipeline.records import LineClass
from pipeline.words.lexicon import Lexicon

MODEL_RULE = "model"
# What these rules name stands above the body; inside it the same short words are sub-headings (Football, Music).
_HEADER_ONLY = frozenset({"section.words"})
_KEPT_WHY = "reads as text"
_HEADLINE, _AGAIN = CLASSES.index(LineClass.HEADLINE), CLASSES.index(LineClass.HEADLINE_AGAIN)
_SHORT_WORD = 3  # letters; shorter words tell no headlines apart
_MIN_AGAIN = 0.05  # posterior that can win
_MAX_TEXT_ABOVE = 5  # lines from the first one of the text down to a headline that stands below some of it
_MIN_HEADLINE = 0.2  # posterior; a page whose headline is not shown has none above it
_MAX_TEXT, _MAX_STATED = 0.3, 0.1  # posterior of the text that a headline has, and one with a full stop
_MAX_ABOVE_SENTENCE = 5  # lines above it; farther down the page has a head of its own
_MIN_OTHER = 0.5  # posterior of one where a line of the text was chosen: such a page may show no headline
_DOUBT = 0.5  # of what speaks for a standfirst: on a page without one the first paragraph reads like it
_MIN_BODY = 25  # words; below, a page has no article
_LENIENT = (0.4, 0.3, 0.2, 0.1, 0.05)
# Classes as places: those that stay, those that go, and of these what stands above the text or below its start.
_BODY, _SUBHEAD = _STAY = np.flatnonzero(KEPT)
_STANDFIRST, _SUMMARY = CLASSES.index(LineClass.STANDFIRST), CLASSES.index(LineClass.SUMMARY)
_GO_ABOVE = np.setdiff1d(np.flatnonzero(~KEPT), [_HEADLINE])
_GO_BELOW = np.setdiff1d(_GO_ABOVE, [_STANDFIRST, _SUMMARY])


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A segment's lines with a label each, and the index of its headline line (None where it shows none)."""

    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    headline: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What rules and model make of lines before anything is decided: features, sure labels, class posteriors.

    ``fixed`` says which lines a rule has taken out; ``posteriors`` are those of :meth:`LineModel.posteriors`, ``kept``
    the sums of those of the classes that are kept; ``refused`` is the line that looked like the headline but reads as
    text.
    """

    around: Surroundings
    active: Ints
    fixed: Sequence[bool]
    posteriors: Floats
    kept: Floats
    refused: int | None = None


def read_segment(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    model: LineModel,
    stopwords: Mapping[str, int],
    title: str | None = None,
) -> Reading:
    """Return the reading of a segment, or of a whole page where it is to be seen whether that is one segment.

    ``title`` is the page's own title, folded, where one was given.
    """
    page = CompiledPage(lines, marks) if LIBRARY is not None else None
    headline = model.headlines.choose(lines, marks, title, page)
    reading = _read(lines, marks, headline, model, stopwords, page)
    if headline is None or title is not None or headline >= _MAX_ABOVE_SENTENCE:
        return reading
    if _reads_as_text(lines[headline], float(reading.kept[headline])):
        return replace(_read(lines, marks, None, model, stopwords, page), refused=headline)
    return reading


def _reads_as_text(line: Line, kept: float) -> bool:
    """Return whether what was chosen for the headline is a line of the text; a question is asked in titles too."""
    return kept >= (_MAX_STATED if is_statement(line) else _MAX_TEXT) and not line.bare.endswith(("?", "？", "؟"))


def _read(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    headline: int | None,
    model: LineModel,
    stopwords: Mapping[str, int],
    page: CompiledPage | None,
) -> Reading:
    around = around_headline(lines, marks, headline)
    active = features(lines, marks, around, stopwords, model.leans, page)
    fixed = [mark is not None and _is_sure(mark, model, i > around.first_body) for i, mark in enumerate(marks)]
    posteriors = model.posteriors(active, [line.blanks_before > 0 for line in lines], fixed)
    kept = posteriors[:, _BODY] + posteriors[:, _SUBHEAD]
    return Reading(around=around, active=active, fixed=fixed, posteriors=posteriors, kept=kept)


def label_segment(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    reading: Reading,
    model: LineModel,
    lexicon: Lexicon,
    title: str | None = None,
) -> Labelled:
    """Return the segment's lines labelled; ``reading`` is theirs, made with the same ``title``.

    A rule that is sure has the last word and its lines are given to the model as removed; all else the model decides,
    and where it overrules a rule that is not sure the evidence names both.
    """
    active, fixed = reading.active, reading.fixed
    headline = _headline(lines, reading, is_named=title is not None)
    posteriors = _told_again(lines, reading.posteriors, headline)
    stays = _best(posteriors, _STAY)
    chosen, scores = _choose(lines, posteriors, reading.kept.tolist(), fixed, headline, stays)
    scores = rounded(scores)
    kinds = [CLASSES[number] for number in chosen]
    # Only what is taken out is asked why: of the text, most of a page, nobody ever reads a reason.
    goes = [i for i, kind in enumerate(kinds) if marks[i] is None and not kind.kept]
    taken, against = (np.array([own[i] for i in goes], np.int64) for own in (chosen, stays))
    why = dict(zip(goes, model.reasons(active[goes], taken, against), strict=True))
    labels = [
        make_label(line_class=kind, rule=MODEL_RULE, evidence=why.get(i, _KEPT_WHY), score=score)
        if mark is None
        else mark.label
        if fixed[i]
        else _against(mark, kind, score)
        for i, (mark, kind, score) in enumerate(zip(marks, kinds, scores, strict=True))
    ]
    _say_again(lines, labels, headline)
    keep_first_sentence(lines, labels, reading.refused, rule=MODEL_RULE)
    label_header(lines, labels, headline, rule=MODEL_RULE)
    label_opening(lines, labels, headline, lexicon, rule=MODEL_RULE)
    label_titles(lines, labels, rule=MODEL_RULE)
    label_captions(lines, labels, rule=MODEL_RULE)
    label_linked(lines, labels, rule=MODEL_RULE)
    label_links(lines, labels, rule=MODEL_RULE)
    label_rows(lines, labels, rule=MODEL_RULE)
    keep_brief(lines, labels, headline, rule=MODEL_RULE)
    keep_opening(lines, labels, headline, rule=MODEL_RULE)
    keep_paragraphs(lines, labels, rule=MODEL_RULE)
    keep_lists(lines, labels, rule=MODEL_RULE)
    keep_tables(lines, labels, rule=MODEL_RULE)
    level_lists(lines, labels, rule=MODEL_RULE)
    label_replies(lines, marks, labels)
    label_bios(lines, labels, rule=MODEL_RULE)
    mend_teasers(labels, rule=MODEL_RULE)
    return Labelled(lines=tuple(lines), labels=tuple(labels), headline=headline)


def rounded(shares: Sequence[float]) -> list[float]:
    """Return what ``round`` makes of each share to four places, without its way by decimals: 0.1 for 0.4 µs.

    >>> rounded([0.123449, 0.99996])
    [0.1234, 1.0]
    """
    return [
        # The quotient is the number nearest to the decimal; what lies halfway between two of them is left to `round`.
        whole / 1e4 if 1e-6 < (near := 1e4 * share + 0.5) - (whole := near // 1.0) < 1 - 1e-6 else round(share, 4)
        for share in shares
    ]


def _is_sure(mark: Mark, model: LineModel, is_below_body_start: bool) -> bool:
    rule = mark.label.rule
    return rule not in model.unsure_rules and not (is_below_body_start and rule in _HEADER_ONLY)


def _best(posteriors: Floats, among: Ints) -> list[int]:
    """Return the likeliest class of each line among some, told by their places in order."""
    best: list[int] = among.take(posteriors.take(among, axis=1).argmax(axis=1)).tolist()
    return best


def _headline(lines: Sequence[Line], reading: Reading, *, is_named: bool) -> int | None:
    """Return the line chosen before the lines had classes; without one, or if it is text, the one that the model takes.

    A title that no line says is printed nowhere. Below the text's first lines stand titles of other stories.
    """
    chosen = reading.around.headline
    if is_named or (chosen is not None and reading.kept[chosen] < 0.5):
        return chosen
    is_text = reading.kept >= 0.5
    last = int(is_text.argmax()) + _MAX_TEXT_ABOVE if is_text.any() else len(lines)
    barred = [
        is_fixed or line.size > MAX_TITLE_SIZE or is_statement(line) or names_no_story(line)
        for is_fixed, line in zip(reading.fixed[:last], lines[:last], strict=True)
    ]
    likely = np.where(barred, 0.0, reading.posteriors[:last, _HEADLINE])
    best = int(likely.argmax())
    enough = _MIN_HEADLINE if chosen is None else _MIN_OTHER
    return best if reading.kept[best] < 0.5 and likely[best] >= enough else None


def _told_again(lines: Sequence[Line], posteriors: Floats, headline: int | None) -> Floats:
    """Return the posteriors with none for the headline said again on lines that share too little with it."""
    likely = [i for i, again in enumerate(posteriors[:, _AGAIN].tolist()) if again > _MIN_AGAIN]
    if not likely:
        return posteriors
    told = set() if headline is None else {word for word in lines[headline].words if len(word) > _SHORT_WORD}
    found = posteriors.copy()
    for i in likely:
        own = [word for word in lines[i].words if len(word) > _SHORT_WORD]
        if 2 * sum(word in told for word in own) < len(own):
            found[i, _AGAIN] = 0.0
    return found


def _choose(
    lines: Sequence[Line],
    posteriors: Floats,
    kept: Sequence[float],
    fixed: Sequence[bool],
    headline: int | None,
    stays: Sequence[int],
) -> tuple[list[int], list[float]]:
    """Return the class of each line and its certainty: first whether it is kept, as ``stays`` tells, then as what.

    Below the body's first line there is neither standfirst nor summary, so what speaks for them speaks for body there.
    """
    free = [not is_fixed and i != headline for i, is_fixed in enumerate(fixed)]
    intro: list[float] = (posteriors[:, _STANDFIRST] + posteriors[:, _SUMMARY]).tolist()
    is_kept = _keep(lines, kept, intro, free)
    start = is_kept.index(True) if True in is_kept else len(lines)
    if (
        0 < start < len(lines)
        and free[start - 1]
        and kept[start - 1] + intro[start - 1] >= 0.5
        and _is_unsigned(lines[start - 1])
    ):
        start -= 1
        is_kept[start] = True
    below = start + 1
    kept = [*kept[:below], *map(add, kept[below:], intro[below:])]
    for i in range(below, len(lines)):
        is_kept[i] = is_kept[i] or (free[i] and kept[i] >= 0.5)
    is_kept = keep_titles(lines, is_kept, kept, free, below)
    goes = _best(posteriors[:below], _GO_ABOVE) + _best(posteriors[below:], _GO_BELOW)
    chosen = [stay if is_in else go for is_in, stay, go in zip(is_kept, stays, goes, strict=True)]
    if headline is not None:
        chosen[headline] = _HEADLINE
    return chosen, [own if is_in else 1 - own for is_in, own in zip(is_kept, kept, strict=True)]


def _is_unsigned(line: Line) -> bool:
    """Return whether a line that may be the standfirst, with the text right below it, is the text's first paragraph.

    Byline, date or caption stand between a standfirst and the text; where none does, one without a stop still is one.
    """
    return line.is_paragraph and line.ends_stop and not line.is_bullet


def _keep(lines: Sequence[Line], kept: Sequence[float], intro: Sequence[float], free: Sequence[bool]) -> list[bool]:
    """Return which lines are kept; on a page with next to nothing what reads like a standfirst is the text."""
    rows = list(zip(free, kept, intro, strict=True))
    is_kept = [is_free and own + _DOUBT * more >= 0.5 and own > more for is_free, own, more in rows]
    for least in _LENIENT:
        if sum([line.size for line, is_in in zip(lines, is_kept, strict=True) if is_in]) >= _MIN_BODY:
            break
        is_kept = [
            is_in or (is_free and own + more >= least and (line.is_paragraph or line.is_sentence))
            for line, is_in, (is_free, own, more) in zip(lines, is_kept, rows, strict=True)
        ]
    return is_kept


def _against(mark: Mark, kind: LineClass, score: float) -> Label:
    """Return the label of a line that a rule names which is not sure: the model's if that keeps the line."""
    told = mark.label
    if not kind.kept:
        return Label(line_class=told.line_class, rule=told.rule, evidence=told.evidence, score=score)
    why = f"{_KEPT_WHY}; against rule {told.rule}"
    return Label(line_class=kind, rule=MODEL_RULE, evidence=why, score=score)


def _say_again(lines: Sequence[Line], labels: list[Label], headline: int | None) -> None:
    """Label what only says the headline or a caption again, in place."""
    again: list[Label | None] = [None] * len(labels)
    if headline is not None:
        again[headline] = labels[headline]
    label_twice(lines, again)
    for i, label in enumerate(again):
        if label is not None:
            labels[i] = label
    if headline is not None:
        for i, label in headline_again(lines, lines[headline], headline).items():
            labels[i] = label


def around_headline(lines: Sequence[Line], marks: Sequence[Mark | None], headline: int | None) -> Surroundings:
    """Return what surrounds the text of a segment with that headline."""
    top = -1 if headline is None else headline
    paragraphs = (i for i in range(top + 1, len(lines)) if marks[i] is None and lines[i].is_paragraph)
    return Surroundings(headline=headline, first_body=next(paragraphs, len(lines)))


@cache
def stopword_bits(lexicon: Lexicon) -> dict[str, int]:
    """Return the languages each stopword is common in, as bits."""
    found: dict[str, int] = {}
    for number, language in enumerate(lexicon.languages.values()):
        for word in language.stopwords:
            found[word] = found.get(word, 0) | 1 << number
    return found
