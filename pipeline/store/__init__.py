"""The tables of Broadsheet: Delta tables of Parquet files, changed by publications only."""
