from __future__ import annotations

import io
import tarfile

import pytest

from pipeline.errors import RecordError
from pipeline.read.sniff import Format, sniff, suffix_of
from pipeline.records import Reason


def tar_of(name: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "name", "form"),
    [
        (b"A headline\n\nA story.", "a.txt", Format.TEXT),
        (b"", "a.txt", Format.TEXT),
        (b"<!DOCTYPE html><html>", "a.txt", Format.HTML),
        (b"\n <!-- made by hand -->\n<HTML lang=en>", "page", Format.HTML),
        ("\ufeff<html>".encode("utf-16"), "a.txt", Format.HTML),
        (b'<?xml version="1.0"?><!DOCTYPE html><html>', "a.xhtml", Format.HTML),
        (b"Text first, then <b>a tag</b>", "a.html", Format.HTML),
        (b"No tag at all", "a.html", Format.TEXT),
        (b"<3 is what readers wrote", "a.txt", Format.TEXT),
        (b'{"text": "a"}\n{"text": "b"}\n', "a.json", Format.JSONL),
        (b'{"text": "a"}\n{"text": "b"}\n', "a.txt", Format.JSONL),
        (b'{"text": "a"}', "a.json", Format.JSON),
        (b'{\n "text": "a"\n}', "a.json", Format.JSON),
        (b'[{"text": "a"}]', "a.txt", Format.JSON),
        (b"[Reuters] A story", "a.txt", Format.TEXT),
        (b"{broken\n", "a.jsonl.gz", Format.JSONL),
        (b"id,text\n1,a\n", "a.csv", Format.CSV),
        (b"id,text\n1,a\n", "a.txt", Format.TEXT),
        (b"PAR1....", "a.txt", Format.PARQUET),
        (b"WARC/1.0\r\n", "a", Format.WARC),
        (b"", "a.warc.gz", Format.WARC),
        (b"PK\x03\x04....", "a.txt", Format.ZIP),
        (tar_of("a.txt"), "a", Format.TAR),
    ],
)
def test_bytes_tell_the_form_and_the_name_helps_out(head: bytes, name: str, form: Format) -> None:
    assert sniff(head, name) is form


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(99), Reason.NOT_TEXT),
        (b"\x89PNG\r\n\x1a\n", Reason.NOT_TEXT),
        (b"%PDF-1.7\nplain looking", Reason.NOT_TEXT),
        (b"\x00\x00\x00\x18ftypmp42", Reason.NOT_TEXT),
        (bytes(range(256)) * 9, Reason.NOT_TEXT),
        (b'<?xml version="1.0"?><rss version="2.0"><channel>', Reason.UNSUPPORTED),
    ],
)
def test_what_is_no_page_is_refused_whatever_its_name(head: bytes, reason: Reason) -> None:
    with pytest.raises(RecordError) as caught:
        sniff(head, "page.txt")
    assert caught.value.facts["reason"] is reason


@pytest.mark.parametrize(
    ("name", "suffix"), [("a/b.TXT", ".txt"), ("a.jsonl.zst", ".jsonl"), ("a.d/file", ""), ("x.gz", "")]
)
def test_suffix_looks_below_the_packing(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix
