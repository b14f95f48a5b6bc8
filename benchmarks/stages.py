"""Where the CPU time of cleaning a text dump goes: each stage timed inside the whole, not by itself.

A stage alone finds its data and code warm and looks a third cheaper than it is. So while dumps are cleaned the stages'
functions are replaced by ones that keep the time, and what a stage spends in another one is taken off it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from rich.table import Table

from benchmarks.quality.predict import AS_OF, CleansDumps, page_dump
from pipeline.clean import cleaner as cleaner_module
from pipeline.clean import label as label_module
from pipeline.clean.clock import read_items
from pipeline.clean.dates import find_dates
from pipeline.clean.model import LineModel

WHOLE, REST = "whole", "rows and rest"
ROUNDS = 3  # the fastest counts for each dump
# Stage, and the functions it is made of: the object that holds each, and its name there.
STAGES: Mapping[str, Sequence[tuple[Any, str]]] = {
    "split lines": ((cleaner_module, "text_page"),),
    "read lines": ((cleaner_module, "read_lines"),),
    "rules, dates, bylines": ((cleaner_module, "mark_lines"),),
    "join fragments": ((cleaner_module, "join_fragments"),),
    "segment": ((cleaner_module, "segment"),),
    "features": ((label_module, "features"), (label_module, "around_headline")),
    "line model": ((LineModel, "posteriors"), (LineModel, "reasons")),
    "labels": ((cleaner_module, "label_segment"),),
    "strip": ((cleaner_module, "strip_lines"),),
    "describe": ((cleaner_module, "describe"),),
}


class Watch:
    """CPU seconds of each stage since it was last reset, without what other stages spent inside it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside = [0.0]

    def reset(self) -> None:
        """Forget what was spent."""
        self.seconds = dict.fromkeys(STAGES, 0.0)

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``call`` with its time kept under ``stage``."""

        def timed(*args: object, **named: object) -> object:
            self._inside.append(0.0)
            begun = time.process_time()
            result = call(*args, **named)
            spent = time.process_time() - begun
            self.seconds[stage] += spent - self._inside.pop()
            self._inside[-1] += spent
            return result

        return timed


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Keep the time of all stages until the block ends."""
    places = [(stage, owner, name) for stage, calls in STAGES.items() for owner, name in calls]
    kept = [getattr(owner, name) for _, owner, name in places]
    for (stage, owner, name), call in zip(places, kept, strict=True):
        setattr(owner, name, watch.timed(stage, call))
    try:
        yield
    finally:
        for (_, owner, name), call in zip(places, kept, strict=True):
            setattr(owner, name, call)


def forget() -> None:
    """Empty what is remembered between lines: a dump that is cleaned again must cost what it cost the first time."""
    find_dates.cache_clear()
    read_items.cache_clear()


def time_stages(cleaner: CleansDumps, texts: Sequence[str]) -> dict[str, float]:
    """Return the median CPU seconds a dump of the whole and of each stage, the fastest of ``ROUNDS`` rounds counting.

    The whole is timed in rounds of its own, with nothing replaced.
    """
    dumps = [page_dump("a.txt", text) for text in texts]
    spent: dict[str, list[float]] = {name: [] for name in (WHOLE, *STAGES, REST)}
    for dump in dumps:
        rounds = []
        for _ in range(ROUNDS):
            forget()
            begun = time.process_time()
            cleaner.clean(dump, AS_OF)
            rounds.append(time.process_time() - begun)
        spent[WHOLE].append(min(rounds))
    watch = Watch()
    with watched(watch):
        for dump in dumps:
            for name, seconds in _fastest(cleaner, dump, watch).items():
                spent[name].append(seconds)
    return {name: median(seconds) for name, seconds in spent.items() if seconds}


def _fastest(cleaner: CleansDumps, dump: Any, watch: Watch) -> dict[str, float]:  # noqa: ANN401 - whatever clean takes
    """Return the seconds of each stage in the fastest round."""
    rounds = []
    for _ in range(ROUNDS):
        forget()
        watch.reset()
        begun = time.process_time()
        cleaner.clean(dump, AS_OF)
        spent = time.process_time() - begun
        rounds.append((spent, {**watch.seconds, REST: spent - sum(watch.seconds.values())}))
    return min(rounds, key=lambda one: one[0])[1]


def stages_table(seconds: Mapping[str, float], dumps: int) -> Table:
    """Return the stages with their time and their share of all stages' time."""
    title = f"a text dump by stage, median of {dumps}; whole {1_000 * seconds[WHOLE]:.2f} ms"
    table = Table(title=title, title_justify="left", box=None, min_width=len(title))
    for name in ("stage", "CPU ms", "share"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    stages = {name: spent for name, spent in seconds.items() if name != WHOLE}
    for name, spent in stages.items():
        table.add_row(name, f"{1_000 * spent:.2f}", f"{spent / sum(stages.values()):.0%}")
    return table
