"""The lock that keeps two publications apart: ``flock`` on ``_state/lock``, with the owner written inside.

The operating system frees it when the process dies, however it dies, so no lock goes stale on one machine. On a folder
that several machines share, not every file system tells one of the other's lock: there the label counts, which its
owner renews as long as it lives and which expires. The file descriptor is not inherited by programs that are started; a
plain ``fork`` would share it, so workers are started by forkserver or spawn.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from pipeline.errors import LockedError

LEASE: Final = dt.timedelta(minutes=10)
"""How long a label holds that is not renewed."""

RENEW_SECONDS: Final = 60.0
"""How often it is renewed: nine times may fail before it expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The label: who holds the lock, and until when if nothing more is heard (ISO 8601, UTC)."""

    host: str
    pid: int
    started: str
    expires: str
    command: str


@contextmanager
def run_lock(path: Path, command: str) -> Iterator[str | None]:
    """Hold the lock file ``path`` while the body runs; ``command`` tells others what is running.

    Gives the words for a run that died while it held the lock, None where the last one gave it back.

    Raises:
        LockedError: another process holds it; names host, process, start and command.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    done = threading.Event()
    try:
        now = dt.datetime.now(dt.UTC)
        dead = _take(descriptor, path, now)
        owner = Owner(
            host=socket.gethostname(), pid=os.getpid(), started=_iso(now), expires=_iso(now + LEASE), command=command
        )
        _label(descriptor, owner)
        renewal = threading.Thread(target=_keep, args=(descriptor, owner, done), name="run-lock", daemon=True)
        renewal.start()
        try:
            yield dead
        finally:
            done.set()
            renewal.join()
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _keep(descriptor: int, owner: Owner, done: threading.Event) -> None:
    """Renew the label until the lock is given back."""
    while not done.wait(RENEW_SECONDS):
        renew(descriptor, owner, dt.datetime.now(dt.UTC))


def renew(descriptor: int, owner: Owner, now: dt.datetime) -> Owner:
    """Write the label of a lock that is held anew; return it, good for another :data:`LEASE`."""
    again = replace(owner, expires=_iso(now + LEASE))
    # A disk that refuses now may not in a minute; the kernel's lock is held all the same.
    with contextlib.suppress(OSError):
        _label(descriptor, again)
    return again


def _label(descriptor: int, owner: Owner) -> None:
    data = json.dumps(asdict(owner)).encode()
    os.pwrite(descriptor, data, 0)
    os.ftruncate(descriptor, len(data))


def _take(descriptor: int, path: Path, now: dt.datetime) -> str | None:
    """Take the lock; return the words for the owner that died with it, if one did."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise _locked(path, _owner(os.pread(descriptor, 4096, 0)), now) from exc
    owner = _owner(os.pread(descriptor, 4096, 0))
    # Left by a process of this machine the label is a dead one's, or the kernel would not have given the lock.
    if owner.get("host") not in (None, socket.gethostname()) and not _is_expired(owner, now):
        raise _locked(path, owner, now)
    return f"{owner.get('command')} of {owner.get('started')} (process {owner.get('pid')})" if owner else None


def _locked(path: Path, owner: dict[str, object], now: dt.datetime) -> LockedError:
    cure = "it hangs, end it" if _is_expired(owner, now) else "wait for it to end, or end it"
    message = (
        f"{str(path.parent.parent)!r} is in use by {owner.get('command', 'another run')!r}"
        f" (process {owner.get('pid', '?')} on {owner.get('host', '?')}, since {owner.get('started', '?')},"
        f" claimed until {owner.get('expires', '?')}): {cure}"
    )
    return LockedError(message, owner=owner)


def _is_expired(owner: dict[str, object], now: dt.datetime) -> bool:
    try:
        return dt.datetime.fromisoformat(str(owner.get("expires"))) < now
    except ValueError:
        return False


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _owner(raw: bytes) -> dict[str, object]:
    # Between the lock and its label there is a moment without one, and a label can be cut: both mean "somebody".
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
