"""Files that survive a crash: written beside, flushed to the disk, renamed, and the folder flushed too.

A rename is atomic, but without flushing the file first it may name an empty one after a power loss, and without
flushing the folder the rename itself may be lost.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StoreError


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """Turn what the disk refuses in the body into our own error, so that no record is blamed for it.

    Raises:
        StoreError: ``what`` could not be written; says why.
    """
    try:
        yield
    except OSError as exc:
        message = f"{what} could not be written: {exc}; make room or mend the disk, and run again"
        raise StoreError(message) from exc


def flush(path: Path) -> None:
    """Force a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make ``path`` and its missing parents, each one's name forced to the disk."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    flush(path.parent)


def write(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``, whole or not at all; leaves at most a ``.tmp`` beside it."""
    make_folder(path.parent)
    beside = path.with_name(path.name + ".tmp")
    with beside.open("wb") as sink:
        sink.write(data)
        sink.flush()
        os.fsync(sink.fileno())
    rename(beside, path)


def rename(source: Path, target: Path) -> None:
    """Move ``source`` over ``target`` on the same disk and flush the target's folder."""
    make_folder(target.parent)
    source.replace(target)
    flush(target.parent)


def remove_empty(folder: Path, root: Path) -> None:
    """Remove ``folder`` and its parents below ``root`` as long as they are empty."""
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
