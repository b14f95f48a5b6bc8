from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.limits import Limits
from pipeline.records import Dump, Reason, Skipped, Unreadable

ReadFile = Callable[..., list[Any]]

TEXT = "".join(f"Sentence {n} of {n * n} about the harbour.\n" for n in range(200)).encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(*members: tuple[str, bytes | tuple[bytes, str]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            if isinstance(data, bytes):
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
            else:
                info.type, info.linkname = data
                archive.addfile(info)
    return out.getvalue()


def lines(outcomes: list[object]) -> list[tuple[str | None, str]]:
    return [
        (item.source_record, "dump" if isinstance(item, Dump) else str(item.reason).partition(":")[0])
        for item in outcomes
        if isinstance(item, Dump | Unreadable | Skipped)
    ]


@pytest.mark.parametrize("make", [zipped, tarred], ids=["zip", "tar"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_each_member_is_read_by_what_it_is(
    read_file: ReadFile, make: Callable[..., bytes], pack: Callable[..., bytes]
) -> None:
    data = make(
        ("2026-03-04/a.txt", TEXT),
        ("b/a.txt", b"Another story"),
        ("page.html", b"<html><p>x</p></html>"),
        ("rows.jsonl", b'{"text": "one"}\n{"text": "two"}\n'),
        ("c.txt.gz", gzip.compress(b"Packed story")),
    )

    outcomes = read_file("days.zip", pack(data))

    assert [(item.source_record, item.kind) for item in outcomes] == [
        ("2026-03-04/a.txt", "text"),
        ("b/a.txt", "text"),
        ("page.html", "html"),
        ("rows.jsonl!1", "text"),
        ("rows.jsonl!2", "text"),
        ("c.txt.gz", "text"),
    ]
    assert str(outcomes[0].crawl_date) == "2026-03-04"
    assert outcomes[1].crawl_date is None


@pytest.mark.parametrize("make", [zipped, tarred], ids=["zip", "tar"])
def test_names_that_lead_out_are_refused_and_nothing_is_written(
    read_file: ReadFile, make: Callable[..., bytes], tmp_path: Path
) -> None:
    names = ["../up.txt", "/abs.txt", "a/../../b.txt", "..\\win.txt", "C:\\win.txt"]

    outcomes = read_file("a.zip", make(("ok.txt", b"Story"), *((name, b"x") for name in names)))

    assert lines(outcomes) == [("ok.txt", "dump"), *((name, "unsafe_path") for name in names)]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.zip"]


@pytest.mark.parametrize("make", [zipped, tarred], ids=["zip", "tar"])
def test_members_left_out_by_name_have_a_line(read_file: ReadFile, make: Callable[..., bytes]) -> None:
    outcomes = read_file(
        "a.zip", make(("__MACOSX/._a.txt", b"x"), ("b.tmp", b"x"), (".git/c.txt", b"x"), ("d.txt", b"x"))
    )

    assert [line for _, line in lines(outcomes)] == [
        "hidden by its name",
        "temporary by its name",
        "hidden by its name",
        "dump",
    ]


def test_links_and_devices_in_a_tar_are_never_followed(read_file: ReadFile) -> None:
    data = tarred(
        ("link", (tarfile.SYMTYPE, "/etc")),
        ("link/passwd", b"A story below a link"),
        ("hard", (tarfile.LNKTYPE, "../../etc/passwd")),
        ("dev", (tarfile.CHRTYPE, "")),
        ("pipe", (tarfile.FIFOTYPE, "")),
        ("folder", (tarfile.DIRTYPE, "")),
    )

    assert lines(read_file("a.tar", data)) == [
        ("link", "symlink_outside"),
        ("link/passwd", "dump"),
        ("hard", "symlink_outside"),
        ("dev", "special_file"),
        ("pipe", "special_file"),
    ]


def test_a_zip_without_its_directory_is_truncated(read_file: ReadFile) -> None:
    assert lines(read_file("a.zip", zipped(("a.txt", TEXT))[:-40])) == [(None, "truncated")]


def test_a_member_with_wrong_bytes_costs_that_member(read_file: ReadFile) -> None:
    data = zipped(("a.txt", TEXT), ("b.txt", b"whole"))
    damaged = data[:60] + bytes(40) + data[100:]

    assert lines(read_file("a.zip", damaged)) == [("a.txt", "corrupt"), ("b.txt", "dump")]


def test_a_lying_size_is_never_seven_letters(read_file: ReadFile) -> None:
    size = struct.pack("<I", len(TEXT))

    [outcome] = read_file("a.zip", zipped(("a.txt", TEXT)).replace(size, struct.pack("<I", 7)))

    assert outcome.reason is Reason.CORRUPT


@pytest.mark.parametrize("cut", [700, 5000])
def test_a_cut_tar_keeps_the_whole_members_and_tells_the_cut(read_file: ReadFile, cut: int) -> None:
    data = tarred(*((f"{n}.txt", TEXT) for n in range(4)))
    end = data.index(b"3.txt") + 512 + len(TEXT)

    outcomes = read_file("a.tar", data[: end - cut])

    assert lines(outcomes)[:3] == [(f"{n}.txt", "dump") for n in range(3)]
    assert {line for _, line in lines(outcomes)[3:]} == {"truncated"}


def test_a_tar_that_ends_at_a_member_without_its_end_mark_is_told(read_file: ReadFile) -> None:
    data = tarred(("a.txt", b"x" * 512))

    assert [line for _, line in lines(read_file("a.tar", data[:1024]))] == ["dump", "truncated"]


@pytest.mark.parametrize("make", [zipped, tarred], ids=["zip", "tar"])
def test_a_bomb_ends_the_archive(read_file: ReadFile, make: Callable[..., bytes]) -> None:
    data = gzip.compress(make(*((f"{n}.txt", b" " * 300_000) for n in range(40))))
    limits = Limits(max_record_bytes=1 << 20, max_unpack_ratio=100, ratio_grace_bytes=1 << 20, max_line_chars=1 << 20)

    outcomes = read_file("a.zip.gz", data, limits)

    assert lines(outcomes)[-1][1] in ("bomb", "too_large")
    assert len(outcomes) < 20


def test_more_members_than_allowed_is_a_bomb(read_file: ReadFile) -> None:
    members = [(f"{n}.txt", b"x") for n in range(30)]

    for name, data in (("a.zip", zipped(*members)), ("a.tar", tarred(*members))):
        assert lines(read_file(name, data, Limits(max_archive_members=20)))[-1][1] == "bomb"


def test_archives_inside_an_archive_are_read_once_deeper(read_file: ReadFile) -> None:
    one = zipped(("a.txt", b"Story"))
    two = tarred(("one.zip", one))
    three = zipped(("two.tar", two))

    assert lines(read_file("two.tar", two)) == [("one.zip!a.txt", "dump")]
    assert lines(read_file("three.zip", three)) == [("two.tar!one.zip", "too_deep")]


def test_an_encrypted_member_is_unsupported(read_file: ReadFile) -> None:
    data = bytearray(zipped(("a.txt", TEXT)))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1

    assert lines(read_file("a.zip", bytes(data))) == [("a.txt", "unsupported")]


@pytest.mark.parametrize("first", ["[Content_Types].xml", "mimetype"])
def test_documents_that_are_zips_inside_are_unsupported(read_file: ReadFile, first: str) -> None:
    assert lines(read_file("a.docx", zipped((first, b"x"), ("b.txt", b"x")))) == [(None, "unsupported")]


def test_an_empty_archive_is_skipped(read_file: ReadFile) -> None:
    [outcome] = read_file("a.zip", zipped())

    assert isinstance(outcome, Skipped)
