from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.mojibake import unscramble


def scramble(text: str) -> str:
    out = ""
    for byte in text.encode():
        try:
            out += bytes((byte,)).decode("cp1252")
        except UnicodeDecodeError:
            out += chr(byte)
    return out


@pytest.mark.parametrize("text", ["Günther sagt “nein”", "şehir ığdır İzmir", "Ещё раз", "日本の港", "5 € und 😀"])
def test_undoes_utf8_read_as_windows_1252(text: str) -> None:
    assert unscramble(scramble(text)) == (text, True)


@pytest.mark.parametrize("text", ["plain", "Crème brûlée à 5 €", "ÀÉÎ", "São Paulo", "Ã is a letter", "Ещё раз"])
def test_leaves_sound_text_alone(text: str) -> None:
    assert unscramble(text) == (text, False)


def test_sound_lines_beside_scrambled_ones_stay() -> None:
    mixed = "Ein Café in Köln\n" + scramble("Ein Café in Köln") + "\n"

    assert unscramble(mixed) == ("Ein Café in Köln\n" * 2, True)


@given(st.text(st.characters(min_codepoint=32, exclude_categories=("Cs",))))
def test_what_was_scrambled_comes_back(text: str) -> None:
    if unscramble(text)[1]:
        return
    assert unscramble(scramble(text))[0].split() == text.split() or not text.isprintable()
