"""Factories of raw files: a test writes bytes and sees what the reader makes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.limits import Limits
from pipeline.read import Outcome, Source, list_sources, read_source

STORY = "Harbour reopens after storm\n\nThe café on the quay served soup to the crew.\n"
ReadFile = Callable[..., list[Outcome]]


@pytest.fixture
def read_file(tmp_path: Path) -> ReadFile:
    """Return a function that writes a file below a raw root and returns all its outcomes."""

    def read(name: str, data: bytes, limits: Limits | None = None, **options: Any) -> list[Outcome]:
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        sources = [item for item in list_sources([str(tmp_path / "raw")]) if isinstance(item, Source)]
        wanted = next(source for source in sources if source.path == name)
        return list(read_source(wanted, limits or Limits(), **options))

    return read


def warc_record(
    number: int = 1,
    body: str | bytes = "<html><p>The story.</p></html>",
    *,
    kind: str = "response",
    head: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8",
    length: str | None = "",
    extra: str = "",
    end: str = "\r\n",
    date: str = "2026-03-03T10:00:00Z",
) -> bytes:
    """Return one WARC record; ``length`` overrides Content-Length (None leaves it out)."""
    raw = body.encode() if isinstance(body, str) else body
    block = head.replace("\r\n", end).encode() + end.encode() * 2 + raw if head else raw
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:0000-{number}>",
        f"WARC-Date: {date}",
        f"WARC-Target-URI: https://www.news.example/{number}",
        *([extra] if extra else []),
        *([] if length is None else [f"Content-Length: {length or len(block)}"]),
    ]
    return (end.join(lines) + end * 2).encode() + block + (end * 2).encode()


@pytest.fixture
def make_record() -> Callable[..., bytes]:
    return warc_record


@pytest.fixture
def story() -> str:
    return STORY
