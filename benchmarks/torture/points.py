"""An act killed at each numbered call to the disk: a picture of the folder at each, looked at, recovered and resumed.

The act waits at every call (``faults.c``) while its folder is copied, so a kill at each costs no run of its own.
"""

from __future__ import annotations

import ctypes
import os
import shutil

from benchmarks.torture.acts import Place
from benchmarks.torture.trial import Trial, start, state_of

MANIFEST = "/_state/manifests"
"""What a publication writes first: from there on the tables change."""


def kill_at_each(trial: Trial, every: int, publishing: int = 1) -> tuple[int, int]:
    """Try a kill at each ``every``-th call of the act, and at each ``publishing``-th once it publishes.

    Returns the number of calls and how many of the pictures tried were like none before.
    """
    at, picture = trial.fresh("clean"), trial.folder / "picture"
    said, say = os.pipe()
    wait, go = os.pipe()

    def act() -> None:
        os.close(said)
        os.close(go)  # else a harness that ends would leave the act waiting for itself
        ctypes.CDLL(None).fault_arm(str(at.clean).encode(), ctypes.c_long(-1), 0, say, wait)
        trial.act.do(at)

    acting = start(act, trial.folder / "act.log")
    os.close(say)
    os.close(wait)
    number, seen, is_publishing = -1, set[str](), False
    with os.fdopen(said) as lines, os.fdopen(go, "wb", buffering=0) as go_on:
        for number, line in enumerate(lines):
            call = line.rstrip("\n")
            is_publishing = is_publishing or call.split(" ", 2)[2].startswith(MANIFEST)
            if number % (publishing if is_publishing else every) == 0 and (state := state_of(at.clean)) not in seen:
                seen.add(state)
                shutil.rmtree(picture, ignore_errors=True)
                if at.clean.exists():
                    shutil.copytree(at.clean, picture)
                trial.examine(f"killed at {call}", Place(at.raw, picture), again=True)
            go_on.write(b".")
    if os.waitpid(acting, 0)[1]:
        trial.bad.append(f"undisturbed: {(trial.folder / 'act.log').read_text()[-900:]}")
    return number + 1, len(seen)
