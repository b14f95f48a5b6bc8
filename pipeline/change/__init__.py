"""What changes rows that are published: backfill, takedown, restore, recluster, maintenance; each one publication."""
