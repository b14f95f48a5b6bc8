from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import apart, compiled
from pipeline.dedup.apart import CAPITAL, FIGURE, FIRST, Texts, Utf8, iter_apart, take_apart

SCRIPTS = "aZé ß ẞ İıﬁ１．5.,'’-—\n“” Привет Ωμ 東京で。 हिन्दी العَرَبيّة ٣٫٥ 한국\u1112\u1161\u0301\u200b\u00ad\ufdfa😀"
TEXTS = st.lists(st.text(max_size=60) | st.text(SCRIPTS, max_size=60), max_size=6)


def apart_by_numpy(texts: list[str], size: int = 3) -> Texts:
    return apart._by_numpy(Utf8.of(texts), size)


def same(one: Texts, other: Texts) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in Texts.__slots__)


def marked(text: str, flag: int, unless: int = 0) -> list[str]:
    found = take_apart(Utf8.of([text]), 3)
    words = found.letters.tobytes().decode().split(" ")
    return [words[at] for at, flags in enumerate(found.flags.tolist()) if flags & flag and not flags & unless]


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
@settings(max_examples=300)
@given(texts=TEXTS, size=st.integers(1, 5))
def test_compiled_kernel_takes_texts_apart_as_numpy_does(texts: list[str], size: int) -> None:
    assert same(take_apart(Utf8.of(texts), size), apart_by_numpy(texts, size))


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
def test_characters_that_become_many_bytes_fit() -> None:
    texts = ["\ufdfa" * 5_000, "x" * 3_000]

    assert same(take_apart(Utf8.of(texts), 3), apart_by_numpy(texts))


def test_text_cut_off_inside_a_character_is_read(kernel_name: str) -> None:
    broken = "ferry Ä".encode()[:-1]
    texts = Utf8(data=np.frombuffer(broken, dtype=np.uint8), offsets=np.array([0, len(broken)]))

    assert take_apart(texts, 3).letters.tobytes().startswith(b"ferry "), kernel_name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Yesterday Ana Ruiz met Tom. Later she left Oslo.", ["ana", "ruiz", "tom", "oslo"]),
        ("Вчера в Москве был Иван. Потом дождь.", ["москве", "иван"]),
        ("He said: “We Came” to Élan", ["came", "elan"]),
        ("東京で会議", []),
        ("all in small letters", []),
    ],
    ids=["Latin", "Cyrillic", "after a quote", "no case", "lower case"],
)
def test_names_are_capitals_inside_a_sentence(kernel_name: str, text: str, names: list[str]) -> None:
    assert marked(text, CAPITAL, FIRST) == names, kernel_name


def test_figures_hold_a_digit(kernel_name: str) -> None:
    assert marked("In 2024 some 3.5 per cent of G20 states", FIGURE) == ["2024", "3.5", "g20"], kernel_name


def test_letters_are_the_words_with_blanks(kernel_name: str) -> None:
    found = take_apart(Utf8.of(["“Ready,” she said…", "Again"]), 3)

    assert found.letters.tobytes() == b"ready she said again ", kernel_name
    assert found.ends.tolist() == [5, 9, 14, 5]


@pytest.mark.parametrize("text", ["", "…", "\n\n"])
def test_text_without_words_is_empty(kernel_name: str, text: str) -> None:
    found = take_apart(Utf8.of([text]), 3)

    assert (found.word_counts.tolist(), len(found.grams), len(found.letters)) == ([0], 0, 0), kernel_name


@pytest.mark.parametrize(("text", "is_cased"), [("Ana met Tom in Oslo", True), ("東京で会議があった", False)])
def test_scripts_without_capitals_are_told(kernel_name: str, text: str, is_cased: bool) -> None:
    assert take_apart(Utf8.of([text]), 3).cased.tolist() == [is_cased], kernel_name


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
def test_arrow_strings_are_read_where_they_lie(kind: pa.DataType, make_story: Callable[..., str]) -> None:
    texts = [make_story(seed) for seed in range(4)]
    sliced = pa.array(["before", *texts, "after"], kind).slice(1, 4)

    assert same(take_apart(Utf8.of(sliced), 3), take_apart(Utf8.of(texts), 3))


def test_marks_are_composed_before_words_are_found(kernel_name: str) -> None:
    text = "한국의 소식 नमस्ते Élan"
    found = [take_apart(Utf8.of([unicodedata.normalize(form, text)]), 3) for form in ("NFC", "NFD")]

    assert same(*found), kernel_name


def test_parts_are_all_texts_in_order(make_story: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    texts = Utf8.of([make_story(seed) for seed in range(5)])
    monkeypatch.setattr(apart, "_CHUNK_BYTES", 700)
    parts = list(iter_apart(texts, 3))

    assert len(parts) > 2
    assert np.array_equal(np.concatenate([part.grams for part in parts]), take_apart(texts, 3).grams)
