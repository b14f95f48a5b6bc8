"""Every file below the raw roots, in an order that no file system decides.

Local folders and fsspec URIs are walked alike. What is no page by its name or nature (hidden, temporary, a pipe, a
link) comes back as :class:`~pipeline.records.Skipped` with its reason; what should be readable and is not, as
:class:`~pipeline.records.Unreadable`: nothing disappears.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import fsspec
from fsspec.core import url_to_fs

from pipeline.errors import InputError
from pipeline.read.identity import unread_id
from pipeline.records import Reason, Skipped, Unreadable

_TEMPORARY = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp", ".swo", "~")
_CHECKSUM = (".crc", ".md5", ".sha1", ".sha256", ".sha512", ".sfv", ".asc", ".sig")
_BY_SYSTEM = frozenset({"thumbs.db", "desktop.ini", "_success"})
# surrogateescape stands for bytes that are not UTF-8; control characters would reach terminals and logs.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file to read: small and picklable, for it travels to the workers.

    ``uri`` opens it, ``path`` names it: relative to ``root``, with ``/``, valid Unicode. ``size_bytes`` is as listed.
    """

    uri: str
    root: str
    path: str
    size_bytes: int
    is_local: bool


Listed = Source | Skipped | Unreadable


def list_sources(roots: Sequence[str]) -> list[Listed]:
    """Return what lies below each root, sorted by path, then by the order of the roots; each file once.

    A root is a folder, a single file (then named relative to its parent) or an fsspec URI. Links are not followed:
    what they lead to inside the root is read where it stands. Holds the whole list, some 400 bytes a file.

    Raises:
        InputError: a root does not exist, cannot be listed or opened, or lies inside another one.
    """
    local = {root: _resolve(root) for root in dict.fromkeys(roots) if not _is_uri(root)}
    _refuse_nested(local)
    listed: list[Listed] = []
    for root in dict.fromkeys(roots):
        found = _walk_local(root, local[root]) if root in local else _walk_remote(root)
        listed.extend(found)
    return sorted(listed, key=_path_of)


def check_roots(roots: Sequence[str]) -> None:
    """Refuse roots that :func:`list_sources` would refuse for where they are, without looking into them.

    Raises:
        InputError: a root does not exist, cannot be opened, or lies inside another one.
    """
    _refuse_nested({root: _resolve(root) for root in dict.fromkeys(roots) if not _is_uri(root)})


def skip_reason(name: str) -> str | None:
    """Return why a file or folder of this name is no page, or None.

    >>> skip_reason("page.txt.crc"), skip_reason("page.txt")
    ('checksum by its name', None)
    """
    low = name.lower()
    if name.startswith((".", "~$")):
        return "hidden by its name"
    if low.endswith(_TEMPORARY):
        return "temporary by its name"
    if low.endswith(_CHECKSUM):
        return "checksum by its name"
    return "made by the system, by its name" if low in _BY_SYSTEM else None


def readable_path(path: str) -> str:
    r"""Return ``path`` as valid Unicode: bytes that are not UTF-8 and control characters spelled ``\xNN``.

    >>> readable_path("a\udcff\n")
    'a\\xff\\x0a'
    """
    return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", path)


def _path_of(item: Listed) -> str:
    return item.path if isinstance(item, Source) else item.source_path


def _is_uri(root: str) -> bool:
    return "://" in root or "::" in root


def _resolve(root: str) -> Path:
    try:
        return Path(root).resolve(strict=True)
    except FileNotFoundError as exc:
        raise InputError(f"raw root {root!r} does not exist: check --raw", source=root) from exc
    except (OSError, RuntimeError, ValueError) as exc:
        raise InputError(f"raw root {root!r} cannot be opened: {exc}", source=root) from exc


def _refuse_nested(local: dict[str, Path]) -> None:
    for inner, inner_path in local.items():
        for outer, outer_path in local.items():
            if inner != outer and inner_path.is_relative_to(outer_path):
                message = f"raw root {inner!r} lies inside raw root {outer!r}: name only one, or its files come twice"
                raise InputError(message, source=inner)


def _walk_local(given: str, root: Path) -> Iterator[Listed]:
    if root.is_file():
        yield from _classify(_Place(given, root.parent), str(root), root.name)
        return
    if not root.is_dir():
        raise InputError(f"raw root {given!r} is neither a folder nor a file", source=given)
    try:
        os.scandir(root).close()
    except OSError as exc:
        raise InputError(f"raw root {given!r} cannot be listed: {exc.strerror}", source=given) from exc
    place = _Place(given, root)
    folders = [(str(root), "")]
    while folders:
        folder, relative = folders.pop()
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry in entries]
        except OSError as exc:
            yield _unreadable(relative, Reason.UNREADABLE, f"folder cannot be listed: {exc.strerror}")
            continue
        for name in names:
            path, below = f"{folder}/{name}", f"{relative}/{name}" if relative else name
            if _is_folder(path) and skip_reason(name) is None:
                folders.append((path, below))
            else:
                yield from _classify(place, path, below)


@dataclass(frozen=True, slots=True)
class _Place:
    given: str
    folder: Path


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _classify(place: _Place, path: str, relative: str) -> Iterator[Listed]:
    why = skip_reason(relative.rpartition("/")[2])
    if why is not None:
        yield Skipped(source_path=readable_path(relative), source_record=None, reason=why)
        return
    try:
        status = os.lstat(path)
    except OSError as exc:
        yield _unreadable(relative, Reason.UNREADABLE, f"cannot be looked at: {exc.strerror}")
        return
    if stat.S_ISLNK(status.st_mode):
        yield _link(place, path, relative)
    elif not stat.S_ISREG(status.st_mode):
        reason = f"{Reason.SPECIAL_FILE}: {_special(status.st_mode)}"
        yield Skipped(source_path=readable_path(relative), source_record=None, reason=reason)
    else:
        yield Source(uri=path, root=place.given, path=readable_path(relative), size_bytes=status.st_size, is_local=True)


def _special(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "neither file nor folder"


def _link(place: _Place, path: str, relative: str) -> Skipped | Unreadable:
    """Return the line for a symbolic link: none is followed, so nothing comes twice and nothing leads out."""
    try:
        target = Path(path).resolve(strict=True)
    except FileNotFoundError:
        return _unreadable(relative, Reason.UNREADABLE, "link to nothing")
    except (OSError, RuntimeError):
        return _skipped_link(relative, f"{Reason.SYMLINK_LOOP}: leads to itself")
    if Path(path).parent.resolve().is_relative_to(target):
        return _skipped_link(relative, f"{Reason.SYMLINK_LOOP}: leads to a folder it lies in")
    if not target.is_relative_to(place.folder):
        return _skipped_link(relative, f"{Reason.SYMLINK_OUTSIDE}: leads out of the raw root")
    return _skipped_link(relative, "link: its target is read where it stands")


def _skipped_link(relative: str, reason: str) -> Skipped:
    return Skipped(source_path=readable_path(relative), source_record=None, reason=reason)


def _unreadable(relative: str, reason: Reason, message: str) -> Unreadable:
    path = readable_path(relative)
    return Unreadable(
        dump_id=unread_id(path, reason),
        source_path=path,
        source_record=None,
        reason=reason,
        message=message,
        size_bytes=0,
    )


def _walk_remote(root: str) -> Iterator[Listed]:
    try:
        system, base = url_to_fs(root)
        details: dict[str, dict[str, object]] = system.find(base, detail=True)
    except FileNotFoundError as exc:
        raise InputError(f"raw root {root!r} does not exist: check --raw", source=root) from exc
    except (OSError, ValueError, ImportError) as exc:
        raise InputError(f"raw root {root!r} cannot be listed: {exc}", source=root) from exc
    if not details and not _exists(system, base):
        raise InputError(f"raw root {root!r} does not exist: check --raw", source=root)
    base = base.rstrip("/")
    for path, detail in details.items():
        relative = path[len(base) :].lstrip("/") if path != base else path.rpartition("/")[2]
        yield _remote(root, system.unstrip_protocol(path), relative, detail)


def _exists(system: fsspec.AbstractFileSystem, base: str) -> bool:
    try:
        return bool(system.exists(base))
    except OSError:
        return False


def _remote(root: str, uri: str, relative: str, detail: dict[str, object]) -> Source | Skipped:
    for name in relative.split("/"):
        why = skip_reason(name)
        if why is not None:
            return Skipped(source_path=readable_path(relative), source_record=None, reason=why)
    size = detail.get("size")
    size_bytes = size if isinstance(size, int) else 0
    return Source(uri=uri, root=root, path=readable_path(relative), size_bytes=size_bytes, is_local=False)
