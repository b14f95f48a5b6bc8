"""What a score is: a named figure with its interval, and the table it is shown in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One score between 0 and 1; more is always better, so that every floor reads alike.

    ``low`` and ``high`` bound the 95 % bootstrap interval over sites; None where a set knows no sites.
    """

    value: float
    low: float | None = None
    high: float | None = None


Cell: TypeAlias = Figure | str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows to be read by a person; a cell is a :class:`Figure` or is shown as it stands."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The result of one labelled set: figures by name, tables to read, and which of the figures have floors.

    A name is a path of words: ``dumps/unjoined/line F1``. ``pinned`` are the figures that a change may not lower.
    ``errors`` are the single misses behind the figures, as JSON rows, for reading.
    """

    source: str
    tables: tuple[Table, ...]
    figures: Mapping[str, Figure]
    pinned: frozenset[str] = frozenset()
    errors: tuple[Mapping[str, object], ...] = ()
