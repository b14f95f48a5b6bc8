"""What is left of an act that was disturbed: what a reader sees, what the next one makes of it.

A look happens in a forked child, because a table opened before a fork leaves the child threads that are not there.
Taking the lock is all that recovery does; folders that it leaves alike, clocks aside, are resumed once: the program is
given the same, and gives the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.torture.acts import SETTINGS, Act, Place
from pipeline.change.reindex import scheme_of
from pipeline.dedup.index import Index
from pipeline.errors import PipelineError
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.tables import Store

CLEAN_EXIT, TRACEBACK = 1, 3
NOTHING: Mapping[str, str] = {}
"""What a reader sees before there are tables."""


def child(body: Callable[[], object], log: Path) -> int:
    """Run ``body`` in a child, its words in ``log``; return the wait status: our own errors end it with 1."""
    return os.waitpid(start(body, log), 0)[1]


def start(body: Callable[[], object], log: Path) -> int:
    """Start ``body`` in a child, its words in ``log``; return the process id."""
    pid = os.fork()
    if pid == 0:
        code = TRACEBACK
        try:
            with log.open("w") as words:
                os.dup2(words.fileno(), 1)
                os.dup2(words.fileno(), 2)
                try:
                    body()
                    code = 0
                except PipelineError as exc:
                    print(exc.message)
                    code = CLEAN_EXIT
                except BaseException:  # noqa: BLE001 - whatever it is, it is what is looked for here
                    sys.excepthook(*sys.exc_info())
                sys.stdout.flush()
                sys.stderr.flush()
        finally:
            os._exit(code)
    return pid


def rows(clean: Path) -> Mapping[str, str]:
    """Return the digest of every table but ``runs``, to which a run that was killed adds one."""
    try:
        snapshot = Store.open(clean, create=False).snapshot()
    except PipelineError as exc:
        if "holds no table" in exc.message:
            return NOTHING
        raise
    return {table: digest for table, digest in digests(snapshot).items() if table != "runs"}


def told(clean: Path) -> list[object]:
    """Return all that an act leaves and no clock is in: rows, files, index, line counts, undo; the books balance.

    Raises:
        LawBrokenError: they do not.
    """
    store = Store.open(clean, create=False)
    snapshot, layout = store.snapshot(), store.layout
    check_snapshot(snapshot)
    known = len(Index.open(layout.index, scheme_of(SETTINGS.dedup)))
    if known != snapshot.count("articles") + snapshot.count("duplicates"):
        raise RuntimeError(f"the index knows {known} documents")
    private = [path for folder in (layout.index, layout.templates) for path in sorted(folder.glob("*"))]
    undone = [path for path in sorted(layout.undo.rglob("*.parquet")) if path.parts[-4] != "orphans"]
    left = [path for folder in (layout.scratch, layout.staging) for path in folder.rglob("*")]
    return [
        rows(clean),
        {table: len(snapshot.files(table)) for table in rows(clean)},
        [(path.name, hashlib.blake2b(path.read_bytes()).hexdigest()) for path in private],
        [str(path.relative_to(layout.undo)) for path in undone],
        [str(path.relative_to(clean)) for path in (*left, *clean.rglob("*.tmp"), *clean.rglob("*#*"))],
        store.older_tables(),
    ]


def state_of(clean: Path, *, as_read: bool = False) -> str:
    """Return a digest of every file below ``clean``, but for the label of the lock and the clocks of table logs.

    ``as_read``: of those only that a reader looks at: the tables, and files replaced.
    """
    total = hashlib.blake2b(digest_size=16)
    for path in sorted(clean.rglob("*")):
        is_private = path.is_relative_to(clean / "_state") and not path.is_relative_to(clean / "_state" / "undo")
        if path.is_file() and path.name != "lock" and not (as_read and is_private):
            content = path.read_bytes()
            if path.parent.name == "_delta_log" and path.suffix == ".json":
                content = _without_clocks(content)
            total.update(f"{path.relative_to(clean)}\0{hashlib.blake2b(content).hexdigest()}\0".encode())
    return total.hexdigest()


def _without_clocks(commit: bytes) -> bytes:
    try:
        actions = [json.loads(line) for line in commit.splitlines()]
    except ValueError:
        return commit  # cut
    for action in actions:
        action.pop("commitInfo", None)
        for key in ("id", "createdTime"):
            action.get("metaData", {}).pop(key, None)
    return json.dumps(actions).encode()


@dataclass(slots=True)
class Trial:
    """One act, what it gives undisturbed, and what went wrong where it was disturbed."""

    act: Act
    folder: Path
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    wanted: str = ""
    resumed: int = 0
    bad: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _seen_tables: set[str] = field(default_factory=set)

    @property
    def base(self) -> Place:
        """The folders that the act begins with."""
        return Place(self.folder / "raw", self.folder / "base")

    def prepare(self) -> None:
        """Make the folders; do the act undisturbed, as all others must end."""
        self.folder.mkdir(parents=True)
        self._must(lambda: self.act.prepare(self.base))
        whole = self.fresh("whole")

        def undisturbed() -> None:
            before = rows(whole.clean)
            self.act.do(whole)
            (self.folder / "told.json").write_text(json.dumps([before, rows(whole.clean), told(whole.clean)]))

        self._must(undisturbed)
        self.before, self.after, wanted = json.loads((self.folder / "told.json").read_text())
        self.wanted = json.dumps(wanted)

    def fresh(self, name: str) -> Place:
        """Return the folders to begin with, the clean one a copy that may be changed."""
        clean = self.folder / name
        shutil.rmtree(clean, ignore_errors=True)
        if self.base.clean.exists():
            shutil.copytree(self.base.clean, clean)
        return Place(self.base.raw, clean)

    def examine(self, name: str, at: Place, *, again: bool) -> None:
        """Look at what a disturbed act left, have it recovered, resume it; ``name`` tells of it where it is bad.

        With ``again`` it is done once more, if that changes no row.
        """
        if self._child(name, partial(self._recover, at)) is None:
            return
        seen, state = json.loads((self.folder / "look.json").read_text())
        known = [self.before, self.after, *([] if self.before else [dict.fromkeys(self.after, _NO_ROWS)])]
        if any(rows_ not in known for rows_ in seen.values()):
            self.bad.append(f"{name}: a reader sees {seen}")
        self._seen_tables.update(seen)
        if state not in self._seen:
            self._seen.add(state)
            self.resumed += 1
            self._child(f"{name}, resumed", partial(self._resume, at, again=again and self.act.again))

    def _recover(self, at: Place) -> None:
        """Have it recovered; write down what a reader sees before and after, where no tables like these were seen."""
        seen: dict[str, Mapping[str, str]] = {}
        self._look(at, seen)
        with Store.open(at.clean).locked("torture", of_any_version=True):
            pass
        self._look(at, seen)
        (self.folder / "look.json").write_text(json.dumps([seen, state_of(at.clean)]))

    def _look(self, at: Place, seen: dict[str, Mapping[str, str]]) -> None:
        tables = state_of(at.clean, as_read=True)
        if tables not in self._seen_tables:
            seen[tables] = rows(at.clean)

    def _resume(self, at: Place, *, again: bool) -> None:
        if json.dumps(told(at.clean)) != self.wanted:
            self.act.do(at)
        if json.dumps(told(at.clean)) != self.wanted:
            raise RuntimeError(f"left {json.dumps(told(at.clean))}, undisturbed {self.wanted}")
        if again:
            self.act.do(at)
            if rows(at.clean) != self.after:
                raise RuntimeError(f"done again it left {rows(at.clean)}")

    def _child(self, name: str, body: Callable[[], object]) -> int | None:
        """Run ``body``; return 0, or None where it failed, which is noted."""
        status = child(body, self.folder / "log")
        if status:
            self.bad.append(f"{name}: {(self.folder / 'log').read_text()[-900:]}")
        return None if status else 0

    def _must(self, body: Callable[[], object]) -> None:
        if child(body, self.folder / "log"):
            raise RuntimeError((self.folder / "log").read_text())


_NO_ROWS = f"0:{0:032x}"
