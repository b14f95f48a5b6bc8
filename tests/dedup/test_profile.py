from __future__ import annotations

import pytest

from pipeline.dedup.profile import Profile, profile


def marked(found: Profile, flags: list[bool]) -> list[str]:
    return [found.spelling(at, at + 1).decode() for at, flag in enumerate(flags) if flag]


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
def test_names_are_capitals_inside_a_sentence(text: str, names: list[str]) -> None:
    found = profile(text, 3)

    assert marked(found, found.is_name.tolist()) == names


def test_figures_hold_a_digit() -> None:
    found = profile("In 2024 some 3.5 per cent of G20 states", 3)

    assert marked(found, found.is_figure.tolist()) == ["2024", "3.5", "g20"]


def test_letters_are_the_words_with_blanks() -> None:
    found = profile("“Ready,” she said…", 3)

    assert found.letters.tobytes() == b"ready she said "
    assert found.spelling(1, 3) == b"she said"


def test_shingles_are_found_by_position() -> None:
    found = profile("one two three one two three", 3)

    assert len(found.shingles) == 3
    assert found.shingle_at[0] == found.shingle_at[3]


@pytest.mark.parametrize("text", ["", "…", "\n\n"])
def test_text_without_words_is_empty(text: str) -> None:
    found = profile(text, 3)

    assert (found.word_count, len(found.shingles), len(found.letters)) == (0, 0, 0)


@pytest.mark.parametrize(("text", "is_cased"), [("Ana met Tom in Oslo", True), ("東京で会議があった", False)])
def test_scripts_without_capitals_are_told(text: str, is_cased: bool) -> None:
    assert profile(text, 3).is_cased is is_cased
