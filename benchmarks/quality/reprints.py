"""Scores of near-deduplication on real reprints, rewrites and look-alikes, from page text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from benchmarks.quality import bootstrap
from benchmarks.quality.bench import Bench
from benchmarks.quality.clusters import Cluster, Row, cleaned_corpus
from benchmarks.quality.figures import Figure, Sheet, Table
from benchmarks.quality.predict import CleansDumps, fan_out, load_cleaner


def measure(bench: Bench, *, workers: int, make_cleaner: Callable[[], CleansDumps] = load_cleaner) -> Sheet:
    """Return the scores of ``dumps/reprints_dev``; all groups are matched in one batch, as they would be in a run.

    Raises:
        BenchError: the set is missing.
    """
    groups = list(bench.rows("dumps/reprints_dev.jsonl"))
    rows = [{**member, "site": member.get("source")} for group in groups for member in group["members"]]
    corpus, _ = cleaned_corpus(rows, workers=workers, make_cleaner=make_cleaner)
    [found] = fan_out(Cluster, (), [corpus], workers=1)
    return sheet(groups, found)


def sheet(groups: Sequence[Row], found: Mapping[str, str]) -> Sheet:
    """Return the scores of the clusters ``found`` by member id."""
    figures = {f"reprints/{name}": figure for name, figure in group_figures(groups, found)}
    scores = tuple((name.removeprefix("reprints/"), figure) for name, figure in figures.items())
    tables = (
        Table(title="Real reprints, intervals over groups", header=("share of", ""), rows=scores),
        relation_table(groups, found),
    )
    errors = tuple(
        {"group": group["id"], "relation": group["relation"], "merge": group["merge"], "clusters": labels}
        for group in groups
        if not as_labelled(group, labels := [found[member["id"]] for member in group["members"]])
    )
    return Sheet(source="reprints", tables=tables, figures=figures, pinned=frozenset(figures), errors=errors)


def as_labelled(group: Row, labels: Sequence[str]) -> bool:
    """Return whether a group is together or apart as it should be; one that may be either always is."""
    distinct = len(set(labels))
    return group["merge"] is None or distinct == (1 if group["merge"] else len(labels))


def group_figures(groups: Sequence[Row], found: Mapping[str, str]) -> Iterator[tuple[str, Figure]]:
    """Yield the share of groups and of pairs that came out as labelled, for merge and never groups."""
    for merge, word in ((True, "merge groups together"), (False, "never groups apart")):
        ids, counts = [], []
        for group in groups:
            if group["merge"] is not merge:
                continue
            labels = [found[member["id"]] for member in group["members"]]
            right = [(one == other) == merge for one, other in combinations(labels, 2)]
            ids.append(group["id"])
            counts.append((as_labelled(group, labels), 1, sum(right), len(right)))
        sums = bootstrap.site_sums(ids, counts)
        yield word, bootstrap.figure(sums, bootstrap.ratio(0, 1))
        yield f"{word}, pairs", bootstrap.figure(sums, bootstrap.ratio(2, 3))


def relation_table(groups: Sequence[Row], found: Mapping[str, str]) -> Table:
    """Return how many pairs of each relation were merged."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    wanted = {True: "merge", False: "never", None: "either"}
    for group in groups:
        labels = [found[member["id"]] for member in group["members"]]
        alike = [one == other for one, other in combinations(labels, 2)]
        counts[wanted[group["merge"]], group["relation"]].update(groups=1, pairs=len(alike), merged=sum(alike))
    rows = tuple(
        (relation, label, count["groups"], count["pairs"], count["merged"])
        for (label, relation), count in sorted(counts.items())
    )
    return Table(title="Pairs by relation", header=("relation", "wanted", "groups", "pairs", "merged"), rows=rows)
