"""Claims about how the index grows: merged files answer as the files they were made of, whoever dies on the way."""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.dedup import candidates, merge
from pipeline.dedup.facts import Edge
from pipeline.dedup.fingerprint import Scheme, fingerprint
from pipeline.dedup.growth import merge_newest, write_removal
from pipeline.dedup.index import Index
from pipeline.dedup.merge import merge_segments
from pipeline.dedup.normalise import text_hash
from pipeline.dedup.segment import Segment
from pipeline.records import Relation
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.tables import Store

KILL = Path(__file__).parents[1] / "kill_run.py"
DAY = dt.date(2026, 3, 10)
STAGES = (
    ("courier/scroll.txt", "mirror/orchard.txt", "ledger/flash.txt"),
    ("herald/orchard.txt", "ledger/wheat.txt"),
    ("mirror/ferry.txt", "post/seeds.html", "feed/day.jsonl"),
)


@pytest.fixture
def texts(make_story: Callable[..., str]) -> dict[str, str]:
    found = {f"{n:032x}": make_story(n) for n in range(30)}
    return found | {f"{30 + n:032x}": make_story(n) + f" Edition {n}." for n in range(10)}


def edge(texts: dict[str, str], one: int, other: int) -> Edge:
    a, b = sorted(text_hash(texts[f"{n:032x}"]) for n in (one, other))
    return Edge(a=a, b=b, relation=Relation.NEAR, jaccard=0.9, containment=0.95)


def some(texts: dict[str, str], *parts: range) -> dict[str, str]:
    return {f"{n:032x}": texts[f"{n:032x}"] for part in parts for n in part}


def answers(index: Index, texts: dict[str, str], scheme: Scheme) -> tuple[Any, ...]:
    """Return all an index says of these texts."""
    hashes = sorted(map(text_hash, texts.values()))
    prints = fingerprint(list(texts.values()), scheme)
    return (
        len(index),
        index.docs_of(hashes),
        index.edges_of(hashes),
        index.candidates(prints, np.arange(len(prints)), 64),
    )


@pytest.mark.parametrize("at_once", [1 << 16, 1], ids=["at once", "a few at a time"])
def test_merged_segments_are_the_segment_written_at_once(
    write_docs: Callable[..., Path],
    texts: dict[str, str],
    tmp_path: Path,
    at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(candidates, "_KEYS_AT_ONCE", at_once)
    monkeypatch.setattr(merge, "_TEXTS_AT_ONCE", at_once)
    one, other = edge(texts, 1, 31), edge(texts, 2, 32)
    parts = [
        write_docs(tmp_path / "1", some(texts, range(12)), [one]),
        write_docs(tmp_path / "2", {}),
        write_docs(tmp_path / "3", some(texts, range(12, 13))),
        write_docs(tmp_path / "4", some(texts, range(13, 40)), [one, other]),
    ]
    whole = write_docs(tmp_path / "whole", texts, [other, one])

    merge_segments(tmp_path / "merged", [Segment(path) for path in parts], is_oldest=True)

    merged = Segment(tmp_path / "merged")
    for name, values in Segment(whole).arrays().items():
        assert merged.arrays()[name].tolist() == values.tolist(), name
    assert merged.metadata == Segment(whole).metadata


def test_equal_texts_of_two_segments_are_one(
    write_docs: Callable[..., Path], texts: dict[str, str], tmp_path: Path, scheme: Scheme
) -> None:
    text = texts[f"{0:032x}"]
    parts = [write_docs(tmp_path / str(n), {f"{n:032x}": text}) for n in range(3)]

    merge_segments(tmp_path / "merged.segment", [Segment(path) for path in parts], is_oldest=True)

    (stats,) = Index.open(tmp_path, scheme).stats()
    assert (stats.documents, stats.texts) == (3, 1)


def test_removed_documents_are_left_out_and_stay_hidden_in_older_segments(
    write_docs: Callable[..., Path], texts: dict[str, str], tmp_path: Path, scheme: Scheme
) -> None:
    gone = [f"{n:032x}" for n in (2, 15, 99)]
    again = some(texts, range(15, 16))
    for folder in ("merged", "apart"):
        (tmp_path / folder).mkdir()
        write_docs(tmp_path / folder / "1.segment", some(texts, range(10)))
        write_docs(tmp_path / folder / "2.segment", some(texts, range(10, 20)))
        write_removal(tmp_path / folder / "3.segment", gone, scheme)
        write_docs(tmp_path / folder / "4.segment", again)
    paths = [tmp_path / "merged" / f"{n}.segment" for n in (2, 3, 4)]
    merge_segments(tmp_path / "new", [Segment(path) for path in paths], is_oldest=False)
    for path in paths:
        path.unlink()
    (tmp_path / "new").rename(paths[-1])

    merged, apart = (Index.open(tmp_path / folder, scheme) for folder in ("merged", "apart"))
    assert answers(merged, texts, scheme) == answers(apart, texts, scheme)
    assert len(merged) == 19
    assert [one.documents for one in merged.stats()] == [10, 10]


def test_segments_stay_few_and_answer_as_one(
    write_docs: Callable[..., Path], texts: dict[str, str], tmp_path: Path, scheme: Scheme
) -> None:
    grown, whole = tmp_path / "grown", tmp_path / "whole"
    for folder in (grown, whole):
        folder.mkdir()
    sizes = []
    for n in range(40):
        staged = write_docs(tmp_path / f"{n:04d}.segment", some(texts, range(n, n + 1)))
        replaced = merge_newest(staged, grown)
        staged.rename(grown / staged.name)
        for path in replaced:
            path.unlink()
        sizes.append([len(Segment(path)) for path in sorted(grown.iterdir())])
    write_docs(whole / "1.segment", texts)

    assert all(len(found) <= 4 and sum(found) == n + 1 for n, found in enumerate(sizes))
    assert all(large >= 3 * small for found in sizes for large, small in pairwise(found))
    assert answers(Index.open(grown, scheme), texts, scheme) == answers(Index.open(whole, scheme), texts, scheme)
    assert {path.suffix for path in tmp_path.iterdir() if path.is_file()} == set()


def test_merged_segment_has_a_largest_size(
    write_docs: Callable[..., Path], texts: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.dedup.growth.MOST_TEXTS", 12)
    (tmp_path / "index").mkdir()
    for n, part in enumerate((range(10), range(10, 12))):
        write_docs(tmp_path / "index" / f"{n}.segment", some(texts, part))

    replaced = merge_newest(write_docs(tmp_path / "new.segment", some(texts, range(12, 20))), tmp_path / "index")

    assert [path.name for path in replaced] == ["1.segment"]


# ---------------------------------------------------------------- killed while merging


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("histories")


def undisturbed(folder: Path, make_pages: Callable[..., Path]) -> list[Path]:
    """Return the clean folder after each of three runs that nobody killed."""
    for number, stage in enumerate(STAGES):
        clean = folder / str(number)
        if not clean.exists():
            if number:
                shutil.copytree(folder / str(number - 1), clean)
            run([str(make_pages(folder / "raw", *stage))], clean, Settings.load(workers=1), DAY)
    return [folder / str(number) for number in range(len(STAGES))]


def state_of(clean: Path) -> Any:
    """Return the digests of all tables but ``runs``, and what the index remembers, however it is cut into files."""
    dedup = Settings.load().dedup
    scheme = Scheme.from_datasketch(dedup.num_perm, dedup.seed, dedup.shingle_words, dedup.band_rows)
    index = Index.open(clean / "_state" / "index", scheme)
    store = Store.open(clean, create=False)
    hashes = {
        text for batch in store.snapshot().read("articles", ["text_hash"]) for text in batch.column(0).to_pylist()
    }
    tables = {table: value for table, value in digests(store.snapshot()).items() if table != "runs"}
    return tables, len(index), index.docs_of(hashes), index.edges_of(hashes)


@pytest.mark.parametrize("step", ["index postings merged", "dropped"])
def test_run_killed_while_merging_is_as_if_it_had_not_been(
    step: str, histories: Path, tmp_path: Path, make_pages: Callable[..., Path]
) -> None:
    first, second, third = undisturbed(histories, make_pages)
    raw, clean = make_pages(tmp_path / "raw", *STAGES[0], *STAGES[1]), tmp_path / "clean"
    shutil.copytree(first, clean)

    killed = subprocess.run(
        [sys.executable, str(KILL), str(raw), str(clean), step], capture_output=True, check=False, timeout=60
    )
    run([str(raw)], clean, Settings.load(workers=1), DAY)
    then = state_of(clean)
    run([str(make_pages(raw, *STAGES[2]))], clean, Settings.load(workers=1), DAY)

    assert killed.returncode == -signal.SIGKILL
    assert then == state_of(second)
    assert state_of(clean) == state_of(third)
