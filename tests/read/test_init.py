from __future__ import annotations

import gzip
import json
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.limits import Limits
from pipeline.read import READERS, Known, Source, list_sources, read_source
from pipeline.read.sniff import Format
from pipeline.records import Dump, Reason, Unreadable
from pipeline.settings import SourceSettings

ReadFile = Callable[..., list[Any]]


def test_every_format_has_a_reader() -> None:
    assert set(READERS) == set(Format)


def test_settings_tell_site_language_and_zone(read_file: ReadFile) -> None:
    told = SourceSettings(pattern="trt/**", site="trt.example", language="tr", time_zone="Europe/Istanbul")

    [dump] = read_file("trt/a/b.txt", b"Story", settings=(told,))

    assert (dump.site, dump.language, dump.time_zone) == ("trt.example", "tr", "Europe/Istanbul")


def test_a_source_survives_pickling_and_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Story")
    [source] = list_sources([str(tmp_path)])
    assert isinstance(source, Source)

    again = pickle.loads(pickle.dumps(source))

    assert list(read_source(again, Limits())) == list(read_source(source, Limits()))


def test_known_dumps_come_as_known(read_file: ReadFile) -> None:
    [dump] = read_file("a.txt", b"Story")

    assert read_file("a.txt", b"Story", known={dump.dump_id}) == [Known(dump.dump_id)]
    assert isinstance(read_file("a.txt", b"Story, changed", known={dump.dump_id})[0], Dump)


def test_a_remote_file_reads_as_a_local_one(tmp_path: Path) -> None:
    data = gzip.compress(json.dumps({"text": "Story"}).encode())
    (tmp_path / "a.jsonl.gz").write_bytes(data)
    fsspec.filesystem("memory").pipe("/init/a.jsonl.gz", data)

    [[local], [remote]] = [
        [
            outcome
            for source in list_sources([root])
            if isinstance(source, Source)
            for outcome in read_source(source, Limits())
        ]
        for root in (str(tmp_path), "memory://init")
    ]

    assert local == remote


def test_a_file_gone_since_the_walk_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Story")
    [source] = list_sources([str(tmp_path)])
    assert isinstance(source, Source)
    (tmp_path / "a.txt").unlink()

    [outcome] = read_source(source, Limits())

    assert isinstance(outcome, Unreadable)
    assert outcome.reason is Reason.UNREADABLE


def test_memory_does_not_grow_with_the_number_of_records(tmp_path: Path) -> None:
    def peak(records: int) -> int:
        path = tmp_path / f"{records}.jsonl"
        path.write_text("".join(json.dumps({"text": f"{n} " * 2000}) + "\n" for n in range(records)))
        source = Source(uri=str(path), root=str(tmp_path), path="a.jsonl", size_bytes=0, is_local=True)
        tracemalloc.start()
        for _ in read_source(source, Limits()):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    few = peak(100)

    assert peak(1000) < few + 300_000


@pytest.mark.parametrize(
    "name", ["a.txt", "a.html", "a.jsonl", "a.json", "a.csv", "a.parquet", "a.warc.gz", "a.zip", "a.tar"]
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from(
        [b"", b"WARC/1.0\r\n", b"PK\x03\x04", b"PAR1", b"[", b'{"text": "', b"<html>", b"\x1f\x8b\x08", b"id,text\n"]
    ),
    tail=st.binary(max_size=600),
)
def test_any_bytes_have_an_outcome_and_raise_nothing(read_file: ReadFile, name: str, head: bytes, tail: bytes) -> None:
    outcomes = read_file(name, head + tail)

    assert outcomes
    for outcome in outcomes:
        if isinstance(outcome, Dump):
            outcome.text.encode("utf-8")
