"""A run that is watched: it opens no connection, and no file to write but below its clean folder.

An audit hook (PEP 578) in the run and in every worker sees what Python opens; it stands in a ``sitecustomize`` of a
folder on the path, so it is there before anything of ours. Reading is allowed in the raw and clean folders, the
installation (interpreter, packages, rules) and what the system gives any process: ``/proc``, ``/sys``, ``/dev``,
zone data, ``/etc`` for locale, time zone and MIME types. Writing is allowed in the clean folder, ``/dev`` and, for the
sockets by which workers are reached, the folder for temporary files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

_HOOK = """
import os, sys

_ALLOWED = os.environ["WATCH_READ"].split(os.pathsep)
_WRITABLE = os.environ["WATCH_WRITE"].split(os.pathsep)
_LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_NET = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree")


def _is_below(path, roots):
    path = os.path.abspath(os.fsdecode(path))
    return any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots)


def _say(words):
    os.write(_LOG, (words + "\\n").encode("utf-8", "replace"))


def _watch(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        mode, flags = args[1], args[2]
        if os.fsdecode(args[0]) == os.environ["WATCH_PARENT"]:
            return  # a new clean folder's name is forced to the disk
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else "r" not in (mode or "r")
        if not _is_below(args[0], _WRITABLE if writes else _ALLOWED):
            _say(f"{'write' if writes else 'read'} {os.fsdecode(args[0])}")
    elif event in _CHANGES and isinstance(args[0], (str, bytes)):
        # A name relative to an open folder is shutil.rmtree at work, whose own event has named the whole path.
        if os.path.isabs(args[0]) and not _is_below(args[0], _WRITABLE):
            _say(f"{event} {os.fsdecode(args[0])}")
    elif event == "socket.bind" and args[1] == ("::1", 0):
        pass  # urllib3, which trafilatura imports, asks whether the machine has IPv6; nothing is listened to
    elif event in _NET and not (event in ("socket.connect", "socket.bind") and isinstance(args[1], (str, bytes))):
        _say(f"{event} {args[1:]!r}")  # a path or name is a socket of this machine's kernel: workers are reached by it


sys.addaudithook(_watch)
_say("watching")
"""
SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/lib", "/usr/lib", "/usr/share/locale", "/usr/share/zoneinfo")


def watched_run(raw: Path, clean: Path, folder: Path) -> tuple[int, list[str], list[str]]:
    """Run over ``raw``; return how many processes were watched, what they did beyond leave, what the run said."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(_HOOK)
    log = folder / "log"
    # A folder with a short name: the address of a socket has 108 bytes at most.
    temporary = Path(tempfile.mkdtemp(prefix="shut-"))
    installed = {*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix, str(Path(__file__).parents[2])}
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCH_READ": os.pathsep.join([str(raw), str(clean), str(folder), str(temporary), *sorted(installed), *SYSTEM]),
        "WATCH_WRITE": os.pathsep.join([str(clean), str(temporary), "/dev"]),
        "WATCH_PARENT": str(clean.parent),
        "WATCH_LOG": str(log),
    }
    command = [sys.executable, "-m", "pipeline", "run", "--raw", str(raw), "--clean", str(clean), "--json"]
    done = subprocess.run(
        [*command, "--workers", "2", "--as-of", "2026-03-10"],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(temporary)
    said = log.read_text().splitlines()
    breaches = sorted({line for line in said if line != "watching"})
    return said.count("watching"), breaches, [str(done.returncode), done.stdout, done.stderr]
