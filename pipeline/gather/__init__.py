"""What a run makes of its shards' results: the new articles together, the rows of the tables, the books."""
