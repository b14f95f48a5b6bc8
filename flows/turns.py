"""Turns: flows of any deployment that write one clean folder wait for each other instead of meeting its lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency

from pipeline.text import hash128

# A flow that was killed keeps its turn for so long: its lease is renewed only while it lives. Prefect takes no less.
LEASE_SECONDS = 60.0


def turn_name(clean: Path) -> str:
    """Return the name of the limit of a clean folder: a digest, because names of limits take no slash.

    >>> turn_name(Path("/data/clean"))
    'broadsheet-clean-24567ee4'
    """
    return f"broadsheet-{clean.name}-{hash128(str(clean.absolute()))[:8]}"


@contextmanager
def one_at_a_time(clean: Path) -> Iterator[None]:
    """Hold the turn of ``clean`` while the body runs; wait for it as long as it takes.

    The limit is made where the server has none. It keeps order and no more: what keeps two writers apart is the lock of
    the folder, which runs on the command line take too.
    """
    name = turn_name(clean)
    with get_client(sync_client=True) as client:
        client.upsert_global_concurrency_limit_by_name(name, 1)
    # A renewal that fails must not end a run of hours: the lock holds all the same.
    with concurrency(name, lease_duration=LEASE_SECONDS, raise_on_lease_renewal_failure=False):
        yield
