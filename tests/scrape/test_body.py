from __future__ import annotations

import gzip
import zlib

import pytest

from pipeline.errors import FetchError
from pipeline.scrape.body import Body, unpack
from pipeline.scrape.states import Why

PAGE = b"<html>" + b"".join(b"<p>paragraph %d</p>" % one for one in range(500)) + b"</html>"


def fed(data: bytes, coding: str, *, step: int = 100, limit: int = 1 << 20, max_ratio: int = 200) -> Body:
    body = Body(coding, limit=limit, max_ratio=max_ratio)
    for at in range(0, len(data), step):
        body.feed(data[at : at + step])
    body.finish()
    return body


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("", PAGE),
        ("identity", PAGE),
        ("gzip", gzip.compress(PAGE)),
        ("x-gzip", gzip.compress(PAGE)),
        ("GZIP", gzip.compress(PAGE[:1000]) + gzip.compress(PAGE[1000:])),
        ("gzip", gzip.compress(PAGE) + b"\0" * 512),
        ("gzip", PAGE),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", raw_deflate(PAGE)),
    ],
    ids=["plain", "identity", "gzip", "x-gzip", "members", "padded", "not packed", "zlib", "raw deflate"],
)
def test_body_is_kept_as_it_came_and_unpacked(coding: str, packed: bytes, step: int) -> None:
    body = fed(packed, coding, step=step)

    assert body.content == PAGE
    assert body.raw == packed


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress"])
def test_coding_nobody_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(FetchError, match="was not asked for") as refused:
        Body(coding, limit=10, max_ratio=10)

    assert refused.value.facts["why"] is Why.TYPE


def test_body_over_the_limit_ends_at_the_limit() -> None:
    with pytest.raises(FetchError, match="more than 1,000 bytes") as refused:
        fed(PAGE, "", limit=1000)

    assert refused.value.facts["why"] is Why.TOO_LARGE


@pytest.mark.parametrize("members", [1, 64], ids=["one member", "many members"])
def test_bomb_ends_before_it_fills_the_memory(members: int) -> None:
    bomb = gzip.compress(b" " * ((64 << 20) // members)) * members

    with pytest.raises(FetchError) as refused:
        fed(bomb, "gzip", limit=10 << 20, max_ratio=10_000, step=1 << 16)

    assert refused.value.facts["why"] is Why.BOMB


def test_ratio_counts_past_the_first_mebibyte_only() -> None:
    blank = b" " * 900_000

    assert fed(gzip.compress(blank), "gzip").content == blank
    with pytest.raises(FetchError, match="200 times its size"):
        fed(gzip.compress(b" " * (8 << 20)), "gzip", limit=16 << 20)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_cut_body_is_an_error_that_may_pass(coding: str) -> None:
    packed = gzip.compress(PAGE) if coding == "gzip" else zlib.compress(PAGE)

    with pytest.raises(FetchError, match="cut short") as failed:
        fed(packed[:-20], coding)

    assert failed.value.facts["is_transient"]


def test_damaged_body_is_an_error() -> None:
    packed = bytearray(gzip.compress(PAGE))
    packed[40:60] = b"\xff" * 20

    with pytest.raises(FetchError, match="not packed as its header says"):
        fed(bytes(packed), "gzip")


def test_empty_body_is_one() -> None:
    assert fed(b"", "gzip").content == b""


def test_file_is_unpacked_if_it_is_packed() -> None:
    assert unpack(gzip.compress(PAGE), limit=1 << 20, max_ratio=100) == PAGE
    assert unpack(PAGE, limit=1 << 20, max_ratio=100) == PAGE
