"""Publish, die at each step in turn, resume: prints as JSON what each of those histories left behind.

Usage: kill_at_every_step.py FOLDER. Started by test_publication in a process of its own. Each attempt is a forked
child, so nothing here may touch a table before the fork: threads do not survive one.
"""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import shutil
import sys
from pathlib import Path

from pipeline.store.digest import digests
from pipeline.store.tables import Store
from tests.dying import child, killer, recover

NEWSROOM = runpy.run_path(str(Path(__file__).with_name("conftest.py")))


def publish(clean: Path, day: int, kill_at: int = -1) -> None:
    """Publish one day, killed at a step of it."""
    store = Store.open(clean)
    with store.locked("kill test"):
        NEWSROOM["publish_day"](store, day, killer(kill_at))


def resume(clean: Path, target: Path) -> None:
    """Roll forward, publish day 2 where it was never decided, then day 3; write down everything that is left.

    That is: the rows, and every file with its bytes, but for the manifests and logs, which hold a clock.
    """
    store = Store.open(clean)
    with store.locked("kill test"):
        if not (clean / "_state/manifests/00000002.done.json").exists():
            NEWSROOM["publish_day"](store, 2)
        NEWSROOM["publish_day"](store, 3)
    with store.locked("kill test"):
        pass
    snapshot = store.snapshot()
    files = {}
    for path in sorted(clean.rglob("*")):
        if path.is_file() and path.name != "lock":
            clockless = path.suffix == ".parquet" or path.parent.name == "index"
            digest = hashlib.blake2b(path.read_bytes()).hexdigest()[:8] if clockless else ""
            files[str(path.relative_to(clean))] = digest
    target.write_text(json.dumps({"digests": dict(digests(snapshot)), "files": files}))


def history(folder: Path, name: str, kill_at: int, kill_again_at: int | None) -> dict[str, object]:
    """Publish day 2 killed at a step, resume (killed again where asked), publish day 3; return the outcome."""
    clean = folder / name
    shutil.copytree(folder / "day1", clean)
    died = os.WIFSIGNALED(child(lambda: publish(clean, 2, kill_at)))
    if kill_again_at is not None:
        child(lambda: recover(clean, kill_again_at))
    decided = any(clean.glob("_state/manifests/00000002*.json"))
    status = child(lambda: resume(clean, folder / f"{name}.json"))
    found = json.loads((folder / f"{name}.json").read_bytes()) if status == 0 else None
    shutil.rmtree(clean)
    return {"died": died, "decided": decided, "status": status, "books": found}


def main(folder: Path) -> None:
    """Try every step until a publication outlives its killer."""
    child(lambda: publish(folder / "day1", 1))
    histories: list[dict[str, object]] = []
    step = 0
    while not histories or histories[-1]["died"]:
        histories.append(history(folder, f"step{step}", step, None if step % 4 else step // 4))
        step += 1
    sys.stdout.write(json.dumps(histories))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
