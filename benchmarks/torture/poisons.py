"""Records that end or hang whoever looks at them, and a cleaning that takes them at their word.

A dump that begins with ``POISON <kind>`` stands for a page on which a parser crashes, hangs or eats memory.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import re
import sys
from collections.abc import Callable
from functools import lru_cache

from pipeline.clean import Cleaned, Cleaner
from pipeline.clean.templates import Templates
from pipeline.records import Dump, Reason
from pipeline.shards.clean import ShardResult, clean_shard
from pipeline.shards.job import ShardJob

WORD = "POISON"


def _regex() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def _segfault() -> None:
    ctypes.string_at(8)


def _loop() -> None:
    sum(range(1 << 60))  # a loop in C that looks at no signal


def _allocation() -> None:
    bytearray(b"x") * (8 << 30)


def _exit() -> None:
    os._exit(3)


def _recursion() -> None:
    _recursion()


POISONS: dict[str, tuple[Callable[[], None], Reason]] = {
    "regex": (_regex, Reason.TIMEOUT),
    "segfault": (_segfault, Reason.CRASH),
    "loop": (_loop, Reason.TIMEOUT),
    "allocation": (_allocation, Reason.MEMORY),
    "exit": (_exit, Reason.CRASH),
    "recursion": (_recursion, Reason.CRASH),
}
"""What each kind does, and the reason its record must get."""


@lru_cache(maxsize=1)
def _cleaner() -> Cleaner:
    return Cleaner.load()


def clean(dump: Dump, as_of: dt.date, templates: Templates) -> Cleaned:
    """Return the dump cleaned, unless it is a poison, which is taken."""
    if dump.text.startswith(WORD):
        sys.setrecursionlimit(1_000)
        POISONS[dump.text.split()[1]][0]()
    return _cleaner().clean(dump, as_of, templates)


def clean_poisoned(job: ShardJob) -> ShardResult:
    """Clean a shard that may hold poisons: the task for an engine."""
    return clean_shard(job, clean)
