"""Claims about what one look at all lines tells of each."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.clean.byline_words import byline_words
from pipeline.clean.bylines import is_byline
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.glances import MAY_BE_DATE, MAY_BE_OPENED, MAY_BE_SIGNED, glance_at
from pipeline.clean.lines import read_lines
from pipeline.compiled import Library
from pipeline.text import fold
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()
WORDS = byline_words(LEXICON, None)
SOME = sorted(
    word
    for group in (
        WORDS.folded_openings,
        WORDS.folded_keys,
        WORDS.folded_evidence,
        WORDS.folded_units,
        LEXICON.words,
    )
    for word in sorted(group)[::20]
)
PIECES = st.one_of(
    st.sampled_from(SOME),
    st.sampled_from(SOME).map(str.title),
    st.text(max_size=6),
    st.text("aZßÉ9٣٢Bıİ B.y़ก²", max_size=6),
    st.sampled_from(["2019", "7", "By", "GMTUpdated", "2nd", "ferry", "Łódź", "२०१९", "-", "\n", "\U0001f534"]),
)
TEXTS = st.lists(PIECES, max_size=16).flatmap(lambda said: st.sampled_from([" ".join(said), "".join(said), f"{said}."]))
needs_kernel = pytest.mark.skipif(LIBRARY is None, reason="no compiled kernel")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("The ferry left the harbour", 0, id="prose"),
        pytest.param("2 March", MAY_BE_DATE, id="date"),
        pytest.param("By Ann Lee", MAY_BE_OPENED, id="opening-word"),
        pytest.param("Ann Lee, Reuters", MAY_BE_SIGNED, id="agency"),
        pytest.param("May 2, 2019", MAY_BE_DATE | MAY_BE_SIGNED, id="year"),
        pytest.param("“Ann Lee, Reuters”", MAY_BE_OPENED, id="agency-behind-a-sign"),
        pytest.param("The ferryUpdated", MAY_BE_DATE | MAY_BE_OPENED, id="words-run-together"),
        pytest.param("—", MAY_BE_DATE | MAY_BE_OPENED, id="no-word"),
        pytest.param("Ann Lee told Reuters that the ferry had left the harbour at nine.", 0, id="sentence"),
    ],
)
@pytest.mark.parametrize("library", [None, pytest.param(LIBRARY, marks=needs_kernel)], ids=["python", "compiled"])
def test_lines_are_told_apart_by_their_words(library: Library | None, text: str, told: int) -> None:
    assert list(glance_at(read_lines([text]), LEXICON, library)) == [told]


@needs_kernel
@given(st.lists(TEXTS, max_size=8))
@example(["USAUpdated at AUGUSTa", "ABCDe", "XÀb", "aÀ", "B", "By", "²"])
def test_the_kernel_tells_what_python_tells(texts: list[str]) -> None:
    lines = read_lines(texts)

    assert list(glance_at(lines, LEXICON)) == list(glance_at(lines, LEXICON, None))


@given(TEXTS)
@example("2019 By")
@example("May 2, 2019 by Ann Lee")
@example("by: 2019")
def test_a_line_that_may_be_signed_is_a_byline_whether_or_not_an_opening_is_looked_for(text: str) -> None:
    lines = read_lines([text])
    if any(told & MAY_BE_SIGNED for told in glance_at(lines, LEXICON)):
        text = lines[0].bare
        assert is_byline(text, LEXICON) == is_byline(text, LEXICON, may_be_opened=False)


def test_no_lines_are_told_nothing() -> None:
    assert list(glance_at([], LEXICON)) == []


def test_folding_leaves_no_figures_but_ours_below_those_of_arabic() -> None:
    # The kernel takes all other signs of words below them for letters.
    left = {sign for code in range(0x3000) for sign in fold(chr(code)) if sign.isalnum() and not sign.isalpha()}

    assert {sign for sign in left if sign < "\u0660"} == set("0123456789")
