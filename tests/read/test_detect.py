from __future__ import annotations

import pytest

from pipeline.read.detect import guesses, makes_sense, oddness, telling

GERMAN = "Die Behörde prüft die Öffnung der großen Brücke für Fußgänger. " * 5
TURKISH = "Şehirdeki görüşmeler için İzmir şubesine uzman çağrıldı, ışıklar yandı. " * 5
ICELANDIC = "Það var ákveðið að byggja nýja höfn við fjörðinn í sumar, þótt dýrt yrði. " * 5
RUSSIAN = "Портовое управление откладывает проверку моста до осени. " * 5


@pytest.mark.parametrize("text", [GERMAN, TURKISH, ICELANDIC, RUSSIAN, "港湾局は計画を拒否した。" * 9, "plain English"])
def test_right_letters_are_not_odd(text: str) -> None:
    assert oddness(text) < 0.02


@pytest.mark.parametrize(
    ("text", "real", "wrong"),
    [
        (RUSSIAN, "cp1251", "koi8-r"),
        (RUSSIAN, "koi8-r", "cp1251"),
        (RUSSIAN, "utf-8", "cp1251"),
        (GERMAN, "utf-8", "cp437"),
    ],
)
def test_wrong_letters_are_odd(text: str, real: str, wrong: str) -> None:
    assert oddness(text.encode(real).decode(wrong, "replace")) > 0.06


@pytest.mark.parametrize(
    ("text", "real", "sense"),
    [(GERMAN, "cp1252", True), (ICELANDIC, "cp1252", True), (TURKISH, "cp1254", False), (RUSSIAN, "cp1251", False)],
    ids=["German", "Icelandic", "Turkish", "Russian"],
)
def test_windows_1252_is_believed_only_where_letters_make_sense(text: str, real: str, sense: bool) -> None:
    assert makes_sense(text.encode(real).decode("cp1252", "replace")) is sense


def test_few_bytes_are_taken_for_windows_1252() -> None:
    assert guesses(b"A caf\xe9 in M\xe1laga closed its doors.")[0] == "cp1252"


def test_markup_and_long_ascii_tell_nothing() -> None:
    page = (
        b"<html><script>" + b"var a = 1;" * 500 + b"</script><p>" + b"word " * 100 + "Köln".encode("cp1252") + b"</p>"
    )

    assert len(telling(page)) < 200
    assert "Köln".encode("cp1252") in telling(page)
