"""Every line of a segment gets its class: rules that are sure first, then the line model, then what repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from pipeline.clean.features import Surroundings, features
from pipeline.clean.header import label_header
from pipeline.clean.headline import find_headline, headline_again
from pipeline.clean.lines import Line
from pipeline.clean.marks import Label, Mark
from pipeline.clean.model import CLASSES, KEPT, Bools, Floats, Ints, LineModel
from pipeline.clean.repeats import label_repeats, label_twice
from pipeline.clean.tail import mend_teasers, tail_of
from pipeline.clean.titles import label_titles
from pipeline.lexicon import Lexicon
from pipeline.records import LineClass

MODEL_RULE = "model"
# What these rules name stands above the body; inside it the same short words are sub-headings (Football, Music).
_HEADER_ONLY = frozenset({"section.words"})
_HEADLINE = CLASSES.index(LineClass.HEADLINE)
_MARGIN = 0.3  # by which another line must be likelier the headline than the best title above the text
_MIN_HEADLINE = 0.2  # posterior; a page whose headline is not shown has none above it
_DOUBT = 0.5  # of what speaks for a standfirst: on a page without one the first paragraph reads like it
_MIN_BODY = 25  # words; below, a page has no article
_LENIENT = (0.4, 0.3, 0.2, 0.1, 0.05)
_INTRODUCES = np.array([kind in (LineClass.STANDFIRST, LineClass.SUMMARY) for kind in CLASSES])


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A segment's lines with a label each, and the index of its headline line (None where it shows none)."""

    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    headline: int | None


def label_segment(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    model: LineModel,
    stopwords: Mapping[str, int],
    title: str | None = None,
) -> Labelled:
    """Return the segment's lines labelled; ``title`` is the page's own title, folded, where one was given.

    A rule that is sure has the last word and its lines are given to the model as removed; all else the model decides,
    and where it overrules a rule that is not sure the evidence names both.
    """
    around = surroundings(lines, marks, title)
    active = features(lines, marks, around, stopwords, model.leans)
    in_tail = tail_of(lines, marks)
    fixed = [in_tail[i] is not None or _is_sure(mark, model, i > around.first_body) for i, mark in enumerate(marks)]
    posteriors = model.posteriors(active, [line.blanks_before > 0 for line in lines], fixed)
    headline = _headline(posteriors, fixed, around.headline, is_named=title is not None)
    chosen, scores = _choose(lines, posteriors, fixed, headline)
    against = np.where(KEPT[chosen], _best(posteriors, ~KEPT), _best(posteriors, KEPT))
    why = model.reasons(active, chosen, against)
    labels = [
        in_tail[i] or (mark.label if mark is not None and fixed[i] else _by_model(mark, CLASSES[kind], score, why[i]))
        for i, (mark, kind, score) in enumerate(zip(marks, chosen.tolist(), scores.tolist(), strict=True))
    ]
    _say_again(lines, labels, headline)
    label_header(lines, labels, headline, rule=MODEL_RULE)
    label_titles(lines, labels, rule=MODEL_RULE)
    mend_teasers(labels)
    return Labelled(lines=tuple(lines), labels=tuple(labels), headline=headline)


def _is_sure(mark: Mark | None, model: LineModel, is_below_body_start: bool) -> bool:
    if mark is None or mark.label.rule in model.unsure_rules:
        return False
    return not (is_below_body_start and mark.label.rule in _HEADER_ONLY)


def _best(posteriors: Floats, among: Bools) -> Ints:
    """Return the likeliest class of each line among some."""
    best: Ints = np.where(among, posteriors, -1.0).argmax(axis=1)
    return best


def _headline(posteriors: Floats, fixed: Sequence[bool], candidate: int | None, *, is_named: bool) -> int | None:
    """Return the line that the page's own title names, else the candidate unless the model knows one far better."""
    if is_named and candidate is not None:
        return candidate
    likely = np.where(np.asarray(fixed, np.bool_), 0.0, posteriors[:, _HEADLINE])
    best = int(likely.argmax())
    if candidate is not None and likely[best] - likely[candidate] < _MARGIN:
        best = candidate
    kept = posteriors[best, KEPT].sum()
    return best if kept < 0.5 and (best == candidate or likely[best] >= _MIN_HEADLINE) else None


def _choose(
    lines: Sequence[Line], posteriors: Floats, fixed: Sequence[bool], headline: int | None
) -> tuple[Ints, Floats]:
    """Return the class of each line and its certainty: first whether it is kept, then as what.

    Below the body's first line there is neither standfirst nor summary, so what speaks for them speaks for body there.
    """
    free = ~np.asarray(fixed, np.bool_)
    if headline is not None:
        free[headline] = False
    kept = posteriors[:, KEPT].sum(axis=1)
    intro = posteriors[:, _INTRODUCES].sum(axis=1)
    is_kept = _keep(lines, kept, intro, free)
    start = int(is_kept.argmax()) if is_kept.any() else len(lines)
    if (
        0 < start < len(lines)
        and free[start - 1]
        and kept[start - 1] + intro[start - 1] >= 0.5
        and _is_unsigned(lines[start - 1])
    ):
        start -= 1
        is_kept[start] = True
    below = np.arange(len(lines)) > start
    kept = np.where(below, kept + intro, kept)
    is_kept |= free & below & (kept >= 0.5)
    others = ~KEPT & (np.arange(len(CLASSES)) != _HEADLINE)
    dropped = np.where(below, _best(posteriors, others & ~_INTRODUCES), _best(posteriors, others))
    chosen = np.where(is_kept, _best(posteriors, KEPT), dropped)
    if headline is not None:
        chosen[headline] = _HEADLINE
    return chosen, np.where(is_kept, kept, 1 - kept)


def _is_unsigned(line: Line) -> bool:
    """Return whether a line that may be the standfirst, with the text right below it, is the text's first paragraph.

    Byline, date or caption stand between a standfirst and the text; where none does, one without a stop still is one.
    """
    return line.is_paragraph and line.ends_stop and not line.is_bullet


def _keep(lines: Sequence[Line], kept: Floats, intro: Floats, free: Bools) -> Bools:
    """Return which lines are kept; a page with next to nothing is given the benefit of the doubt."""
    is_kept = free & (kept + _DOUBT * intro >= 0.5) & (kept > intro)
    sizes = np.array([line.size for line in lines])
    reads_on = np.array([line.is_paragraph or line.is_sentence for line in lines])
    for least in _LENIENT:
        if sizes[is_kept].sum() >= _MIN_BODY:
            break
        is_kept |= free & reads_on & (kept >= least)
    return is_kept


def _by_model(mark: Mark | None, kind: LineClass, score: float, why: str) -> Label:
    if mark is not None and not kind.kept:
        return replace(mark.label, score=round(score, 4))
    if mark is not None:
        why = f"{why}; against rule {mark.label.rule}"
    return Label(line_class=kind, rule=MODEL_RULE, evidence=why, score=round(score, 4))


def _say_again(lines: Sequence[Line], labels: list[Label], headline: int | None) -> None:
    """Label what only says the headline or a caption again, in place."""
    again: list[Label | None] = [label if i == headline else None for i, label in enumerate(labels)]
    label_twice(lines, again)
    for i, label in enumerate(again):
        if label is not None:
            labels[i] = label
    if headline is not None:
        for i, label in headline_again(lines, lines[headline], headline).items():
            labels[i] = label


def label_content(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    content: Mapping[int, Label],
    title: str | None = None,
    standfirst: str | None = None,
) -> Labelled:
    """Return the lines of a page whose markup has been read: what the extractor took is body unless a rule objects.

    ``content`` has the label of each line, by number, that the extractor took; the marks of all others are fixed. Shape
    says nothing here: markup has told headings from links and boxes from text better than shape can.
    """
    labels: list[Label | None] = [None if mark is None else mark.label for mark in marks]
    first_body = _first_body(lines, marks)
    label_repeats(lines, labels)
    headline = _titled(lines, title)
    if headline is None:
        headline = find_headline(lines, labels, first_body, title)
    if headline is not None:
        evidence = "the page's own title" if title else "best title above the body"
        labels[headline] = Label(line_class=LineClass.HEADLINE, rule="headline.choice", evidence=evidence)
        for i, label in headline_again(lines, lines[headline], headline).items():
            if lines[i].no in content:
                labels[i] = label
    first = next((i for i, line in enumerate(lines) if standfirst and line.folded == standfirst), None)
    if first is not None and labels[first] is None:
        evidence = "the page's own description"
        labels[first] = Label(line_class=LineClass.STANDFIRST, rule="html.description", evidence=evidence)
    done = tuple(
        label if label is not None else content.get(line.no, _left_over(i))
        for i, (line, label) in enumerate(zip(lines, labels, strict=True))
    )
    return Labelled(lines=tuple(lines), labels=done, headline=headline)


def _titled(lines: Sequence[Line], title: str | None) -> int | None:
    """Return the first line that says just what the page's title says, wherever the extractor put it."""
    return next((i for i, line in enumerate(lines) if title and line.folded == title), None)


def _left_over(i: int) -> Label:
    return Label(line_class=LineClass.BOILERPLATE, rule="shape.leftover", evidence=f"line {i} fits nowhere", score=0.5)


def surroundings(lines: Sequence[Line], marks: Sequence[Mark | None], title: str | None = None) -> Surroundings:
    """Return the likely headline and the first paragraph of a segment."""
    first_body = _first_body(lines, marks)
    labels = [None if mark is None else mark.label for mark in marks]
    headline = find_headline(lines, labels, _header_end(lines, first_body), title)
    return Surroundings(headline=headline, first_body=first_body)


def _first_body(lines: Sequence[Line], marks: Sequence[Mark | None]) -> int:
    """Return the index of the first line that reads as a paragraph and no rule names, or the number of lines."""
    return next((i for i, line in enumerate(lines) if marks[i] is None and line.is_paragraph), len(lines))


def _header_end(lines: Sequence[Line], first_body: int) -> int:
    """Return where to stop looking for the headline: a long title may itself read as a paragraph when it is quoted."""
    return min(len(lines), first_body + 1 if first_body < len(lines) and lines[first_body].size <= 30 else first_body)


@cache
def stopword_bits(lexicon: Lexicon) -> dict[str, int]:
    """Return the languages each stopword is common in, as bits."""
    found: dict[str, int] = {}
    for number, language in enumerate(lexicon.languages.values()):
        for word in language.stopwords:
            found[word] = found.get(word, 0) | 1 << number
    return found
