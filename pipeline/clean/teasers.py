"""Teasers of other stories: their heads, bylines and dates, and paragraphs of the text that only read like them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence, Set
from itertools import chain, islice

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

# Byline, date or caption of a teaser say nothing of the story above.
_TEASER_PARTS = frozenset(
    {LineClass.BYLINE, LineClass.DATE, LineClass.SECTION, LineClass.CAPTION, LineClass.READING_TIME}
)
_TEASERS = frozenset({LineClass.RECOMMENDED, LineClass.RELATED})
_TO_HEAD = 2  # lines
_UNTOLD = _TEASERS | {LineClass.WIDGET, LineClass.NAVIGATION, LineClass.BOILERPLATE}
_TO_OPENING = 2  # lines
_MIN_OPENING = 20  # words
_TITLES = _TEASERS | {LineClass.WIDGET}
# Where the text repeats one layout (goods, recipes, answers) or a long insert stands in it, the model goes on taking
# its paragraphs for teasers. Of 37 such lines on 193 labelled pages in three forms, 34 are text. A teaser's summary is
# one sentence, or shorter. Below a line that a rule names only long ones are text; below dates or in a comment section
# even those are comments.
_MIN_PARAGRAPH = 25  # words
_MIN_LONG_PARAGRAPH = 60
_QUOTED, _MIN_QUOTED = "> ", 8  # how Markdown and mail begin a quote; words
_MIN_AS_CAPTION = 40  # the longest caption without a credit has 39 words
# Below the text stand comments and the house's own words as well, which have less of its words. A piece of a page on
# one line may be a menu of any length.
_MIN_LAST_PARAGRAPH = 75
_MIN_SHARED, _MAX_SHARED = 0.15, 0.9  # of its words of five letters or more; one that has them all says the text again
_LONG_WORD = 5
_MIN_TOLD = 3  # long words of a headline
_MIN_SENTENCES = 2
_SENTENCE_END = re.compile(r"[.!?؟۔।][\"'”’»)\]]*(?:\s|$)|[。！？]")
_INSERTS = frozenset({LineClass.CAPTION, LineClass.CREDIT, LineClass.ADVERT, LineClass.EMBED})
_COMMENTS = frozenset({LineClass.COMMENT, LineClass.DATE})


def keep_paragraphs(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label as text, in place, the paragraphs of several sentences that only ``rule`` takes for teasers.

    Inside the text they may be short, below it they are long.
    """
    kept = [i for i, label in enumerate(labels) if label.line_class.kept]
    said: Counter[str] | None = None
    least: float = _MIN_PARAGRAPH
    told: frozenset[str] = frozenset()
    for i in range(kept[0], len(labels)) if kept else ():
        label, line = labels[i], lines[i]
        if label.line_class.kept:
            least = _MIN_PARAGRAPH
            continue
        is_below = i > kept[-1]
        if is_below:
            least = max(least, _MIN_LAST_PARAGRAPH)
        if label.rule != rule:
            least = max(least, _least_below(label.line_class))
        elif _may_be_text(label, line, least):
            said = said or Counter(line.folded for line in lines)
            if said[line.folded] > 1:
                continue
            told = told or frozenset(chain.from_iterable(lines[j].words for j in kept))
            if is_below and (line.is_piece or not _shares(line, told)):
                continue
            evidence = f"a paragraph of {line.size} words {'below' if is_below else 'inside'} the text"
            labels[i] = Label(line_class=LineClass.BODY, rule="teaser.paragraph", evidence=evidence, score=label.score)


def keep_opening(lines: Sequence[Line], labels: list[Label], headline: int | None, *, rule: str) -> None:
    """Label as text, in place, what ``rule`` drops between the headline, or a line below it, and the text.

    A paragraph without a stop is hard to tell from a link. Captions are known better.
    """
    first = next((i for i, label in enumerate(labels) if label.line_class.kept), 0)
    above = first - 1
    if headline is None or not headline < above <= headline + _TO_OPENING:
        return
    label, line = labels[above], lines[above]
    if label.rule == rule and label.line_class in _UNTOLD and line.size >= _MIN_OPENING and not line.is_piece:
        evidence = f"a paragraph of {line.size} words between headline and text"
        labels[above] = Label(line_class=LineClass.BODY, rule="teaser.paragraph", evidence=evidence, score=0.7)


def keep_brief(lines: Sequence[Line], labels: list[Label], headline: int | None, *, rule: str) -> None:
    """Label as text, in place, the paragraph that tells the headline, on a page where ``rule`` has found no text.

    On a page of hundreds of links a story of one paragraph reads like a teaser among others.
    """
    if headline is None or any(label.line_class.kept for label in labels):
        return
    own = {word for word in lines[headline].words if len(word) >= _LONG_WORD}
    for i in range(headline + 1, len(lines)):
        line, label = lines[i], labels[i]
        is_free = label.rule == rule and line.is_paragraph and not line.is_piece and line.size >= _MIN_PARAGRAPH
        if is_free and len(own) >= _MIN_TOLD and 2 * len(own.intersection(line.words)) >= len(own):
            evidence = f"a paragraph of {line.size} words that tells the headline"
            labels[i] = Label(line_class=LineClass.BODY, rule="teaser.paragraph", evidence=evidence, score=0.6)
            return


def is_announced(labels: Sequence[Label], first: int, rule: str) -> bool:
    """Return whether the head of a box of other stories stands right above: Most read."""
    near = labels[max(0, first - _TO_HEAD) : first]
    return any(label.rule != rule and label.line_class in _TEASERS for label in near)


def _may_be_text(label: Label, line: Line, least: float) -> bool:
    """Return whether a paragraph that the model names a teaser or a caption may be of the text all the same."""
    if label.line_class is LineClass.CAPTION and line.text.lstrip().startswith(_QUOTED):
        return not math.isinf(least) and line.size >= _MIN_QUOTED
    if label.line_class is LineClass.CAPTION:
        least = max(least, _MIN_AS_CAPTION)
    elif label.line_class not in _TEASERS:
        return False
    return line.size >= least and is_told(line)


def _least_below(named: LineClass) -> float:
    """Return how many words a paragraph below a line that a rule names must have to be text."""
    if named in _COMMENTS:
        return math.inf
    return _MIN_PARAGRAPH if named in _INSERTS else _MIN_LONG_PARAGRAPH


def _shares(line: Line, told: Set[str]) -> bool:
    """Return whether enough of the longer words of a line, and not all, are among those ``told`` in the text."""
    own = {word for word in line.words if len(word) >= _LONG_WORD}
    return _MIN_SHARED * max(len(own), 1) <= len(own & told) <= _MAX_SHARED * len(own)


def is_told(line: Line) -> bool:
    """Return whether the line holds several sentences; a long one may break off, as closed articles do."""
    ends = islice(_SENTENCE_END.finditer(line.bare), _MIN_SENTENCES)
    return (line.ends_stop or line.size >= _MIN_LAST_PARAGRAPH) and len([*ends]) == _MIN_SENTENCES


def mend_teasers(labels: list[Label], *, rule: str) -> None:
    """Give byline, date and the like of a teaser below the text the teaser's class, in place.

    A title that only ``rule`` names is of the box whose head stands above it. What it takes for a widget there is a
    title: widgets have words of their own, which other rules know.
    """
    last = next((i for i in range(len(labels) - 1, -1, -1) if labels[i].line_class.kept), len(labels))
    for i in range(last + 1, len(labels)):
        above, label = labels[i - 1], labels[i]
        if above.line_class not in _TEASERS:
            continue
        if label.line_class in _TEASER_PARTS or (label.line_class in _TITLES and label.rule == rule):
            evidence = f"of a teaser: {label.evidence}"
            labels[i] = Label(line_class=above.line_class, rule=above.rule, evidence=evidence, score=label.score)
