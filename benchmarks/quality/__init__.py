"""The quality gate: labelled pages through the cleaner and the deduplicator, scored, shown and held to floors.

The way of the data: ``bench`` reads the labelled sets, ``predict`` cleans them in parallel, ``dumps``, ``extraction``,
``duplicates`` and ``reprints`` score one set each, ``floors`` compares with what is pinned, ``show`` prints.
``docs/quality.md`` says how to read the figures.
"""
