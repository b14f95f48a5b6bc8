"""Seeded damage to sample files of every format: nothing crashes, nothing hangs, every file has its outcome.

A file is damaged in one of seven ways, drawn from the seed: bits flipped, bytes overwritten, a run zeroed, cut out,
said twice, cut off, or another file's bytes put in.
"""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import random
import tarfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from pipeline.clean import Cleaner
from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read import Source, read_source
from pipeline.records import Dump
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.law import check_snapshot
from pipeline.store.outcomes import outcomes
from pipeline.store.tables import Store

DAY = dt.date(2026, 3, 10)
SLOW_SECONDS = 10.0
MOST_OUTCOMES = 10_000  # a reader that does not get on gives records without end; the samples hold a few each


@dataclass(slots=True)
class Damaged:
    """What became of the files tried: outcomes by kind, the slowest (CPU seconds), and what went wrong."""

    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    bad: list[str] = field(default_factory=list)


def samples(text: str, page: str) -> Mapping[str, bytes]:
    """Return one sound file of every format, made of a text and an HTML page."""
    rows = [{"id": str(n), "url": f"http://news.example/{n}", "text": f"{text} {n}"} for n in range(3)]
    jsonl = "".join(json.dumps(row) + "\n" for row in rows).encode()
    csv = ("id,text\n" + "".join(f'{n},"{text} {n}"\n' for n in range(3))).encode()
    warc = b"".join(_warc_record(n, page.encode()) for n in range(3))
    table = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), table)
    plain = {"a.txt": text.encode(), "a.html": page.encode(), "a.jsonl": jsonl, "a.json": json.dumps(rows).encode()}
    plain |= {"a.csv": csv, "a.warc": warc, "a.parquet": table.getvalue(), "a.zip": _zip(plain), "a.tar": _tar(plain)}
    plain |= {"u16.txt": text.encode("utf-16"), "latin.txt": text.encode("cp1252", "replace")}
    packed = {
        "a.txt.gz": gzip.compress(plain["a.txt"], mtime=0),
        "a.jsonl.zst": zstandard.compress(jsonl),
        "a.html.bz2": bz2.compress(plain["a.html"]),
        "a.txt.xz": lzma.compress(plain["a.txt"]),
        "a.warc.gz": b"".join(gzip.compress(_warc_record(n, page.encode()), mtime=0) for n in range(3)),
        "a.tar.gz": gzip.compress(plain["a.tar"], mtime=0),
    }
    return plain | packed


def _warc_record(number: int, page: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032d}>\r\n"
        f"WARC-Date: 2026-03-03T00:00:00Z\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def _zip(members: Mapping[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return sink.getvalue()


def _tar(members: Mapping[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def damage(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Return ``data`` damaged in a way and place that ``draw`` decides."""
    out = bytearray(data)
    at = draw.randrange(max(len(out), 1))
    size = draw.choice((1, 4, 64, 512))
    way = draw.randrange(7)
    if way == 0:
        for _ in range(draw.randint(1, 16)):
            out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    elif way == 1:
        out[at : at + size] = draw.randbytes(size)
    elif way == 2:
        out[at : at + size] = bytes(size)
    elif way == 3:
        del out[at : at + size]
    elif way == 4:
        out[at:at] = out[at : at + size]
    elif way == 5:
        del out[at:]
    else:
        out[at:at] = other[:size]
    return bytes(out)


def damaged_files(sound: Mapping[str, bytes], files: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of damaged files, the formats in turn."""
    names = sorted(sound)
    for number in range(files):
        draw = random.Random(f"{seed}/{number}")
        name = names[number % len(names)]
        yield name, damage(sound[name], sound[draw.choice(names)], draw)


def try_run(folder: Path, sound: Mapping[str, bytes], *, files: int, seed: int) -> tuple[int, list[str]]:
    """Put damaged files through the main job, which holds each dump and the tables to the law.

    Returns how many outcomes there are, and the files that have none.
    """
    raw = folder / "raw"
    raw.mkdir(parents=True)
    for number, (name, data) in enumerate(damaged_files(sound, files, seed)):
        (raw / f"{number:05d}-{name}").write_bytes(data)
    run([str(raw)], folder / "clean", Settings.load(workers=2), DAY)
    snapshot = Store.open(folder / "clean", create=False).snapshot()
    check_snapshot(snapshot)
    told = Counter(outcome["path"] for outcome in outcomes(snapshot))
    return told.total(), [path.name for path in sorted(raw.iterdir()) if path.name not in told]


def try_files(folder: Path, sound: Mapping[str, bytes], *, files: int, seed: int) -> Damaged:
    """Damage, read and clean ``files`` files, the formats in turn; return what became of them."""
    folder.mkdir(parents=True, exist_ok=True)
    cleaner, limits, result = Cleaner.load(), Limits(), Damaged()
    for number, (name, data) in enumerate(damaged_files(sound, files, seed)):
        path = folder / name
        path.write_bytes(data)
        source = Source(uri=str(path), root=str(folder), path=name, size_bytes=len(data), is_local=True)
        started = time.process_time()
        try:
            found = _outcomes(source, cleaner, limits)
        except Exception as exc:  # noqa: BLE001 - whatever it is, it is what is looked for here
            result.bad.append(f"{number} {name}: {exc!r}")
            continue
        spent = time.process_time() - started
        result.slowest = max(result.slowest, (spent, f"{number} {name}"))
        result.files += 1
        result.outcomes.update(found)
        if not found:
            result.bad.append(f"{number} {name}: no outcome")
        if spent > SLOW_SECONDS:
            result.bad.append(f"{number} {name}: {spent:.1f} s")
    return result


def _outcomes(source: Source, cleaner: Cleaner, limits: Limits) -> list[str]:
    found: list[str] = []
    for item in read_source(source, limits):
        if len(found) > MOST_OUTCOMES:
            raise RuntimeError(f"more than {MOST_OUTCOMES} outcomes of {source.size_bytes} bytes")
        if not isinstance(item, Dump):
            found.append(type(item).__name__.lower())
            continue
        try:
            cleaned = cleaner.clean(item, DAY)
        except RecordError as exc:
            found.append(str(exc.facts["reason"]))
            continue
        pa.array([article.text for article in cleaned.articles], pa.large_string()).validate(full=True)
        found += ["article"] * len(cleaned.articles) + ["quarantined"] * len(cleaned.quarantined)
    return found
