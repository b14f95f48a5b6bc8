from __future__ import annotations

import logging

import httpx
import pytest

from flows.watch import ProgressWatch
from pipeline.report.counters import Progress


class Picture:
    """What a watcher saw, on a clock that only the test moves."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, str]] = []
        self.now = 100.0

    def show(self, percent: float, text: str) -> None:
        self.seen.append((percent, text))

    def clock(self) -> float:
        return self.now


def step(stage: str, done: int) -> Progress:
    return Progress(stage=stage, done=done, total=2000, unit="dumps")


@pytest.fixture
def picture() -> Picture:
    return Picture()


@pytest.fixture
def watch(picture: Picture) -> ProgressWatch:
    return ProgressWatch(picture.show, picture.clock)


def test_shows_percent_and_words(picture: Picture, watch: ProgressWatch) -> None:
    watch(step("clean", 1000))

    assert picture.seen == [(50.0, "clean: 1,000 of 2,000 dumps")]


def test_leaves_out_steps_that_follow_at_once(picture: Picture, watch: ProgressWatch) -> None:
    for done in (1, 2, 3):
        watch(step("clean", done))

    assert [text for _, text in picture.seen] == ["clean: 1 of 2,000 dumps"]


def test_shows_a_step_after_some_seconds(picture: Picture, watch: ProgressWatch) -> None:
    watch(step("clean", 1))
    picture.now += 6
    watch(step("clean", 2))

    assert len(picture.seen) == 2


@pytest.mark.parametrize(
    "following", [step("write", 1), step("clean", 2000)], ids=["of the next stage", "that ends the stage"]
)
def test_shows_a_step_at_once(picture: Picture, watch: ProgressWatch, following: Progress) -> None:
    watch(step("clean", 1))
    watch(following)

    assert len(picture.seen) == 2


def test_stage_whose_total_grows_with_it_is_not_shown_at_every_step(picture: Picture, watch: ProgressWatch) -> None:
    for done in range(1, 50):
        watch(Progress(stage="read", done=done, total=done, unit="files"))

    assert len(picture.seen) == 1


def test_server_that_does_not_answer_costs_a_warning_and_no_run(caplog: pytest.LogCaptureFixture) -> None:
    def away(*_: object) -> None:
        raise httpx.ConnectError("connection refused")

    with caplog.at_level(logging.WARNING, "flows.watch"):
        ProgressWatch(away)(step("clean", 1))

    assert "progress not shown: connection refused" in caplog.text
