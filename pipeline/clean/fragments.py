"""Lines that are not lines: a paragraph broken at its links is put together again before anything is decided about it.

Renderers that give each text node a line of its own break a sentence wherever it holds a link, a note or a word in
italics. A page of text nodes gives itself away by lines that begin with the comma or the stop of the sentence above.
On it much weaker signs than elsewhere tell that a sentence goes on, and no rule is asked before: a link that says
"Facebook" is a share button by itself, and a word of the sentence where it stands. On other pages the rules go first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.clean.lines import Line, line_of
from pipeline.clean.marks import Mark

MIN_BROKEN = 3  # lines that go on from the one above, one of them with a comma or the like: fewer may be slips
MAX_SPACED = 0.2  # of the lines below a blank one; above, blank lines stand between paragraphs, else they are nodes too
MIN_JOINED_SIZE = 8  # words of a line and what goes on with it; below, menus in lower case would be joined
MIN_HEAD_SIZE = 5  # words before a break at a name or title
MIN_OPEN_SIZE = 3  # words before a break behind a word that is no name
MIN_REST_SIZE = 4  # words that go on from a name that opens the sentence
MAX_SHORT_WORD = 3  # letters; in a title such words may be small
MAX_NODE_SIZE = 8  # words of a link or name in mid-sentence
# No paragraph is longer; each join looks at the whole again, so without a bound 6,000 open lines took 31 s, now 1 s.
MAX_JOINED_CHARS = 5_000
_STOPPED = (":", "：", ";")
_COMMAS = tuple(",.)]”’…،؛、。")
_GOES_ON = (*_COMMAS, *_STOPPED)
_COMMA_ENDS = (",", "–", "—", "،")
_OPENS = ("(", "“", "„", "«")
_GUILLEMET = re.compile("[«»]")
_OWNERS = ("’s", "'s")
# A quote of the sentence above ends, or a word goes on; a blank stands behind the opening quotes of French.
_CLOSES = re.compile(r"[\"“”’»](?=[\s,.;:]|$)|«(?=[,.;:]|$)|-(?=[^\W\d_])")


def join_nodes(lines: Sequence[Line], languages: Mapping[str, int]) -> list[Line]:
    """Return the lines of a page of text nodes, those of a sentence as one; a joined one has several ``parts``.

    ``languages`` are those that common words in lower case are of, as bits. Any other page comes back as it was.
    """
    blanks = int(sum(line.blanks_before > 0 for line in lines) <= MAX_SPACED * len(lines))
    if not _is_of_nodes(lines, blanks):
        return list(lines)
    stopwords = _common_words(lines, languages)
    joined: list[Line] = []
    for i, line in enumerate(lines):
        if joined and _is_near(line, blanks) and _goes_on(joined[-1], lines, i, blanks, stopwords):
            joined[-1] = _join(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _common_words(lines: Sequence[Line], languages: Mapping[str, int]) -> frozenset[str]:
    """Return the common words of the language that most of them on the page are of: "war" leads on in German alone."""
    said = Counter(word for line in lines for word in line.words if word in languages)
    hits = Counter[int]()
    for word, times in said.items():
        for bit in range(languages[word].bit_length()):
            if languages[word] >> bit & 1:
                hits[bit] += times
    if not hits:
        return frozenset()
    own = max(hits, key=lambda bit: (hits[bit], -bit))
    return frozenset(word for word in said if languages[word] >> own & 1)


def join_fragments(
    lines: Sequence[Line], marks: Sequence[Mark | None], stopwords: Container[str]
) -> tuple[list[Line], list[Mark | None]]:
    """Return the lines with broken paragraphs joined, and their marks; a joined line has several ``parts``.

    Only unmarked neighbours without a blank line between them are joined: no rule's word is lost in a paragraph.
    """
    joined: list[Line] = []
    kept_marks: list[Mark | None] = []
    for i, (line, mark) in enumerate(zip(lines, marks, strict=True)):
        is_free = mark is None and bool(joined) and kept_marks[-1] is None
        if (
            is_free
            and not line.blanks_before
            and not line.is_bullet
            and _belongs(joined[-1], lines, marks, i, stopwords)
        ):
            joined[-1] = _join(joined[-1], line)
        else:
            joined.append(line)
            kept_marks.append(mark)
    return joined, kept_marks


def _is_near(line: Line, blanks: int) -> bool:
    """Return whether a line may be of the paragraph above it, with as many blank lines between as a paragraph has."""
    return line.blanks_before <= blanks and not line.is_bullet


def _is_of_nodes(lines: Sequence[Line], blanks: int) -> bool:
    """Return whether a page has a line for each text node."""
    below = [line for above, line in pairwise(lines) if _is_open(above) and _is_near(line, blanks)]
    commas = sum(line.bare.startswith(_GOES_ON) for line in below)
    return commas > 0 and commas + sum(line.bare[0].islower() and line.size > 1 for line in below) >= MIN_BROKEN


def _goes_on(head: Line, lines: Sequence[Line], i: int, blanks: int, stopwords: Container[str]) -> bool:
    """Return whether line ``i`` of a page of text nodes goes on with ``head``, all that was joined above it."""
    line = lines[i]
    if len(head.bare) > MAX_JOINED_CHARS or not head.words:
        return False
    is_enough = head.size + line.size >= MIN_JOINED_SIZE
    is_begun = i + 1 < len(lines) and _is_near(lines[i + 1], blanks) and _is_rest(lines[i + 1])
    if _is_tail(line):
        return is_enough or is_begun
    if not _is_open(head):
        return False
    is_led = _leads_on(head, stopwords)
    if line.bare.removeprefix("(")[:1].islower():
        is_told = is_enough and (head.size >= MIN_OPEN_SIZE or line.size >= MIN_REST_SIZE)
        return is_told or (is_led and (is_enough or is_begun))
    is_node = line.size <= MAX_NODE_SIZE and not line.ends_stop and is_begun
    if head.is_bullet:
        return False
    if is_led and not (line.size == 1 and line.folded in stopwords):  # "By" in capitals begins something
        return is_node or head.size >= MIN_HEAD_SIZE
    least = MIN_OPEN_SIZE if _last(head).islower() else MIN_HEAD_SIZE
    return is_node and head.size >= least and _is_name(line, stopwords)


def _leads_on(head: Line, stopwords: Container[str]) -> bool:
    """Return whether something must follow: a comma, an open bracket, "of the", or the first word of a sentence."""
    is_first = head.size == 1 and head.folded in stopwords
    is_cut = _opens(head) or head.bare.endswith((*_COMMA_ENDS, *_OWNERS))
    return is_first or is_cut or _last(head) in stopwords


def _belongs(
    head: Line, lines: Sequence[Line], marks: Sequence[Mark | None], i: int, stopwords: Container[str]
) -> bool:
    """Return whether line ``i`` of any page goes on with ``head``, the line above it with all that was joined to it."""
    line = lines[i]
    if len(head.bare) > MAX_JOINED_CHARS:
        return False
    if line.bare.startswith(_GOES_ON):
        return head.size + line.size >= MIN_JOINED_SIZE
    if not _is_open(head):
        return False
    if line.starts_lower:
        return head.size + line.size >= MIN_JOINED_SIZE and head.size >= MIN_OPEN_SIZE
    if head.size < MIN_HEAD_SIZE:
        return False
    return head.bare.endswith((*_OPENS, *_COMMA_ENDS)) or (
        _is_inner_node(lines, marks, i) and _is_name(line, stopwords)
    )


def _is_open(line: Line) -> bool:
    """Return whether a sentence may go on below a line."""
    return not line.ends_stop and not line.bare.endswith(_STOPPED)


def _opens(head: Line) -> bool:
    """Return whether a line ends in a bracket or quote that it opens; German closes „so“ and »so«."""
    if not head.bare.endswith(_OPENS):
        return False
    if head.bare[-1] == "“":
        return "„" not in head.bare[head.bare.rfind("“", 0, -1) + 1 :]
    first = _GUILLEMET.search(head.bare)
    return head.bare[-1] != "«" or first is None or first[0] == "«"


def _is_tail(line: Line) -> bool:
    """Return whether a line begins with what ends a clause: a comma, a closing quote, the second half of a word."""
    return line.bare.startswith(_GOES_ON) or _CLOSES.match(line.bare) is not None


def _is_rest(line: Line) -> bool:
    """Return whether a line begins in mid-sentence."""
    if line.bare[0].islower() or line.bare.startswith((*_COMMAS, "(")):
        return True
    return _CLOSES.match(line.bare) is not None


def _is_inner_node(lines: Sequence[Line], marks: Sequence[Mark | None], i: int) -> bool:
    """Return whether line ``i`` is a short piece that the next line goes on from: a link in mid-sentence."""
    if i + 1 >= len(lines) or lines[i].size > MAX_NODE_SIZE or lines[i].ends_stop:
        return False
    below = lines[i + 1]
    goes_on = below.starts_lower or below.bare.startswith(_GOES_ON)
    return marks[i + 1] is None and not below.blanks_before and goes_on


def _is_name(line: Line, stopwords: Container[str]) -> bool:
    """Return whether a short line may be a name or title: a sentence that begins has a common word at either end."""
    first, *rest = line.bare.split()
    if _last(line) in stopwords:
        return False
    return first.lower() not in stopwords or all(word[0].isupper() for word in rest if len(word) > MAX_SHORT_WORD)


def _last(line: Line) -> str:
    """Return the last word as it is written."""
    return line.bare.rsplit(" ", 1)[-1]


def _join(head: Line, line: Line) -> Line:
    gap = "" if _is_tail(line) or _opens(head) else " "
    whole = line_of(head.no, head.text, head.bare + gap + line.bare, head.blanks_before, is_bullet=head.is_bullet)
    return replace(whole, parts=head.parts + line.parts)
