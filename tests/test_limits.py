"""Claims about the limits: frozen, positive, reachable from the settings, and each one's edge where it should be.

What just fits is read; one more is quarantined with the limit's reason.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.clean import Cleaner
from pipeline.errors import RecordError
from pipeline.limits import MIB, Limits
from pipeline.read import list_sources, read_source
from pipeline.records import Dump, Reason, Unreadable
from pipeline.settings import Settings


def test_limits_cannot_be_changed_once_made() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Limits().max_lines = 1  # type: ignore[misc]


def test_every_limit_is_a_positive_whole_number() -> None:
    values = dataclasses.asdict(Limits())

    assert all(isinstance(value, int) and value > 0 for value in values.values())


def test_limits_fit_into_each_other() -> None:
    limits = Limits()

    assert limits.max_line_chars <= limits.max_record_bytes <= limits.max_file_unpacked_bytes
    assert limits.max_extractor_elements <= limits.max_html_elements
    assert MIB == 1024 * 1024


def test_settings_file_may_change_one_limit_and_keep_the_others(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[limits]\nmax_lines = 7\n")

    assert Settings.load(tmp_path / "settings.toml").limits == Limits(max_lines=7)


# ---------------------------------------------------------------- each limit at its edge

STORY = (
    "The council of Velm voted on Tuesday to repair the old weir before winter, after engineers had found two cracks\n"
    "near the eastern gate. Work begins next week and will cost the town some forty thousand crowns, the mayor said.\n"
)


def outcomes(folder: Path, name: str, data: bytes, limits: Limits) -> list[str]:
    """Return what becomes of the records of one file: ``article`` or the reason."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    cleaner = Cleaner.load(limits=limits, min_words=5)
    found: list[str] = []
    (source,) = list_sources([str(folder)])
    assert not isinstance(source, Unreadable)
    for item in read_source(source, limits):  # type: ignore[arg-type]
        found += _outcome(item, cleaner)
    return found


def _outcome(item: object, cleaner: Cleaner) -> list[str]:
    if isinstance(item, Unreadable):
        return [str(item.reason)]
    assert isinstance(item, Dump)
    try:
        cleaned = cleaner.clean(item, dt.date(2026, 3, 10))
    except RecordError as exc:
        return [str(exc.facts["reason"])]
    return ["article"] * len(cleaned.articles) + [str(row.reason) for row in cleaned.quarantined]


def text_of(size_bytes: int) -> bytes:
    counted = " ".join(f"Stone {number} was lifted by hand and set beside its neighbour." for number in range(40))
    return (STORY + counted)[:size_bytes].encode()


def zipped(members: int) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for number in range(members):
            archive.writestr(f"{number}.txt", STORY)
    return sink.getvalue()


def tarred(members: int) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for number in range(members):
            info = tarfile.TarInfo(f"{number}.txt")
            info.size = len(STORY)
            archive.addfile(info, io.BytesIO(STORY.encode()))
    return sink.getvalue()


def nested(depth: int) -> bytes:
    """Return a page with ``depth`` elements inside each other: html, body, divs, and a paragraph innermost."""
    divs = depth - 3
    return f"<html><body>{'<div>' * divs}<p>{STORY}</p>{'</div>' * divs}</body></html>".encode()


def elements(count: int) -> bytes:
    """Return a page of ``count`` elements: html, body and paragraphs."""
    return f"<html><body><p>{STORY}</p>{'<p>and</p>' * (count - 3)}</body></html>".encode()


def brackets(depth: int) -> bytes:
    inside = "[" * (depth - 1) + "]" * (depth - 1)
    return f'{{"text": "{STORY}", "more": {inside or 0}}}\n'.replace("\n", " ", 2).encode()


@pytest.mark.parametrize(
    ("name", "limits", "fits", "exceeds", "reason"),
    [
        ("a.txt", Limits(max_record_bytes=1000), text_of(1000), text_of(1001), Reason.TOO_LARGE),
        (
            "a.txt.gz",
            Limits(max_file_unpacked_bytes=1000),
            gzip.compress(text_of(1000)),
            gzip.compress(text_of(1001)),
            Reason.BOMB,
        ),
        ("a.txt", Limits(max_lines=2), STORY.encode(), f"{STORY}Velm.\n".encode(), Reason.TOO_LARGE),
        (
            "a.txt",
            Limits(max_line_chars=120),
            (STORY + "x" * 120).encode(),
            (STORY + "x" * 121).encode(),
            Reason.TOO_LARGE,
        ),
        ("a.html", Limits(max_html_depth=9), nested(9), nested(10), Reason.TOO_DEEP),
        ("a.html", Limits(max_html_elements=9), elements(9), elements(10), Reason.TOO_LARGE),
        ("a.jsonl", Limits(max_json_depth=5), brackets(5), brackets(6), Reason.BAD_RECORD),
    ],
    ids=["bytes of a record", "unpacked bytes", "lines", "characters of a line", "depth", "elements", "JSON depth"],
)
def test_what_just_fits_is_read_and_one_more_is_quarantined(
    name: str, limits: Limits, fits: bytes, exceeds: bytes, reason: Reason, tmp_path: Path
) -> None:
    assert outcomes(tmp_path / "fits", name, fits, limits) == ["article"]
    assert outcomes(tmp_path / "exceeds", name, exceeds, limits) == [str(reason)]


@pytest.mark.parametrize("archive", [zipped, tarred])
def test_archive_of_the_most_members_is_read_and_one_more_is_a_bomb(
    archive: Callable[[int], bytes], tmp_path: Path
) -> None:
    limits = Limits(max_archive_members=3)

    assert outcomes(tmp_path / "fits", "a.bin", archive(3), limits) == ["article"] * 3
    assert outcomes(tmp_path / "exceeds", "a.bin", archive(4), limits)[-1] == "bomb"


def test_ratio_counts_only_past_the_grace(tmp_path: Path) -> None:
    data = gzip.compress(STORY.encode() + b"\n" * 50_000, mtime=0)
    ratio = 50_000 // len(data)

    assert outcomes(tmp_path / "wide", "a.txt.gz", data, Limits(max_unpack_ratio=ratio + 2, ratio_grace_bytes=1)) != [
        "bomb"
    ]
    assert outcomes(tmp_path / "tight", "a.txt.gz", data, Limits(max_unpack_ratio=ratio - 2, ratio_grace_bytes=1)) == [
        "bomb"
    ]
    assert outcomes(tmp_path / "grace", "a.txt.gz", data, Limits(max_unpack_ratio=1, ratio_grace_bytes=60_000)) != [
        "bomb"
    ]


def test_depth_is_counted_before_the_parser_could_lose_the_text(tmp_path: Path) -> None:
    most = Limits().max_html_depth

    assert outcomes(tmp_path / "deep", "a.html", nested(most), Limits()) == ["article"]
    assert outcomes(tmp_path / "deeper", "a.html", nested(5_000), Limits()) == ["too_deep"]
