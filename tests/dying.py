"""Children that die at a step of a publication, for the scripts that kill it at each: forks, so import no table first."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.store.publication import Checkpoint
from pipeline.store.tables import Store


def child(body: Callable[[], None]) -> int:
    """Run ``body`` in a child; return its wait status."""
    pid = os.fork()
    if pid == 0:
        try:
            body()
        finally:
            sys.stdout.flush()
            os._exit(3 if sys.exc_info()[0] else 0)
    return os.waitpid(pid, 0)[1]


def killer(number: int) -> Checkpoint:
    """Return a checkpoint that kills its process at step ``number``, at none if that is negative."""
    seen = iter(range(1_000_000))

    def checkpoint(step: str) -> None:
        del step
        if next(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint


def recover(clean: Path, kill_at: int = -1) -> None:
    """Finish what was decided, killed at a step."""
    with Store.open(clean).locked("kill test", killer(kill_at)):
        pass
