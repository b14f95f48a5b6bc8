"""Lines that are page furniture by their element alone: links, and what stands in menus, footers and captions.

They are two lines in three of a news page and next to none of a story, so they are told before anything is measured.
Their links, characters and number still count for the blocks they are in.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.clean.html_names import said_by
from pipeline.clean.render import BIT, CONTEXTS, Rendered

_FURNITURE = ("nav", "button", "dialog", "footer", "figcaption")
_BITS = sum(BIT[name] for name in _FURNITURE)
# A linked heading may be a story's, so may a linked paragraph: lists of addresses, a question to the reader.
_HEADING = BIT["heading"]
# Words in the name of a line's element or of the one around it, if that is a small box: a larger one may be a story's
# that is said to have captions or a newsletter. Of 4,722 lines of stories three had such a name.
_NAMED = frozenset(("breadcrumb", "breadcrumbs", "byline", "caption", "commentform", "newsletter", "signup"))
_MAX_BOX = 4  # lines, its own and its child blocks'
_ALL_LINK = 0.97  # share of link text
_MIN_CHARS = 200  # of all other lines; a page with less has its story where stories do not stand


def furniture(rendered: Rendered) -> dict[int, str]:
    """Return why a line is furniture, by its index; nothing where hardly any other line would be left."""
    found: dict[int, str] = {}
    blocks, left = rendered.blocks, 0
    named = _named_boxes(rendered)
    for index, (place, chars, linked) in enumerate(zip(rendered.places, rendered.chars, rendered.linked, strict=True)):
        bits = blocks.inside[place]
        if bits & _BITS:
            found[index] = _REASON_BY_BITS[bits & _BITS]
        elif linked >= _ALL_LINK * chars and not bits & _HEADING and blocks.tags[place] != "p":
            found[index] = "all link text"
        elif reason := named.get(place) or named.get(blocks.parents[place]):
            found[index] = reason
        else:
            left += chars
    return found if left >= _MIN_CHARS else {}


def _named_boxes(rendered: Rendered) -> dict[int, str]:
    """Return the small blocks whose names tell of furniture, and what these tell."""
    blocks = rendered.blocks
    lines = [0] * (len(blocks.parents) + 1)  # its own and its child blocks'; the page's last stands for none
    for place in rendered.places:
        lines[place] += 1
        lines[blocks.parents[place]] += 1
    told = ((block, _NAMED.intersection(said_by(blocks.names[block]).words)) for block in _may_tell(blocks.names))
    return {block: f"named {min(words)}" for block, words in told if words and lines[block] <= _MAX_BOX}


def _may_tell(names: Sequence[str]) -> set[int]:
    """Return which names hold one of the words: found in all of them at once, few are taken apart."""
    page = "\0".join(names).lower()
    found = set()
    for word in _NAMED:
        name = begin = 0
        while (at := page.find(word, begin)) >= 0:
            name += page.count("\0", begin, at)
            begin = at + 1
            found.add(name)
    return found


def _reasons() -> dict[int, str]:
    reasons = {}
    for mask in range(1 << len(_FURNITURE)):
        names = [name for place, name in enumerate(_FURNITURE) if mask >> place & 1]
        reasons[sum(BIT[name] for name in names)] = "inside " + ", ".join(name for name in CONTEXTS if name in names)
    return reasons


_REASON_BY_BITS = _reasons()
