"""Claims about the time kept of each stage of cleaning."""

from __future__ import annotations

import time

import pytest

from benchmarks import stages
from benchmarks.quality.predict import load_cleaner

TEXT = "Bridge to close\n\nBy Nora Quill\n\n" + "\n\n".join(
    f"The {name} bridge of Harrow Mill will be closed for a year from Monday, the mayor said."
    for name in ("old", "new", "long")
)


def test_time_spent_in_an_inner_stage_is_not_counted_twice() -> None:
    watch = stages.Watch()
    watch.reset()

    def burn(milliseconds: float) -> None:
        until = time.process_time() + milliseconds / 1_000
        while time.process_time() < until:
            pass

    inner = watch.timed("features", lambda: burn(4))
    watch.timed("labels", lambda: (burn(1), inner()))()

    assert watch.seconds["features"] / watch.seconds["labels"] == pytest.approx(4, rel=0.5)


def test_every_stage_is_timed_and_left_as_it_was() -> None:
    before = [getattr(owner, name) for calls in stages.STAGES.values() for owner, name in calls]

    seconds = stages.time_stages(load_cleaner(), [TEXT])

    assert all(seconds[stage] > 0 for stage in stages.STAGES)
    assert [getattr(owner, name) for calls in stages.STAGES.values() for owner, name in calls] == before
