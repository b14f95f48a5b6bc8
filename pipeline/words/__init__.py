"""Rules and word lists, read from the data files of ``pipeline/rules`` and made quick to match."""
