"""Scores of near-deduplication on generated copies: from page text through the cleaner, and from clean bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks.dedup_quality import partition_scores
from benchmarks.quality import bootstrap
from benchmarks.quality.bench import Bench, BenchError, open_text
from benchmarks.quality.clusters import Cluster, Corpus, Row, cleaned_corpus
from benchmarks.quality.figures import Cell, Figure, Sheet, Table
from benchmarks.quality.predict import CleansDumps, Prediction, fan_out, load_cleaner

FORMS = ("page text", "body")
# Columns of partition_counts: pairs right, found, wanted; documents' B-cubed precision, recall, and their number.
PARTITION_SCORES: Mapping[str, Callable[[bootstrap.Totals], bootstrap.Totals]] = {
    "pair P": bootstrap.ratio(0, 1),
    "pair R": bootstrap.ratio(0, 2),
    "pair F1": lambda totals: bootstrap.share(2 * totals[:, 0], totals[:, 1] + totals[:, 2]),
    "B3 P": bootstrap.ratio(3, 5),
    "B3 R": bootstrap.ratio(4, 5),
    "B3 F1": lambda totals: bootstrap.harmonic(totals[:, 3], totals[:, 4]) / totals[:, 5],
}
# Means, not kinds: a rule that wins ten pairs of one edit and loses one of another is a gain.
PINNED_SCORES = ("pair P", "pair F1", "B3 F1", "recall: mean of kinds", "apart: mean of kinds")


def measure(bench: Bench, *, workers: int, make_cleaner: Callable[[], CleansDumps] = load_cleaner) -> Sheet:
    """Return the scores of ``dedup/dev_docs``, intervals over stories: its eight sites are made up.

    Raises:
        BenchError: the set is missing.
    """
    rows = tuple(bench.rows("dedup/dev_docs.jsonl.gz"))
    with open_text(bench.file("dedup/dev_pairs.tsv.gz")) as lines:
        pairs = [tuple(line.rstrip("\n").split("\t")) for line in lines]
    cleaned, predictions = cleaned_corpus(rows, workers=workers, make_cleaner=make_cleaner)
    corpora = [cleaned, Corpus(rows, {row["id"]: row["body"] for row in rows})]
    found = fan_out(Cluster, (), corpora, workers=workers)
    return sheet(rows, pairs, dict(zip(FORMS, found, strict=True)), predictions)


def sheet(
    rows: Sequence[Row],
    pairs: Sequence[tuple[str, ...]],
    clusters_by_form: Mapping[str, Mapping[str, str]],
    predictions: Mapping[str, Prediction],
) -> Sheet:
    """Return the scores of the clusters found in each form against the gold ones and the labelled pairs."""
    figures: dict[str, Figure] = {}
    for form, found in clusters_by_form.items():
        made = {**partition_figures(rows, found), **dict(pair_figures(rows, pairs, found))}
        figures |= {f"dedup/{form}/{name}": figure for name, figure in made.items()}
    tables = (
        partition_table(clusters_by_form, figures),
        form_table("Recall by kind of edit", "recall", figures),
        form_table("Look-alikes left apart, by kind of trap", "apart", figures),
        loss_table(predictions),
    )
    errors = tuple(row for form, found in clusters_by_form.items() for row in pair_errors(pairs, form, found))
    pinned = frozenset(name for name in figures if name.rsplit("/", 1)[1] in PINNED_SCORES)
    return Sheet(source="dedup", tables=tables, figures=figures, pinned=pinned, errors=errors)


def partition_counts(rows: Sequence[Row], found: Mapping[str, str]) -> list[tuple[float, ...]]:
    """Return for each document its share in what PARTITION_SCORES adds up; a pair counts half for each of the two."""
    gold_sizes = Counter(row["cluster"] for row in rows)
    found_sizes = Counter(found[row["id"]] for row in rows)
    both_sizes = Counter((row["cluster"], found[row["id"]]) for row in rows)
    counts: list[tuple[float, ...]] = []
    for row in rows:
        gold, own = gold_sizes[row["cluster"]], found_sizes[found[row["id"]]]
        both = both_sizes[row["cluster"], found[row["id"]]]
        counts.append(((both - 1) / 2, (own - 1) / 2, (gold - 1) / 2, both / own, both / gold, 1.0))
    return counts


def partition_figures(rows: Sequence[Row], found: Mapping[str, str]) -> dict[str, Figure]:
    """Return the scores of a partition with intervals over stories.

    Raises:
        BenchError: ``dedup_quality`` counts otherwise.
    """
    sums = bootstrap.site_sums([row["story"] for row in rows], partition_counts(rows, found))
    figures = {name: bootstrap.figure(sums, score) for name, score in PARTITION_SCORES.items()}
    theirs = partition_scores({row["id"]: row["cluster"] for row in rows}, found)
    for name, value in (("pair F1", theirs["pairs"]["F1"]), ("B3 F1", theirs["b_cubed"]["F1"])):
        if abs(figures[name].value - value) > 1e-4:
            message = (
                f"{name} is {figures[name].value} here and {value} by dedup_quality: bring partition_counts in step"
            )
            raise BenchError(message)
    return figures


def pair_figures(
    rows: Sequence[Row], pairs: Sequence[tuple[str, ...]], found: Mapping[str, str]
) -> Iterator[tuple[str, Figure]]:
    """Yield recall by kind of edit and the share left apart by kind of trap, and the mean of each over kinds."""
    story_by_id = {row["id"]: row["story"] for row in rows}
    for label, name in (("1", "recall"), ("0", "apart")):
        group = [pair for pair in pairs if pair[2] == label]
        if not group:
            continue
        kinds = sorted({pair[3] for pair in group})
        counts = []
        for one, other, _, kind in group:
            row = [0] * (2 * len(kinds))  # right and all pairs of each kind, side by side
            row[2 * kinds.index(kind) + 1] = 1
            row[2 * kinds.index(kind)] = (found[one] == found[other]) == (label == "1")
            counts.append(row)
        sums = bootstrap.site_sums([story_by_id[pair[0]] for pair in group], counts)
        shares = {kind: bootstrap.ratio(2 * number, 2 * number + 1) for number, kind in enumerate(kinds)}
        yield f"{name}: mean of kinds", bootstrap.figure(sums, bootstrap.mean_of(tuple(shares.values())))
        yield from ((f"{name}: {kind}", bootstrap.figure(sums, share)) for kind, share in shares.items())


def partition_table(clusters_by_form: Mapping[str, Mapping[str, str]], figures: Mapping[str, Figure]) -> Table:
    """Return the partition's scores, a row a form, and what cleaning costs: the raw-to-clean gap."""
    rows: list[tuple[Cell, ...]] = []
    for form, found in clusters_by_form.items():
        largest = max(Counter(found.values()).values())
        rows.append((form, *(figures[f"dedup/{form}/{name}"] for name in PARTITION_SCORES), largest))
    raw, clean = ([figures[f"dedup/{form}/{name}"].value for name in PARTITION_SCORES] for form in FORMS)
    rows.append(("gap", *(f"{one - other:+.4f}" for one, other in zip(raw, clean, strict=True)), None))
    header = ("from", *PARTITION_SCORES, "largest")
    return Table(title="Near-duplicates, intervals over stories", header=header, rows=tuple(rows))


def form_table(title: str, score: str, figures: Mapping[str, Figure]) -> Table:
    """Return one score, a row a kind, a column a form."""
    prefix = f"dedup/{FORMS[0]}/{score}: "
    kinds = [name.removeprefix(prefix) for name in figures if name.startswith(prefix)]
    rows: list[tuple[Cell, ...]] = [
        (kind, *(figures[f"dedup/{form}/{score}: {kind}"] for form in FORMS)) for kind in kinds
    ]
    return Table(title=title, header=("kind", *FORMS), rows=tuple(rows))


def loss_table(predictions: Mapping[str, Prediction]) -> Table:
    """Return how many documents gave no article and how many several; every one holds one."""
    counts = Counter(min(2, len(made.articles)) for made in predictions.values())
    rows = (("documents", len(predictions)), ("no article", counts[0]), ("several articles", counts[2]))
    return Table(title="Page text through the cleaner", header=("what", "count"), rows=rows)


def pair_errors(pairs: Sequence[tuple[str, ...]], form: str, found: Mapping[str, str]) -> Iterator[Row]:
    """Yield each labelled pair that came out wrong."""
    for one, other, label, kind in pairs:
        merged = found[one] == found[other]
        if merged != (label == "1"):
            yield {"form": form, "a": one, "b": other, "kind": kind, "merged": merged}
