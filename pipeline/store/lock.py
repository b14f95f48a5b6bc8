"""The lock that keeps two publications apart: ``flock`` on ``_state/lock``, with the owner written inside.

The operating system frees it when the process dies, however it dies, so no lock goes stale. The file descriptor is not
inherited by programs that are started; a plain ``fork`` would share it, so workers are started by forkserver or spawn.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import LockedError


@contextmanager
def run_lock(path: Path, command: str) -> Iterator[None]:
    """Hold the lock file ``path`` while the body runs; ``command`` tells others what is running.

    Raises:
        LockedError: another process holds it; names host, process, start and command.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(descriptor, path)
        owner = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "command": command,
        }
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(owner).encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        owner = _owner(os.pread(descriptor, 4096, 0))
        message = (
            f"{str(path.parent.parent)!r} is in use by {owner.get('command', 'another run')!r}"
            f" (process {owner.get('pid', '?')} on {owner.get('host', '?')}, since {owner.get('started', '?')}):"
            " wait for it to end, or end it"
        )
        raise LockedError(message, owner=owner) from exc


def _owner(raw: bytes) -> dict[str, object]:
    # Between the lock and its label there is a moment without one, and a label can be cut: both mean "somebody".
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
