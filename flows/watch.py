"""The progress of a run as a Prefect artifact, for whoever watches it in the browser."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import cast
from uuid import UUID

import httpx
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.exceptions import PrefectException

from pipeline.report.counters import Progress

_LOG = logging.getLogger(__name__)
# An update is a request of some 15 ms processor time on either side: at this pace 0.3 % of a core.
_SECONDS_BETWEEN = 5.0

Show = Callable[[float, str], None]


class ProgressWatch:
    """A callback for ``pipeline.run`` that hands percent and words on to ``show``, a few times a minute.

    A server that does not answer costs the picture, not the run: the next update tries again.
    """

    def __init__(self, show: Show, clock: Callable[[], float] = time.monotonic) -> None:
        self._show = show
        self._clock = clock
        self._shown = ("", False)  # stage, and whether it was at its end
        self._shown_at = 0.0

    def __call__(self, progress: Progress) -> None:
        """Show ``progress`` if its stage is new or just ended, or the last update is some seconds ago."""
        now, at = self._clock(), (progress.stage, progress.done >= progress.total)
        if at == self._shown and now - self._shown_at < _SECONDS_BETWEEN:
            return
        self._shown, self._shown_at = at, now
        try:
            text = f"{progress.stage}: {progress.done:,} of {progress.total:,} {progress.unit}"
            self._show(progress.percent, text)
        except (httpx.HTTPError, PrefectException) as exc:
            _LOG.warning("progress not shown: %s", exc)


def artifact(key: str) -> Show:
    """Return a function that shows percent and words in one progress artifact, made when first called."""
    made: list[UUID] = []

    def show(percent: float, text: str) -> None:
        if made:
            update_progress_artifact(made[0], percent, description=text)
        else:
            created = create_progress_artifact(percent, key=key, description=text)
            made.append(cast("UUID", created))  # typed for async callers too, who get a coroutine

    return show
