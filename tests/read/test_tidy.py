from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.tidy import MAX_MARKS, tidy


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("a\x00b", "ab"),
        ("é\x07\x1b[31mred\x1b[0m", "éred"),
        ("a\x1b]0;title\x07b", "ab"),
        ("lone \ud83d and \udc00", "lone  and "),
        ("zero\u200bwidth soft\u00adhyphen \ufeffmark", "zerowidth softhyphen mark"),
        ("\u202eover\u202c \u2066isolate\u2069", "over isolate"),
        ("non\uffff\ufdd0\U0010ffffcharacter", "noncharacter"),
        ("hidden\U000e0041\U000e0042 tags", "hidden tags"),
        ("e\u0301", "é"),
    ],
    ids=["nul", "colour", "title", "surrogates", "invisible", "bidi", "nonchars", "tags", "nfd"],
)
def test_takes_out_what_carries_no_meaning(text: str, tidied: str) -> None:
    assert tidy(text)[0] == tidied


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهند",
        "👩\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 🇹🇷",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "ab\u200e \u200f\u061c",
        "a\r\nb\rc\nd\u2028e\u2029f\x85g\vh\fi\tj",
    ],
    ids=["zwnj", "emoji", "flag of England", "direction marks", "line ends"],
)
def test_keeps_what_carries_meaning(text: str) -> None:
    assert tidy(text) == (text, False)


@pytest.mark.parametrize(
    ("text", "damaged"), [("a\x00", True), ("é\ud800", True), ("a\u200b", False), ("e\u0301", False)]
)
def test_tells_damage_from_typing_habits(text: str, damaged: bool) -> None:
    assert tidy(text)[1] is damaged


def test_marks_without_end_are_bounded_in_linear_time() -> None:
    began = time.process_time()

    text, damaged = tidy("a" + "\u0316\u0301" * 100_000)

    assert time.process_time() - began < 2
    assert damaged
    assert len(text) <= MAX_MARKS + 1


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_becomes_valid_and_stays_so(text: str) -> None:
    once, _ = tidy(text)

    assert once.encode("utf-8").decode() == once
    assert unicodedata.is_normalized("NFC", once)
    assert tidy(once) == (once, False)
