"""A shard, the unit of parallel work: how input is cut into shards, and what a worker does with one."""
