"""Names of elements are read as words, whatever way they are written, and words stand for kinds."""

from __future__ import annotations

import pytest

from pipeline.clean.html_names import kinds, names_text, said_by


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("story-body", ("story", "body")),
        ("storyBody main_text", ("story", "body", "main", "text")),
        ("ABBanner", ("ab", "banner")),
        ("col-md-8 x x", ("col", "md", "x")),
        ("12345", ()),
        ("", ()),
    ],
)
def test_a_name_is_its_words_each_once(name: str, words: tuple[str, ...]) -> None:
    assert said_by(name).words == words


def kinds_of(name: str) -> set[str]:
    return {kind for place, kind in enumerate(kinds()) if said_by(name).bits >> place & 1}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("wp-caption-text", "caption"),
        ("c-article__byline", "author"),
        ("most-read", "popular"),
        ("mostRead", "popular"),
        ("sub-title", "lead"),
        ("articleBody", "body"),
        ("newsletter-signup", "newsletter"),
        ("werbung", "advert"),
    ],
)
def test_words_and_pairs_of_words_stand_for_kinds(name: str, kind: str) -> None:
    assert kind in kinds_of(name)


def test_a_part_of_a_word_stands_for_nothing() -> None:
    assert kinds_of("adelaide-leadership") == set()


def test_a_name_of_any_length_is_read_to_a_bound() -> None:
    assert len(said_by("ab-" * 100_000).words) == 1
    assert len(said_by(" ".join(f"w{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(600))).words) < 100


def test_the_file_says_each_word_once_a_kind() -> None:
    for line in names_text().splitlines():
        kind, _, words = line.partition(" = ")
        if words:
            listed = words.strip('"').split()
            assert len(listed) == len(set(listed)), kind
