"""Near-deduplication: MinHash proposes, the text decides, average-link groups, and a policy says which copy is kept.

Only :mod:`pipeline.dedup.index` touches files. Start with :func:`pipeline.dedup.match.match`.
"""
