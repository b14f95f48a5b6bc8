"""Claims about the compiled kernel of cleaning."""

from __future__ import annotations

from pipeline.clean.label import stopword_bits
from pipeline.clean.signs import SINGLE, class_table
from pipeline.words.lexicon import Lexicon


def test_languages_fit_the_numbers_of_the_kernel() -> None:
    assert max(stopword_bits(Lexicon.load()).values()) < 1 << 63


def test_scripts_without_spaces_begin_where_the_kernel_thinks() -> None:
    assert not (class_table()[:0xE00] & SINGLE).any()
