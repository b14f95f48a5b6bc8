"""Claims about the words that make a byline."""

from __future__ import annotations

import pytest

from pipeline.clean.byline_words import byline_words
from pipeline.text import fold
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()


@pytest.mark.parametrize(
    ("line", "language", "opens"),
    [
        ("By Ann Lee", "en", True),
        ("Von Eva Berg", "de", True),
        ("By Ann Lee", "de", True),  # English is tried beside every language
        ("Von Eva Berg", "en", False),
        ("Door Jan Smit", None, True),
        ("By ferry they left", "en", False),
    ],
)
def test_lines_are_opened_by_words_of_the_language_and_of_english(line: str, language: str | None, opens: bool) -> None:
    assert bool(byline_words(LEXICON, language).opener.match(line)) == opens


def test_words_are_put_together_once_a_language() -> None:
    assert byline_words(LEXICON, "de") is byline_words(LEXICON, "de")


def test_joiner_parts_names_and_may_end_a_piece() -> None:
    joiner = byline_words(LEXICON, "de").joiner

    assert joiner.split("Eva Berg und Ann Lee") == ["Eva Berg", "Ann Lee"]
    assert joiner.split("Eva Berg mit") == ["Eva Berg", ""]


def test_roles_of_every_language_are_no_names() -> None:
    words = byline_words(LEXICON, "en")

    assert words.is_role("redakteurin")
    assert words.may_open("Reuters")
    assert not words.may_open("Ann")


@pytest.mark.parametrize(
    "line", ["By:Ann Lee|Photos,Bo", "Ann Lee, A.P.", "Ann Lee, USA Today", "3 days ago", "May 2, 2019"]
)
def test_a_line_with_a_word_or_figure_of_a_byline_may_make_one(line: str) -> None:
    words, said = byline_words(LEXICON, None), fold(line).split()

    assert words.may_be_opened(line, said) or words.may_be_signed(said)


@pytest.mark.parametrize("line", ["The ferry left the harbour", "On it goes", "11 boats left at 9", "Rain in town"])
def test_other_lines_make_no_byline(line: str) -> None:
    words, said = byline_words(LEXICON, None), fold(line).split()

    assert not words.may_be_opened(line, said)
    assert not words.may_be_signed(said)
