from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.limits import Limits
from pipeline.records import Dump, Reason, Unreadable

ReadFile = Callable[..., list[Any]]


def test_a_text_file_is_one_dump_with_its_line_ends(read_file: ReadFile, story: str) -> None:
    text = story.replace("\n", "\r\n")

    [dump] = read_file("trt/2026-03-04/a.txt", text.encode())

    assert isinstance(dump, Dump)
    assert (dump.kind, dump.text, dump.source_path, dump.source_record) == ("text", text, "trt/2026-03-04/a.txt", None)
    assert str(dump.crawl_date) == "2026-03-04"
    assert dump.size_bytes == len(text.encode())


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n\t\n"], ids=["no bytes", "mark only", "blank"])
def test_an_empty_file_is_a_dump_without_words(read_file: ReadFile, data: bytes) -> None:
    [dump] = read_file("a.txt", data)

    assert isinstance(dump, Dump)
    assert not dump.text.strip()


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (b"x" * 101, Limits(max_record_bytes=100)),
        (b"x\n" * 50, Limits(max_lines=49)),
        (b"short\n" + b"x" * 60, Limits(max_line_chars=50)),
    ],
    ids=["bytes", "lines", "line"],
)
def test_what_exceeds_a_limit_is_too_large(read_file: ReadFile, data: bytes, limits: Limits) -> None:
    [outcome] = read_file("a.txt", data, limits)

    assert isinstance(outcome, Unreadable)
    assert outcome.reason is Reason.TOO_LARGE


def test_exactly_the_limits_is_read(read_file: ReadFile) -> None:
    limits = Limits(max_record_bytes=100, max_lines=50, max_line_chars=1)

    [dump] = read_file("a.txt", b"x\n" * 50, limits)

    assert isinstance(dump, Dump)
