"""A digest of a table's rows that does not depend on their order, nor on what differs from run to run by nature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES

VOLATILE: Final = frozenset(
    {
        "run_id",
        "ingested_at",
        "started_at",
        "finished_at",
        "seconds",
        "rss_mib",
        "sequence",
        "timings",
        "versions",
        "table_versions",
    }
)
"""Columns left out: names of runs, clocks, and what the machine did. Two runs over one input differ in no other."""

_MODULUS: Final = 1 << 128


def table_digest(snapshot: Snapshot, table: str) -> str:
    """Return number of rows and digest of ``table``: equal exactly where the same rows are there, each as often.

    The sum modulo 2^128 of blake2b-128 over the rows: a sum, because a xor would let a doubled row vanish.
    Holds one batch.
    """
    columns = [name for name in TABLES[table].schema.names if name not in VOLATILE]
    total, rows = 0, 0
    for batch in snapshot.read(table, columns):
        for row in batch.to_pylist():
            spelt = json.dumps(list(row.values()), ensure_ascii=False, default=str).encode()
            total += int.from_bytes(hashlib.blake2b(spelt, digest_size=16).digest(), "little")
            rows += 1
    return f"{rows}:{total % _MODULUS:032x}"


def digests(snapshot: Snapshot) -> Mapping[str, str]:
    """Return the digest of every table by name."""
    return {table: table_digest(snapshot, table) for table in TABLES}
