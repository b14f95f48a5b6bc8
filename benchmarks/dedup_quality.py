"""How well near-duplicates are told from look-alikes, on labelled sets.

    python benchmarks/dedup_quality.py BENCH [--field body] [--set dev]

BENCH is a folder with ``dedup/{set}_docs.jsonl.gz``, ``dedup/{set}_pairs.tsv.gz`` and ``dumps/reprints_{set}.jsonl``.
The quality gate calls :func:`dedup_scores` and :func:`reprint_scores` with texts the pipeline has cleaned.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.dedup.facts import DocFacts
from pipeline.dedup.fingerprint import Scheme, fingerprint
from pipeline.dedup.index import Index
from pipeline.dedup.match import match
from pipeline.dedup.normalise import text_hash
from pipeline.settings import DedupSettings
from pipeline.text import words

Row = dict[str, Any]


def main() -> None:
    """Print all scores of the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--field", default="body", help="field of the documents that holds the text")
    parser.add_argument("--set", default="dev", help="name of the labelled set")
    args = parser.parse_args()
    started = time.process_time()
    texts = {row["id"]: row[args.field] for row in read_documents(args.bench, args.set)}
    print(json.dumps(dedup_scores(args.bench, texts, args.set), indent=1))
    if reprints_path(args.bench, args.set).is_file():
        texts = {row["id"]: row["text"] for group in read_groups(args.bench, args.set) for row in group["members"]}
        print(json.dumps(reprint_scores(args.bench, texts, args.set), indent=1))
    print(f"CPU {time.process_time() - started:.1f} s")


def dedup_scores(bench: Path, texts: Mapping[str, str], name: str = "dev") -> Row:
    """Return the scores on the generated documents, given the text of each by id (an absent one has an empty text).

    Pairs P/R/F1 and B-cubed over all documents, recall by edit and its mean, false merges by trap, largest cluster.
    """
    rows = read_documents(bench, name)
    cluster_by_id = cluster_documents(rows, texts)
    gold_by_id = {row["id"]: str(row["cluster"]) for row in rows}
    merged = _merged_by_kind(_read_pairs(bench, name), cluster_by_id)
    recall = {kind: share for (label, kind), share in merged.items() if label == "1"}
    false = {kind: share for (label, kind), share in merged.items() if label == "0"}
    forms = [share for kind, share in false.items() if kind.startswith("NEG_tpl")]
    return {
        "documents": len(rows),
        **partition_scores(gold_by_id, cluster_by_id),
        "recall_mean": _mean(recall.values()),
        "recall": dict(sorted(recall.items())),
        "form_merges_mean": _mean(forms),
        "false_merges": dict(sorted(false.items())),
    }


def reprint_scores(bench: Path, texts: Mapping[str, str], name: str = "dev") -> Row:
    """Return, for the groups of real reprints, how many of each kind came out whole or apart.

    ``together``: share of the pairs in groups to be merged that share a cluster; ``groups_whole``: share of these
    groups in one cluster; ``never_apart``: share of the groups never to be merged with no two members in one cluster.
    """
    groups = read_groups(bench, name)
    rows = [member | {"site": member.get("source")} for group in groups for member in group["members"]]
    cluster_by_id = cluster_documents(rows, texts)
    whole: dict[bool | None, list[bool]] = defaultdict(list)
    by_relation: dict[str, Counter[str]] = defaultdict(Counter)
    pairs = []
    for group in groups:
        labels = [cluster_by_id[member["id"]] for member in group["members"]]
        alike = [one == other for one, other in combinations(labels, 2)]
        whole[group["merge"]].append(all(alike) if group["merge"] else not any(alike))
        by_relation[group["relation"]].update(merged=sum(alike), pairs=len(alike))
        pairs += alike if group["merge"] else []
    return {
        "groups_whole": _mean(whole[True]),
        "together": _mean(pairs),
        "never_apart": _mean(whole[False]),
        "by_relation": {relation: dict(counts) for relation, counts in sorted(by_relation.items())},
        "wrong": [
            group["id"] for group in groups if group["merge"] is not None and not _as_labelled(group, cluster_by_id)
        ],
    }


def cluster_documents(
    rows: Sequence[Row], texts: Mapping[str, str], settings: DedupSettings | None = None
) -> dict[str, str]:
    """Return the cluster of each row by id, all rows matched in one batch."""
    settings = settings or DedupSettings()
    scheme = Scheme.from_datasketch(settings.num_perm, settings.seed, settings.shingle_words, settings.band_rows)
    docs = [facts_of(row, texts.get(row["id"], "")) for row in rows]
    prints = fingerprint([texts.get(row["id"], "") for row in rows], scheme)
    decisions = match(docs, prints, Index.empty(scheme), lambda ids: {key: texts[key] for key in ids}, settings)
    return dict(decisions.cluster_by_id)


def facts_of(row: Row, text: str) -> DocFacts:
    """Return what matching is told of a labelled document."""
    day = _day(row.get("date"))
    return DocFacts(
        id=row["id"],
        date=day or dt.date(2000, 1, 1),
        published_date=day,
        published_at=None,
        headline=row.get("title"),
        agency=None,
        site=row.get("site"),
        source_path=row["id"],
        source_record=None,
        page_article_no=1,
        text_hash=text_hash(text),
        word_count=len(words(text)),
        language=None,
    )


def partition_scores(gold_by_id: Mapping[str, str], found_by_id: Mapping[str, str]) -> Row:
    """Return P, R and F1 over pairs of one cluster, the same in B-cubed, and the size of the largest cluster found."""
    gold, found = Counter(gold_by_id.values()), Counter(found_by_id[key] for key in gold_by_id)
    both = Counter((gold_by_id[key], found_by_id[key]) for key in gold_by_id)
    right = sum(map(_pair_count, both.values()))
    precision = right / max(1, sum(map(_pair_count, found.values())))
    recall = right / max(1, sum(map(_pair_count, gold.values())))
    b3_precision = sum(size * size / found[key[1]] for key, size in both.items()) / len(gold_by_id)
    b3_recall = sum(size * size / gold[key[0]] for key, size in both.items()) / len(gold_by_id)
    return {
        "pairs": {"P": _round(precision), "R": _round(recall), "F1": _f1(precision, recall)},
        "b_cubed": {"P": _round(b3_precision), "R": _round(b3_recall), "F1": _f1(b3_precision, b3_recall)},
        "largest": max(found.values()),
    }


def read_documents(bench: Path, name: str) -> list[Row]:
    """Return the generated documents."""
    with gzip.open(bench / "dedup" / f"{name}_docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_groups(bench: Path, name: str) -> list[Row]:
    """Return the groups of real reprints."""
    return [json.loads(line) for line in reprints_path(bench, name).read_text(encoding="utf-8").splitlines()]


def reprints_path(bench: Path, name: str) -> Path:
    """Return where the groups of real reprints are."""
    return bench / "dumps" / f"reprints_{name}.jsonl"


def _read_pairs(bench: Path, name: str) -> list[list[str]]:
    with gzip.open(bench / "dedup" / f"{name}_pairs.tsv.gz", "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def _merged_by_kind(pairs: Iterable[list[str]], cluster_by_id: Mapping[str, str]) -> dict[tuple[str, str], float]:
    merged: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for one, other, label, kind in pairs:
        merged[label, kind].append(cluster_by_id[one] == cluster_by_id[other])
    return {key: _mean(alike) for key, alike in merged.items()}


def _as_labelled(group: Row, cluster_by_id: Mapping[str, str]) -> bool:
    labels = [cluster_by_id[member["id"]] for member in group["members"]]
    return len(set(labels)) == (1 if group["merge"] else len(labels))


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value[:10]) if value else None


def _pair_count(size: int) -> int:
    return size * (size - 1) // 2


def _f1(precision: float, recall: float) -> float:
    return _round(2 * precision * recall / max(1e-12, precision + recall))


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return _round(sum(listed) / len(listed)) if listed else 0.0


def _round(value: float) -> float:
    return round(value, 4)


if __name__ == "__main__":
    main()
