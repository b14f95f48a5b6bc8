from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.normalise import comparison_form, plain_form, text_hash

SAME = {
    "curly and straight apostrophe": ("don’t", "don't"),
    "ligature": ("ﬁrst oﬃce", "first office"),
    "full-width digits": ("１２ km", "12 km"),
    "decomposed accents": ("cafe\u0301", "café"),
    "accents left out by a wire": ("Señor Müller", "Senor Muller"),
    "zero-width and soft hyphen": ("o\u200bf co\u00adlour", "of colour"),
    "Turkish capitals": ("IŞIK İZMİR", "ışık izmir"),
    "Arabic vowel points": ("كَتَبَ", "كتب"),
    "Arabic and Latin digits": ("٢٠٢٤", "2024"),
    "final sigma": ("ΛΌΓΟΣ", "λόγος"),
    "Hangul in parts": ("\u1112\u1161\u11ab", "한"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_same_words_have_one_form(one: str, other: str) -> None:
    assert comparison_form(one).split() == comparison_form(other).split()


@pytest.mark.parametrize(
    ("one", "other"),
    [("は", "ば"), ("कि", "के"), ("ไม่", "ไม้"), ("3.5", "35")],
    ids=["kana voicing", "Indic vowel sign", "Thai tone", "decimal point"],
)
def test_marks_that_are_letters_stay(one: str, other: str) -> None:
    assert comparison_form(one) != comparison_form(other)


def test_plain_form_keeps_case() -> None:
    assert plain_form("Élan in Ñuñoa") == "Elan in Nunoa"


def test_characters_of_unspaced_scripts_stand_alone() -> None:
    assert comparison_form("東京で").split() == ["東", "京", "で"]


def test_text_hash_ignores_layout_and_signs() -> None:
    assert text_hash("“Ready” — go!\n\nNow") == text_hash("ready go: now")


def test_text_hash_tells_words_apart() -> None:
    assert text_hash("to gether") != text_hash("together")


@given(st.text())
def test_form_of_a_form_is_itself(text: str) -> None:
    form = comparison_form(text)

    assert comparison_form(form).split() == form.split()
