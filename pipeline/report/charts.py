"""Charts as SVG, drawn by hand: bars a day and a line the size of a word. They stretch to their place: no text inside.

Colours are variables of the page (``--a`` to ``--c``, ``--line``), which has one set for light and one for dark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

_BAR, _GAP, _HEIGHT = 10.0, 2.0, 100.0
_FEWEST = 24  # days' room there always is: three bars over the whole page look like three walls


def stacked_bars(days: Sequence[tuple[dt.date, Mapping[str, int]]]) -> Markup:
    """Return a chart with a bar a day, in it a part for each name, from the bottom in their order; hover tells figures.

    Part number n has the class ``part-n``. The highest bar fills the height.
    """
    highest = max((sum(parts.values()) for _, parts in days), default=0) or 1
    width = max(_FEWEST, len(days)) * (_BAR + _GAP)
    bars = [_bar(place * (_BAR + _GAP), day, parts, _HEIGHT / highest) for place, (day, parts) in enumerate(days)]
    label = f"{len(days)} days, at most {highest} a day"
    return Markup(
        f'<svg class="bars" viewBox="0 0 {width:g} {_HEIGHT:g}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(label)}">{"".join(bars)}</svg>'
    )


def _bar(left: float, day: dt.date, parts: Mapping[str, int], unit: float) -> str:
    words = ", ".join(f"{count:,} {name}" for name, count in parts.items())
    top, shapes = _HEIGHT, []
    for number, count in enumerate(parts.values()):
        height = count * unit
        top -= height
        if count:
            shapes.append(
                f'<rect class="part-{number}" x="{left:g}" y="{top:.2f}" width="{_BAR:g}" height="{height:.2f}"/>'
            )
    return f"<g><title>{escape(f'{day}: {words}')}</title>{''.join(shapes)}</g>"


def spark_line(shares: Sequence[float]) -> Markup:
    """Return shares (0 to 1), a day each, as a small line; nothing for fewer than two."""
    if len(shares) < 2:
        return Markup("")
    points = " ".join(f"{place:g},{20 - 20 * share:.1f}" for place, share in enumerate(shares))
    label = f"from {shares[0]:.0%} to {shares[-1]:.0%}"
    return Markup(
        f'<svg class="spark" viewBox="0 -1 {len(shares) - 1} 22" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(label)}"><title>{escape(label)}</title>'
        f'<polyline points="{points}" vector-effect="non-scaling-stroke"/></svg>'
    )


def meter(share: float) -> Markup:
    """Return a share (0 to 1) as a bar in a track.

    >>> print(meter(0.25))
    <span class="meter"><span style="width:25.0%"></span></span>
    """
    return Markup(f'<span class="meter"><span style="width:{100 * min(1.0, max(0.0, share)):.1f}%"></span></span>')
