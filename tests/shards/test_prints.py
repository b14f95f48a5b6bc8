"""Claims about the fingerprint stage: arrays row by row as the file has them, through a file and back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline.dedup.fingerprint import Fingerprints, Scheme, fingerprint
from pipeline.settings import DedupSettings
from pipeline.shards.prints import PrintJob, fingerprint_shard, kept_scheme, load_prints, read_rows


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return Scheme.from_datasketch(64, 1, 3)


def write(path: Path, *batches: Sequence[str]) -> Path:
    """Write texts as the article file of a shard, a batch a list."""
    schema = pa.schema([("text", pa.string())])
    with pa.ipc.new_file(str(path), schema) as sink:
        for texts in batches:
            sink.write_batch(pa.record_batch([pa.array(texts, pa.string())], schema=schema))
    return path


def same(one: Fingerprints, other: Fingerprints) -> bool:
    names = ("keys", "offsets", "word_counts")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_prints_of_a_shard_are_those_of_its_texts_over_all_batches(
    tmp_path: Path, scheme: Scheme, stories: dict[str, str]
) -> None:
    texts = list(stories.values())
    path = write(tmp_path / "a.arrow", texts[:2], [], texts[2:])

    result = fingerprint_shard(PrintJob(rows=path, scheme=scheme, target=tmp_path / "a.npz"))

    assert result.cpu_seconds >= 0
    assert same(load_prints([result.target]), fingerprint(texts, scheme))


def test_shards_are_put_together_in_the_order_asked_for(
    tmp_path: Path, scheme: Scheme, stories: dict[str, str]
) -> None:
    targets = []
    for name, text in stories.items():
        rows = write(tmp_path / f"{name}.arrow", [text])
        targets.append(fingerprint_shard(PrintJob(rows=rows, scheme=scheme, target=tmp_path / f"{name}.npz")).target)

    loaded = load_prints(targets[::-1])

    assert same(loaded, fingerprint(list(stories.values())[::-1], scheme))


def test_shard_without_rows_has_prints_without_rows(tmp_path: Path, scheme: Scheme) -> None:
    rows = write(tmp_path / "a.arrow")

    result = fingerprint_shard(PrintJob(rows=rows, scheme=scheme, target=tmp_path / "a.npz"))

    assert len(load_prints([result.target]).word_counts) == 0
    assert len(load_prints([])) == 0


@pytest.mark.parametrize("damage", [None, b"", b"PK not a file of arrays"], ids=["as it was", "empty", "damaged"])
def test_scheme_is_datasketchs_when_drawn_and_when_kept(tmp_path: Path, damage: bytes | None) -> None:
    settings = DedupSettings(num_perm=64, seed=3)
    drawn = Scheme.from_datasketch(64, 3, settings.shingle_words, settings.band_rows)

    first = kept_scheme(tmp_path, settings)
    (kept,) = tmp_path.iterdir()
    if damage is not None:
        kept.write_bytes(damage)
    again = kept_scheme(tmp_path, settings)

    for scheme in (first, again):
        assert scheme.identity() == drawn.identity()
        assert np.array_equal(scheme.multipliers, drawn.multipliers)
        assert np.array_equal(scheme.increments, drawn.increments)


def test_a_run_with_kept_permutations_does_without_datasketch(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.settings import DedupSettings;"
        " from pipeline.shards.prints import kept_scheme;"
        " kept_scheme(Path(sys.argv[1]), DedupSettings()); print('datasketch' in sys.modules)"
    )
    asked = [sys.executable, "-c", code, str(tmp_path)]

    answers = [subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() for _ in range(2)]

    assert answers == ["True", "False"]


def test_batches_come_back_as_written(tmp_path: Path) -> None:
    path = write(tmp_path / "a.arrow", ["one", "two"], ["three"])

    assert [batch.column("text").to_pylist() for batch in read_rows(path)] == [["one", "two"], ["three"]]


def test_rows_outlive_the_file_they_are_mapped_from(tmp_path: Path) -> None:
    path = write(tmp_path / "a.arrow", ["one", "two"])

    (batch,) = list(read_rows(path))
    path.unlink()

    assert batch.column("text").to_pylist() == ["one", "two"]
