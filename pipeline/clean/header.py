"""Between headline and text: names that stand alone there, and the place a standfirst must have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from pipeline.clean.clock import read_items
from pipeline.clean.headline import is_statement
from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass
from pipeline.words.lexicon import Lexicon, Meaning

_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ŽİŞĞЀ-Я](?:[a-zß-öø-ÿā-žışğа-яё'’]+|\.)(?:-[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)?")
_MAX_NAME_SIZE = 6  # words
_MIN_STANDFIRST_SIZE = 6  # words
_MAX_STANDFIRST_SIZE = 80  # words; the longest of the labelled ones has 48
_MIN_STANDFIRST_LINE = 8  # words of one without a full stop
MAX_KICKER_SIZE = 3  # words
_MIN_KEPT = 4  # lines of a text long enough to have a standfirst
_OPENING = (10, 35)  # words of a standfirst told by its length: the shortest and longest of the labelled ones, nearly
_OPENING_SHARE = 0.5  # of the paragraph below
_USUAL_SHARE = 0.6  # of the middle paragraph
# Shares of a summary's longer words that the next paragraph says again, and the whole text: of labelled pages nine of
# 28 standfirsts have both and none of 39 first paragraphs; of 4,400 real texts without one, 35 do. It adds to the
# headline, and the first sentence of a story says it again, and on which day. Letters of a weekday and of a
# "yesterday": what is shorter stands for something else in another language.
_SAID_AGAIN, _SAID_AT_ALL = 0.3, 0.7
_MAX_OF_HEADLINE = 0.75
_DAY_LETTERS = {int(Meaning.WEEKDAY): 5, int(Meaning.RELATIVE): 7}
_MIN_WORDS = 5  # longer ones that can tell
_LONG_WORD = 4  # letters
_DATELINE_CHARS = 40
_DATELINE = re.compile(r"[^\W\d_][\w .,'’/-]{1,40}(?: \([^()]{2,40}\)| ?[—–] )|\([A-Z]\w{1,20}\)\s?[-–—]?\s?[A-Z]")
_RULED_BYLINE = "byline.line"
_NEAR_HEADLINE = 8  # lines
_QUOTES = "\"'“„«»‘「『"
_STAMPS = frozenset({LineClass.BYLINE, LineClass.DATE, LineClass.READING_TIME})
_IN_HEADER = _STAMPS | {LineClass.SHARE, LineClass.HEADLINE_AGAIN}
_INTRODUCES = frozenset({LineClass.STANDFIRST, LineClass.SUMMARY})
_MIN_TITLES = 2  # others
_NO_NAME = _STAMPS | {LineClass.SECTION}
_HEADER_MATTER = _NO_NAME | {
    LineClass.HEADLINE_AGAIN,
    LineClass.STANDFIRST,
    LineClass.SHARE,
    LineClass.CAPTION,
    LineClass.CREDIT,
    LineClass.COMMENT,
    LineClass.ADVERT,
}
_MAY_STAND = frozenset(
    {
        LineClass.HEADLINE_AGAIN,
        LineClass.NAVIGATION,
        LineClass.PAYWALL,
        LineClass.RECOMMENDED,
        LineClass.RELATED,
        LineClass.SUMMARY,
        LineClass.WIDGET,
    }
)


def label_header(lines: Sequence[Line], labels: list[Label], headline: int | None, *, rule: str) -> None:
    """Mend the labels of ``rule`` that take a line out between headline and text, in place.

    A bare name is a byline; a standfirst stands nowhere else; a short line is a section right above the headline only.
    """
    top = headline if headline is not None else -1
    body = next((i for i in range(top + 1, len(labels)) if labels[i].line_class.kept), len(labels))
    for i, label in enumerate(labels):
        if label.rule != rule or label.line_class.kept or i == headline:
            continue
        if top < i < body:
            labels[i] = _below_headline(lines, labels, i, top, has_text=body < len(labels))
        else:
            labels[i] = _elsewhere(lines, label, i, top)


def keep_first_sentence(lines: Sequence[Line], labels: list[Label], first: int | None, *, rule: str) -> None:
    """Label as text, in place, the sentence right above the text that only looked like the headline."""
    if first is None or not is_statement(lines[first]) or labels[first].rule != rule or labels[first].line_class.kept:
        return
    if first + 1 < len(labels) and labels[first + 1].line_class.kept:
        evidence = "a sentence right above the text, on a page without a headline"
        labels[first] = Label(
            line_class=LineClass.BODY, rule="header.text", evidence=evidence, score=labels[first].score
        )


def _below_headline(lines: Sequence[Line], labels: Sequence[Label], i: int, top: int, *, has_text: bool) -> Label:
    label, line = labels[i], lines[i]
    if label.line_class in _INTRODUCES and _is_first_title(lines, labels, i):
        evidence = "a short title above the text, which has others"
        return Label(line_class=LineClass.SUBHEAD, rule="header.first_title", evidence=evidence, score=label.score)
    why = _opens_text(line, has_headline=top >= 0, has_text=has_text)
    if why and label.line_class in _INTRODUCES:
        return Label(line_class=LineClass.BODY, rule="header.text", evidence=why, score=label.score)
    is_name = _is_bare_name(line) or _is_caseless_name(lines, labels, i)
    if is_name and label.line_class not in _NO_NAME and not _is_signed(lines, labels, top):
        evidence = "a name alone between headline and text"
        return Label(line_class=LineClass.BYLINE, rule="header.name", evidence=evidence, score=label.score)
    may_stand = label.line_class in _MAY_STAND or (label.line_class is LineClass.CAPTION and _is_stamped(labels, i))
    may_stand = may_stand and top >= 0 and line.size >= _MIN_STANDFIRST_LINE
    if may_stand and (
        top == i - 1 or (line.ends_stop and not line.bare.endswith("?") and _is_in_header(labels, i, top))
    ):
        evidence = "right under the headline" if top == i - 1 else "under headline, byline and date"
        if why:
            return Label(line_class=LineClass.BODY, rule="header.text", evidence=why, score=label.score)
        return Label(line_class=LineClass.STANDFIRST, rule="header.standfirst", evidence=evidence, score=label.score)
    if (
        label.line_class is LineClass.STANDFIRST
        and i + 1 < len(labels)
        and labels[i + 1].line_class is LineClass.CREDIT
    ):
        return replace(label, line_class=LineClass.CAPTION)
    if label.line_class is LineClass.STANDFIRST and not _has_place(lines, labels, i, top):
        return replace(label, line_class=LineClass.BOILERPLATE)
    return label


def _is_signed(lines: Sequence[Line], labels: Sequence[Label], top: int) -> bool:
    """Return whether a rule knows a byline near below the headline."""
    return any(
        labels[i].rule == _RULED_BYLINE and "@" not in lines[i].bare
        for i in range(top + 1, min(len(lines), top + 1 + _NEAR_HEADLINE))
    )


def _is_first_title(lines: Sequence[Line], labels: Sequence[Label], i: int) -> bool:
    """Return whether line ``i``, too short to introduce a story, is the first of the titles that part its text."""
    line = lines[i]
    is_title = MAX_KICKER_SIZE <= line.size < _MIN_STANDFIRST_SIZE and not line.ends_stop and not line.is_bullet
    if not is_title or i + 1 == len(lines) or not (line.blanks_before and lines[i + 1].blanks_before):
        return False
    others = sum(label.line_class is LineClass.SUBHEAD for label in labels[i + 1 :])
    return labels[i + 1].line_class.kept and lines[i + 1].is_paragraph and others >= _MIN_TITLES


def _opens_text(line: Line, *, has_headline: bool, has_text: bool) -> str | None:
    """Return why what reads like a standfirst is the text's first paragraph, or None."""
    if not (has_headline and has_text):
        missing = "text below" if has_headline else "headline above"
        return f"a paragraph, and no {missing}" if line.is_paragraph and line.ends_stop else None
    if line.size > _MAX_STANDFIRST_SIZE and not line.is_piece:
        return f"{line.size} words, too many to introduce a text"
    return "opens with a dateline" if line.is_paragraph and _DATELINE.match(line.bare) else None


def _is_in_header(labels: Sequence[Label], i: int, top: int) -> bool:
    """Return whether nothing but byline, date and the like stands between the headline and line ``i``."""
    return all(label.line_class in _IN_HEADER for label in labels[top + 1 : i])


def _has_place(lines: Sequence[Line], labels: Sequence[Label], i: int, top: int) -> bool:
    """Return whether a standfirst may be where line ``i`` is: only header matter above it, up to the headline."""
    above = [label.line_class for label in labels[max(0, top + 1) : i]]
    return lines[i].size >= _MIN_STANDFIRST_SIZE and (top < 0 or all(kind in _HEADER_MATTER for kind in above))


def label_opening(
    lines: Sequence[Line], labels: list[Label], headline: int | None, lexicon: Lexicon, *, rule: str
) -> None:
    """Label a first paragraph that ``rule`` keeps as the standfirst where its place, end or length makes it one.

    Houses that print it above the text without byline or date in between leave its stop out, or make it less than half
    as long as the paragraph below and shorter than most: the latter only below byline or date, for of a hundred texts
    right below their headline ten open as short, and eight of those are the story's first sentence. One that sums up
    the story has its words said again by the paragraph below, which goes on from it where it opens the text, and names
    no day of the week. A dateline, a list or a quote opens the text itself. A text without a headline above it is a
    body alone.
    """
    if headline is None:
        return
    kept = [i for i in range(headline + 1, len(labels)) if labels[i].line_class.kept]
    if len(kept) < _MIN_KEPT or any(label.line_class is LineClass.STANDFIRST for label in labels[headline : kept[0]]):
        return
    is_dated = any(label.line_class in _STAMPS for label in labels[headline + 1 : kept[0]])
    if labels[kept[0]].rule == rule and (
        why := _introduces(lines, labels, lines[headline], kept, lexicon, is_dated=is_dated)
    ):
        labels[kept[0]] = Label(line_class=LineClass.STANDFIRST, rule="header.opening", evidence=why, score=0.6)


def _introduces(
    lines: Sequence[Line],
    labels: Sequence[Label],
    headline: Line,
    kept: Sequence[int],
    lexicon: Lexicon,
    *,
    is_dated: bool,
) -> str | None:
    """Return what makes the first of the ``kept`` lines a standfirst, or None."""
    first, second = lines[kept[0]], lines[kept[1]]
    if first.is_bullet or not second.is_paragraph or first.size < _OPENING[0]:
        return None
    head = first.bare[:_DATELINE_CHARS]
    if head[0] in _QUOTES or "—" in head or "–" in head or _DATELINE.match(first.bare):
        return None
    if any(label.line_class is LineClass.BYLINE for label in labels[kept[0] + 1 : kept[1]]):
        return "byline between it and the text"
    if first.size > _OPENING[1]:
        return None
    if not first.ends_stop:
        return "a sentence without a stop above the text" if second.ends_stop and first.bare[-1].isalpha() else None
    if why := _sums_up(headline, first, [lines[i] for i in kept[1:]], lexicon):
        return why
    if not is_dated or first.size > _OPENING_SHARE * second.size:
        return None
    usual = sorted(lines[i].size for i in kept)[len(kept) // 2]
    return f"{first.size} words above a paragraph of {second.size}" if first.size <= _USUAL_SHARE * usual else None


def _sums_up(headline: Line, first: Line, below: Sequence[Line], lexicon: Lexicon) -> str | None:
    """Return what shows that the first paragraph sums up the story ``below``, or None."""
    if first.size > below[0].size:
        return None
    again = _said_again(first, below[:1])
    if again < _SAID_AGAIN or _said_again(first, below) < _SAID_AT_ALL:
        return None
    is_lead = _said_again(headline, [first]) > _MAX_OF_HEADLINE or _names_day(first, lexicon)
    return None if is_lead else f"{again:.0%} of its words said again below"


def _names_day(line: Line, lexicon: Lexicon) -> bool:
    items = read_items(line.bare, lexicon)
    return any(item.meaning & kind and len(item.text) >= _DAY_LETTERS[kind] for item in items for kind in _DAY_LETTERS)


def _said_again(first: Line, below: Sequence[Line]) -> float:
    """Return the share of the longer words of a paragraph that lines below have; 0 where they are too few to tell."""
    own = {word for word in first.words if len(word) >= _LONG_WORD}
    if len(own) < _MIN_WORDS:
        return 0.0
    return len(own.intersection(chain.from_iterable([line.words for line in below]))) / len(own)


def _is_stamped(labels: Sequence[Label], i: int) -> bool:
    """Return whether byline or date stand right below; below a caption stands its credit or the text."""
    return i + 1 < len(labels) and labels[i + 1].line_class in _STAMPS


def _elsewhere(lines: Sequence[Line], label: Label, i: int, top: int) -> Label:
    is_kicker = i + 1 == top and lines[i].size <= MAX_KICKER_SIZE and not lines[i].is_bullet and not _in_menu(lines, i)
    if is_kicker and label.line_class not in _NO_NAME:
        evidence = "short line right above the headline"
        return Label(line_class=LineClass.SECTION, rule="header.kicker", evidence=evidence, score=label.score)
    if label.line_class is LineClass.STANDFIRST:
        return replace(label, line_class=LineClass.BOILERPLATE)
    return label


def _in_menu(lines: Sequence[Line], i: int) -> bool:
    """Return whether two lines above are as short, without a gap: then all are a menu.

    A section that the menu has too is said again right above the headline, so it stands outside the menu.
    """
    above = lines[max(0, i - 2) : i]
    is_list = len(above) == 2 and all(line.size <= MAX_KICKER_SIZE and not line.is_bullet for line in above)
    is_close = not lines[i].blanks_before and all(not line.blanks_before for line in above[1:])
    return is_list and is_close and lines[i].folded not in {line.folded for line in lines[:i]}


def _is_bare_name(line: Line) -> bool:
    """Return whether the line is two to four capitalised words, and perhaps "in" a place."""
    name, _, place = line.bare.partition(" in ")
    tokens = name.split()
    return (
        2 <= len(tokens) <= 4
        and not line.is_bullet
        and line.size <= _MAX_NAME_SIZE
        and _NAME.match(place or "Here") is not None
        and all(map(_NAME.fullmatch, tokens))
    )


def _is_caseless_name(lines: Sequence[Line], labels: Sequence[Label], i: int) -> bool:
    """Return whether two to four words of a script without capitals stand right above the date, where names stand."""
    is_dated = i + 1 < len(labels) and labels[i + 1].line_class is LineClass.DATE
    bare = lines[i].bare
    return is_dated and 2 <= len(bare.split()) <= 4 and bare.lower() == bare.upper() and not lines[i].ends_stop
