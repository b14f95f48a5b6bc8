"""Words from pages, made safe to show: a terminal obeys control characters, Markdown its marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_BACKTICKS = re.compile("`+")
# Unicode has a picture of each C0 control from U+2400 on. C1 controls, line separators and the marks that turn the
# writing direction round (they can make a removed line look kept) have none and become a replacement character.
_CONTROLS = str.maketrans(
    {code: chr(0x2400 + code) for code in range(0x20)}
    | {0x09: " ", 0x7F: "\u2421"}
    | dict.fromkeys([*range(0x80, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")
)


def printable(text: str) -> str:
    r"""Return ``text`` with every control character as something visible of the same length.

    >>> printable("a\tred \x1b[31mline")
    'a red ␛[31mline'
    """
    return text.translate(_CONTROLS)


def code(text: str) -> str:
    r"""Return ``text`` as Markdown code that fits in a table cell, whatever marks it holds.

    >>> code("a|b`c")
    '`` a\\|b`c ``'
    """
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence, pad = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{pad}{printable(text).replace('|', chr(92) + '|')}{pad}{fence}"


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, first column to the left, the others to the right; cells must be Markdown already.

    >>> print(markdown_table(("site", "dumps"), [("a", "1")]))
    | site | dumps |
    | :-- | --: |
    | a | 1 |
    """
    marks = [":--", *("--:" for _ in titles[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (titles, marks, *rows))
