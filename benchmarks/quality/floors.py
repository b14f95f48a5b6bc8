"""The ratchet: floors under the figures, pinned to the labels they were measured on.

A floor only rises (``update``); lowering one takes a reason, which stays in the file. Why the tolerance is what it is
stands in ``docs/quality.md``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.quality.bench import PROJECT
from benchmarks.quality.figures import Sheet

FLOORS_FILE = PROJECT / "benchmarks" / "floors.json"
# Cleaning is deterministic, so this only absorbs what another patch release of a library or another processor moves.
# One line of the labelled dumps moves their line F1 by .0004; any page, pair or field moves its figure by more.
TOLERANCE = 0.0005
STEPS = 10_000  # floors are written with four places


class RatchetError(Exception):
    """An update would lower a floor and no reason was given; the message names each figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A floor that was lowered or given up (``to`` None), and why."""

    figure: str
    floor: float
    to: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What is pinned: the digest of each source's labels, the floor of each figure, and the history of lowering."""

    labels: Mapping[str, str]
    floors: Mapping[str, float]
    lowered: tuple[Lowered, ...] = ()

    def of(self, source: str) -> dict[str, float]:
        """Return the floors of the figures of ``source``."""
        return {name: floor for name, floor in self.floors.items() if name.split("/", 1)[0] == source}


def read_floors(path: Path = FLOORS_FILE) -> Floors:
    """Return the pinned floors; none where the file does not exist yet."""
    if not path.is_file():
        return Floors(labels={}, floors={})
    held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lowered = tuple(Lowered(**row) for row in held["lowered"])
    return Floors(labels=held["labels"], floors=held["floors"], lowered=lowered)


def write_floors(floors: Floors, path: Path = FLOORS_FILE) -> None:
    """Save the floors whole or not at all: sorted, one a line, so that a change reads well in a diff."""
    lowered = [{"figure": row.figure, "floor": row.floor, "to": row.to, "reason": row.reason} for row in floors.lowered]
    held = {
        "labels": dict(sorted(floors.labels.items())),
        "floors": dict(sorted(floors.floors.items())),
        "lowered": lowered,
    }
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)


def floor_of(value: float) -> float:
    """Return ``value`` rounded down to what is written.

    >>> floor_of(0.96789)
    0.9678
    """
    # The tiny addend keeps 0.9 (held as 0.89999…) from becoming 0.8999.
    return math.floor(value * STEPS + 1e-6) / STEPS


def breaches(floors: Floors, sheet: Sheet, digest: str) -> Iterator[str]:
    """Yield a sentence for all that fails the gate: changed labels, a lost figure, one without or under its floor."""
    if sheet.source not in floors.labels:
        yield f"{sheet.source}: has no floors yet; --update pins them"
        return
    if floors.labels[sheet.source] != digest:
        yield f"{sheet.source}: the labels are not those that the floors were measured on; look at them, then --update"
    held = floors.of(sheet.source)
    for name in sorted(sheet.pinned - held.keys()):
        yield f"{name}: has no floor yet; --update pins it"
    for name, floor in sorted(held.items()):
        if name not in sheet.pinned:
            yield f"{name}: has a floor of {floor:.4f} and is no longer measured"
        elif sheet.figures[name].value < floor - TOLERANCE:
            yield f"{name}: {sheet.figures[name].value:.4f} is under its floor of {floor:.4f}"


def update(floors: Floors, sheet: Sheet, digest: str, reason: str | None = None) -> Floors:
    """Return the floors with those of the sheet's source raised to its figures, and its labels pinned.

    Args:
        floors: what is pinned now.
        sheet: what was measured.
        digest: of the source's labels.
        reason: why figures may fall; without it none may. A fall within the tolerance leaves the floor where it is.

    Raises:
        RatchetError: a figure fell or is no longer measured, and no reason was given.
    """
    held = floors.of(sheet.source)
    fallen = tuple(_fallen(held, sheet, reason or ""))
    if fallen and not (reason or "").strip():
        named = "; ".join(
            f"{row.figure} {row.floor:.4f} → {'gone' if row.to is None else f'{row.to:.4f}'}" for row in fallen
        )
        raise RatchetError(f"floors only rise: {named}. If that is right, say why with --lower 'reason'")
    measured = {name: max(floor_of(sheet.figures[name].value), held.get(name, 0.0)) for name in sheet.pinned}
    measured |= {row.figure: row.to for row in fallen if row.to is not None}
    others = {name: floor for name, floor in floors.floors.items() if name not in held}
    labels = {**floors.labels, sheet.source: digest}
    return replace(floors, labels=labels, floors={**others, **measured}, lowered=(*floors.lowered, *fallen))


def _fallen(held: Mapping[str, float], sheet: Sheet, reason: str) -> Iterator[Lowered]:
    for name, floor in sorted(held.items()):
        if name not in sheet.pinned:
            yield Lowered(figure=name, floor=floor, to=None, reason=reason)
        elif sheet.figures[name].value < floor - TOLERANCE:
            yield Lowered(figure=name, floor=floor, to=floor_of(sheet.figures[name].value), reason=reason)
