"""A shard, the unit of parallel work: how input is cut into shards, and what a worker does with one."""

from typing import Final

WORKER_MODULES: Final = (
    "pipeline.shards.learn",
    "pipeline.shards.clean",
    "pipeline.shards.prints",
    "pipeline.clean.loaded",
)
"""What the server that workers are forked from imports, once for all of them: a run of a dozen dumps takes 2.0 s with
it, 2.9 without, the next one in the same process 0.6 s and 2.5 s. The threads it then has are allocators', which see
to forks."""
