"""Claims about the compiled kernel of cleaning."""

from __future__ import annotations

from pipeline.clean.label import stopword_bits
from pipeline.words.lexicon import Lexicon


def test_languages_fit_the_numbers_of_the_kernel() -> None:
    assert max(stopword_bits(Lexicon.load()).values()) < 1 << 63
