from __future__ import annotations

import gzip
import zlib

import pytest

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.response import Response, charset_of, parse_response
from pipeline.records import Reason

PAGE = b"<html><p>The story</p></html>"


def response(body: bytes, *fields: str, status: str = "200 OK", end: str = "\r\n") -> Response:
    head = end.join([f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *fields])
    return parse_response((head + end * 2).encode() + body)


def reason_of(answer: Response) -> object:
    with pytest.raises(RecordError) as caught:
        answer.body(Limits(max_record_bytes=1000))
    return caught.value.facts["reason"]


@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=["CRLF", "LF"])
def test_reads_status_type_and_charset(end: str) -> None:
    answer = response(PAGE, end=end)

    assert (answer.status, answer.media_type, answer.charset) == (200, "text/html", "utf-8")
    assert answer.body(Limits()) == PAGE


RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (gzip.compress(PAGE), ("Content-Encoding: gzip",)),
        (gzip.compress(PAGE), ()),
        (PAGE, ("Content-Encoding: gzip",)),
        (zlib.compress(PAGE), ("Content-Encoding: deflate",)),
        (RAW_DEFLATE.compress(PAGE) + RAW_DEFLATE.flush(), ("Content-Encoding: deflate",)),
        (b"1d;x=y\r\n" + PAGE + b"\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",)),
        (PAGE, ("Transfer-Encoding: chunked",)),
        (PAGE, ("Content-Encoding: br",)),
        (PAGE, ("Content-Length: 5",)),
    ],
    ids=["gzip", "gzip unsaid", "gzip undone", "zlib", "raw", "chunked", "chunks undone", "br undone", "short length"],
)
def test_codings_are_undone_where_the_bytes_have_them(body: bytes, fields: tuple[str, ...]) -> None:
    assert response(body, *fields).body(Limits()) == PAGE


@pytest.mark.parametrize(
    ("body", "fields", "reason"),
    [
        (gzip.compress(PAGE)[:-3], ("Content-Encoding: gzip",), Reason.TRUNCATED),
        (gzip.compress(b" " * 5000), ("Content-Encoding: gzip",), Reason.TOO_LARGE),
        (zlib.compress(b" " * 5000), ("Content-Encoding: deflate",), Reason.TOO_LARGE),
        (zlib.compress(PAGE)[:-6], ("Content-Encoding: deflate",), Reason.TRUNCATED),
        (b"\x8b\x0e\x80abc", ("Content-Encoding: br",), Reason.UNSUPPORTED),
        (b"ff\r\n" + PAGE, ("Transfer-Encoding: chunked",), Reason.TRUNCATED),
        (b"5\r\n" + PAGE + b"\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",), Reason.CORRUPT),
        (b"1d\r\n" + PAGE + b"\r\n", ("Transfer-Encoding: chunked",), Reason.TRUNCATED),
        (PAGE, ("Content-Length: 500",), Reason.TRUNCATED),
    ],
    ids=["cut gzip", "bomb", "deflated bomb", "cut deflate", "br", "cut chunk", "wrong chunk", "no last chunk", "cut"],
)
def test_damaged_bodies_are_never_half_a_page(body: bytes, fields: tuple[str, ...], reason: Reason) -> None:
    assert reason_of(response(body, *fields)) is reason


@pytest.mark.parametrize(
    ("status", "why"), [("404 Not Found", "HTTP status 404"), ("301", "HTTP status 301"), ("200", None)]
)
def test_only_successful_answers_are_pages(status: str, why: str | None) -> None:
    assert response(PAGE, status=status).not_a_page == why


def test_pictures_are_no_pages() -> None:
    assert parse_response(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n").not_a_page == "image/png, no page"


@pytest.mark.parametrize("block", [b"", b"<html>", b"HTTP/1.1 200 OK\r\nno end", b"GET / HTTP/1.1\r\n\r\n"])
def test_a_block_that_is_no_response_is_a_bad_record(block: bytes) -> None:
    with pytest.raises(RecordError) as caught:
        parse_response(block)
    assert caught.value.facts["reason"] is Reason.BAD_RECORD


def test_charset_may_be_quoted() -> None:
    assert charset_of('text/html; charset="ISO-8859-9"') == "ISO-8859-9"
