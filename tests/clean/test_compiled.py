"""Claims about the compiled kernel of cleaning."""

from __future__ import annotations

import shutil

import pytest

from pipeline.clean import compiled
from pipeline.clean.label import stopword_bits
from pipeline.words.lexicon import Lexicon


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler here")
def test_an_install_with_a_compiler_has_the_kernel() -> None:
    assert compiled.LIBRARY is not None


def test_languages_fit_the_numbers_of_the_kernel() -> None:
    assert max(stopword_bits(Lexicon.load()).values()) < 1 << 63
