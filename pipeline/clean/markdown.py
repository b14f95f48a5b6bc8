r"""Lines of Markdown as its reader sees them: links by their words, emphasis and signs of headings gone.

Converters of pages write links, images and emphasis in the line, headings and quotes before it (CommonMark 0.31).
Blocks are left as they stand: a line that begins with four blanks is code to the letter, a list of links in most dumps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from pipeline.clean.lines import Line, line_of
from pipeline.clean.wrapped import unwrap
from pipeline.text import squash

_MIN_HEADINGS = 2  # without a link, or one that is a line of its own
_MIN_TITLE = 3  # words
_HEADING = re.compile(r"#{1,6}\s+(?=\S*[^\W\d_])")
_HEADING_SIGN = re.compile(r"#{1,6}\s+(?=\S)")  # where a dump is Markdown
_CLOSED_HEADING = re.compile(r"\s#+$")
_BEFORE = re.compile(r"(?:(?:>|[*+-](?=\s))\s*)+")  # quotes and bullets in bullets
_DEFINITION = re.compile(r"\s{0,3}\[(?P<name>[^\[\]]{1,100})\]:\s+\S")

_WORDS = r"\[(?P<words>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]"
# A wide text breaks addresses at hyphens, so blanks may stand in one; a bracket holds no second one inside.
_TARGET = r"\((?P<target>[^()]*(?:\([^()]*\)[^()]*)*)\)"
_IMAGE = re.compile(rf"(?<!\\)!{_WORDS}{_TARGET}")
_LINK = re.compile(rf"(?<!\\){_WORDS}{_TARGET}")
_REFERENCE = re.compile(r"(?<!\\)\[(?P<words>(?:[^\[\]\\]|\\.)+)\]\s?\[(?P<name>[^\[\]]{0,100})\]")
_ADDRESS = re.compile(r"(?:<|[/#?.]|[a-zA-Z][a-zA-Z0-9+.-]*:|\S+[/.#?]\S)")
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^\s<>]{1,2000})>")
_MOST_EMPHASISED = 400  # characters; a sign without its fellow is no reason to read on to the end of the line
_STARS = re.compile(rf"(?<![\\*])(\*{{2,4}}|(?<!\w)\*)(?=[^\s*])(.{{1,{_MOST_EMPHASISED}}}?)(?<=[^\s*\\])\1(?!\*)")
_UNDERSCORES = re.compile(rf"(?<![\w\\])(_{{1,3}})(?=[^\s_])(.{{1,{_MOST_EMPHASISED}}}?)(?<=[^\s_\\])\1(?!\w)")
_NOTHING = re.compile(r"(?<!\S)(?:__|\*\*)(?=\w|$)")  # an icon in bold type: "__Share"
_CODE = re.compile(r"(?<![\\`])(`{1,2})(?!`)([^`]{1,400})\1(?!`)")
_MOST_LINES = 40  # of one link, or several in a row
_BROKEN = ("[![", "](")  # how lines begin on which a linked image is broken
_BLOCK_LINK_END = re.compile(rf"(?P<words>[^\[\]]*)\]{_TARGET}(?P<rest>[^\[\]]*(?:\[[^\[\]]*)?)")
_BRACKETS = frozenset("[]()")
_ESCAPED = re.compile(r"\\.")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def is_markdown(texts: Sequence[str]) -> bool:
    """Return whether the lines of a dump are Markdown: links with their addresses in them, or headings.

    One heading is enough where it has some words, and a blank line below it.

    >>> is_markdown(["# Harbour to close", "", "The [council](/council) voted on Monday."])
    True
    >>> is_markdown(["# 1 in the charts", "He wrote [sic] (see below) of a [note]."])
    False
    """
    whole = "\n".join(texts)
    may_link = any(map(whole.__contains__, _BROKEN))
    if not may_link and not whole.startswith("#") and "\n#" not in whole:
        return False
    headings = 0
    for i, text in enumerate(texts):
        if may_link and text.lstrip().startswith(_BROKEN):
            return True
        if may_link and "](" in text and any(_is_address(found["target"]) for found in _LINK.finditer(text)):
            return True
        if text.startswith("#") and _HEADING.match(text):
            headings += 1
            if len(text.split()) > _MIN_TITLE and not "".join(texts[i + 1 : i + 2]).strip():
                return True
    return headings >= _MIN_HEADINGS


def read_markdown(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of Markdown with ``bare`` as a reader sees it, and whether each is ``is_link`` alone.

    Links and paragraphs that the dump has broken over lines are put together. A line that shows nothing, an image or
    the address of a link, stays as it is, so that no line is lost.
    """
    names = frozenset(found["name"].casefold() for line in lines if (found := _DEFINITION.match(line.text)))
    return _in_block_links([_read(line, names) for line in unwrap(_closed(lines))])


def _closed(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, each link or image that goes on over several of them on one."""
    opened = [_opened(line.text) for line in lines]
    found: list[Line] = []
    i = 0
    while i < len(lines):
        stop = _close(lines, opened, i)
        found.append(lines[i] if stop == i + 1 else _join(lines[i:stop]))
        i = stop
    return found


def _opened(text: str) -> tuple[int, bool | None]:
    """Return how many brackets more a line opens than it closes, and whether an address is open at its end.

    None where that is as above: the line has neither the beginning of an address nor the end of one.
    """
    if not _BRACKETS.intersection(text):
        return 0, None
    written = _ESCAPED.sub("", text) if "\\" in text else text
    begins, ends = written.rfind("]("), written.rfind(")")
    return written.count("[") - written.count("]"), (begins > ends) if begins >= 0 or ends >= 0 else None


def _close(lines: Sequence[Line], opened: Sequence[tuple[int, bool | None]], start: int) -> int:
    """Return the end of the lines from ``start`` on that hold all of what opens there; ``start + 1`` if none does."""
    depth, in_address, is_link = 0, False, False
    for i in range(start, min(len(lines), start + _MOST_LINES)):
        if i > start and lines[i].blanks_before:
            break
        more, ends_open = opened[i]
        depth += more
        is_link = is_link or "](" in lines[i].text
        in_address = in_address if ends_open is None else ends_open
        if depth <= 0 and not in_address:
            return i + 1 if is_link else start + 1
    return start + 1


def _join(lines: Sequence[Line]) -> Line:
    first = lines[0]
    bare = " ".join(line.bare for line in lines)
    whole = line_of(first.no, first.text, bare, first.blanks_before, is_bullet=first.is_bullet)
    return replace(whole, parts=tuple(chain.from_iterable(line.parts for line in lines)))


def _read(line: Line, names: frozenset[str]) -> Line:
    before = _BEFORE.match(line.bare)
    written = line.bare[before.end() :] if before else line.bare
    heading = _HEADING_SIGN.match(written)
    if heading:
        written = _CLOSED_HEADING.sub("", written[heading.end() :])
    bare = squash(_without_signs(_without_links(written, names, keeps_words=True)))
    bare = _HEADING_SIGN.sub("", bare, count=1) if bare.startswith("#") else bare  # a heading inside a link
    if not bare or _DEFINITION.match(line.bare):
        raw = line_of(line.no, line.text, squash(written) or line.bare, line.blanks_before, is_bullet=False)
        return replace(raw, parts=line.parts)
    beside = written if heading else _without_links(written, names, keeps_words=False)
    is_bullet = line.is_bullet or bool(before and before[0].strip("> "))
    shown = line_of(line.no, line.text, bare, line.blanks_before, is_bullet=is_bullet)
    return replace(shown, parts=line.parts, is_link=not any(map(str.isalnum, beside)))


def _in_block_links(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, those inside a link that goes on over blank ones as links, without its sign and address.

    Markdown knows no such link; converters write one where a whole box of title and excerpt is a link of the page.
    """
    found = [*lines]
    start: int | None = None
    for i, line in enumerate(lines):
        end = _BLOCK_LINK_END.fullmatch(line.bare) if start is not None and "](" in line.bare else None
        if start is not None and end and i - start <= _MOST_LINES and _is_address(end["target"]):
            found[start] = _without_bracket(found[start])
            for j in range(start + 1, i):
                found[j] = replace(found[j], is_link=True)
            found[i] = _shown(line, end["words"] + " " + end["rest"], beside=end["rest"])
            start = None
        bare = found[i].bare
        # One in mid-sentence is a remark in brackets.
        if bare.rfind("[") > bare.rfind("]") and (bare.endswith("[") or bare.startswith(("[", "!["))):
            start = i
    return found


def _without_bracket(line: Line) -> Line:
    """Return the line without the bracket that opens a link."""
    before, words = line.bare.rsplit("[", 1)
    return line if "](" in before else _shown(line, before + words, beside="" if line.is_link else before)


def _shown(line: Line, words: str, *, beside: str) -> Line:
    """Return the line with the words that it shows, those ``beside`` no link's; itself if it has none."""
    bare = squash(words)
    if not any(map(str.isalnum, bare)):
        return line
    shown = line_of(line.no, line.text, bare, line.blanks_before, is_bullet=line.is_bullet)
    return replace(shown, parts=line.parts, is_link=not any(map(str.isalnum, beside)))


def _without_links(text: str, names: frozenset[str], *, keeps_words: bool) -> str:
    """Return the text without images and addresses of links, those under ``names`` too, perhaps without their words."""
    if "]" not in text:
        return text

    def linked(found: re.Match[str]) -> str:
        words = found["words"] if keeps_words else ""
        return words if _is_address(found["target"]) else found[0]

    def named(found: re.Match[str]) -> str:
        words = found["words"] if keeps_words else ""
        return words if (found["name"] or found["words"]).casefold() in names else found[0]

    text = _IMAGE.sub(lambda found: " " if _is_address(found["target"]) else found[0], text)
    text = _LINK.sub(linked, text)
    return _REFERENCE.sub(named, text) if names else text


def _is_address(target: str) -> bool:
    return not target or _ADDRESS.match(target.strip()) is not None


def _without_signs(text: str) -> str:
    """Return the text without the signs of emphasis, code and escaped characters."""
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
    if "`" in text:
        text = _CODE.sub(r"\2", text)
    if "*" in text:
        text = _STARS.sub(r"\2", text)
    if "_" in text:
        text = _UNDERSCORES.sub(r"\2", text)
    text = _NOTHING.sub("", text)
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text
