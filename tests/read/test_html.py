from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.records import Dump

ReadFile = Callable[..., list[Any]]


def test_an_html_file_is_one_dump_in_the_encoding_its_meta_tag_names(read_file: ReadFile) -> None:
    page = '<html><meta charset="windows-1254"><body><p>Şehirde ışıklar yandı, ağaçlar söküldü.</p></body></html>'

    [dump] = read_file("a.html", page.encode("cp1254"))

    assert isinstance(dump, Dump)
    assert (dump.kind, dump.text, dump.encoding) == ("html", page, "cp1254")


def test_html_called_txt_is_html(read_file: ReadFile) -> None:
    [dump] = read_file("a.txt", b"<!DOCTYPE html><html><body><p>Story</p></body></html>")

    assert isinstance(dump, Dump)
    assert dump.kind == "html"
