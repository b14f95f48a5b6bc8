"""Claims about damaged files: whatever the bytes, every file has its outcome, in time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.torture.damage import damage, samples, try_files, try_run
from benchmarks.torture.pages import PAGE, STORY
from pipeline.limits import Limits
from pipeline.read import Source, read_source

SOUND = samples(STORY, PAGE)


def test_every_sample_is_sound_before_it_is_damaged(tmp_path: Path) -> None:
    for name, data in SOUND.items():
        (tmp_path / name).write_bytes(data)
        source = Source(uri=str(tmp_path / name), root=str(tmp_path), path=name, size_bytes=len(data), is_local=True)

        outcomes = [type(item).__name__ for item in read_source(source, Limits())]

        assert set(outcomes) == {"Dump"}, name


def test_every_damaged_file_has_its_outcome_in_time(tmp_path: Path) -> None:
    result = try_files(tmp_path, SOUND, files=12 * len(SOUND), seed=7)

    assert result.bad == []
    assert result.files == 12 * len(SOUND)
    assert result.outcomes["article"] > 0 < result.outcomes["unreadable"]


def test_run_over_damaged_files_adds_up_and_tells_of_each(tmp_path: Path) -> None:
    told, untold = try_run(tmp_path, SOUND, files=4 * len(SOUND), seed=9)

    assert untold == []
    assert told >= 4 * len(SOUND)


def test_damage_is_the_same_for_the_same_seed() -> None:
    import random

    once, again = (damage(SOUND["a.warc"], SOUND["a.zip"], random.Random("7/1")) for _ in range(2))

    assert once == again != SOUND["a.warc"]


@settings(max_examples=150)
@given(name=st.sampled_from(sorted(SOUND)), data=st.binary(max_size=600), keep=st.integers(0, 400))
def test_any_bytes_under_any_name_are_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes, keep: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    whole = SOUND[name][:keep] + data
    (folder / name).write_bytes(whole)
    source = Source(uri=str(folder / name), root=str(folder), path=name, size_bytes=len(whole), is_local=True)

    assert len(list(read_source(source, Limits()))) >= 1
