"""Run the main job and die at one step of merging or publishing (or the first that begins so). Usage: kill_run.py RAW CLEAN STEP [SIGTERM].

Started by test_run in a process of its own: SIGKILL leaves nobody to tidy up.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from pathlib import Path

from pipeline.cli import terminate
from pipeline.run import run
from pipeline.settings import Settings


def main(raw: str, clean: str, step: str, how: str = "SIGKILL") -> None:
    """Clean ``raw`` into ``clean`` until the step is done, then take the signal."""
    signal.signal(signal.SIGTERM, terminate)

    def checkpoint(done: str) -> None:
        if done == step or done.startswith(f"{step} "):
            os.kill(os.getpid(), signal.Signals[how])

    run([raw], Path(clean), Settings.load(workers=1), dt.date(2026, 3, 10), checkpoint=checkpoint)


if __name__ == "__main__":
    main(*sys.argv[1:])
