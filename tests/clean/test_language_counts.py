"""Claims about what is counted of a text: the compiled kernel counts what the Python beside it counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import compiled, language_counts
from pipeline.clean.language_counts import Counts, count
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()
WORDS = st.sampled_from(
    [*sorted(LEXICON.languages["de"].stopwords)[:30], "De", "İN", "și", "és", "и", "ve", "og", "el"]
)

needs_kernel = pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")


def by_python(text: str) -> Counts:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_counts, "LIBRARY", None)
        return count(text, LEXICON)


def test_letters_are_counted_by_script_and_words_by_language() -> None:
    found = count("Это и the мир", LEXICON)
    russian, english = (list(LEXICON.languages).index(code) for code in ("ru", "en"))

    assert found.letters == {"Cyrillic": 7, "Latin": 3}
    assert found.words == 4
    assert found.shared[russian][russian] >= 2
    assert found.shared[english][english] == 1
    assert found.shared[russian][english] == 0


@needs_kernel
@given(st.text() | st.lists(WORDS | st.text(max_size=4)).map(" ".join))
def test_counts_are_those_of_the_reference(text: str) -> None:
    found, told = count(text, LEXICON), by_python(text)

    assert found[:2] == told[:2]
    assert np.array_equal(found.shared, told.shared)
    assert np.array_equal(found.kin, told.kin)
