"""Claims about the characters of a page, looked up for all of them at once."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import signs
from pipeline.clean.compiled import LIBRARY
from pipeline.compiled import Library
from pipeline.text import UNSPACED, fold, words
from pipeline.words.lexicon import MARKS, fold_word

TABLED = st.characters(max_codepoint=0x2FFF, exclude_categories=["M"], exclude_characters="\n")
TEXTS = st.lists(
    st.text(st.characters(blacklist_characters="\n"))
    | st.text(TABLED)
    | st.text(alphabet="ab. _é東")
    | st.text(alphabet="aßŀİ¨“ …\u0301"),
    max_size=12,
)
EITHER = pytest.mark.parametrize(
    "library",
    [
        pytest.param(None, id="numpy"),
        pytest.param(LIBRARY, id="compiled", marks=pytest.mark.skipif(LIBRARY is None, reason="no compiled kernel")),
    ],
)


def test_every_code_point_is_of_the_classes_that_str_and_re_put_it_in() -> None:
    every = "".join(map(chr, range(0, sys.maxunicode + 1, 7)))
    bits = signs.classes(signs.codes_of(every)).tolist()

    for bit, pattern in ((signs.WORD, r"[^\W_]"), (signs.DIGIT, r"\d"), (signs.SINGLE, f"[{UNSPACED}]")):
        assert [sign for sign, own in zip(every, bits, strict=True) if own & bit] == re.findall(pattern, every)
    assert [own & signs.UPPER > 0 for own in bits] == [sign.isupper() for sign in every]
    assert [own & signs.ALPHA > 0 for own in bits] == [sign.isalpha() for sign in every]


@EITHER
@given(TEXTS)
def test_texts_fold_together_as_they_fold_alone(library: Library | None, texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signs, "LIBRARY", library)
        patch.setattr(signs, "_FEW", 1)
        found = signs.fold_and_measure(texts)

    assert found == [(fold(text), signs.measure(fold(text))) for text in texts]


def test_the_table_lowers_every_sign_as_python_does_beside_others() -> None:
    table = signs.small_signs().tolist()

    for code, both in enumerate(table):
        lowered = chr(both & 0xFFFF) + (chr(both >> 16) if both >> 16 else "")
        found = unicodedata.normalize("NFKC", f"A{chr(code)}É").casefold()
        assert not both or found == f"a{lowered}é" or (lowered == " " and fold(found) == "a é")


def test_no_sign_of_the_table_joins_the_one_in_front_of_it() -> None:
    table = signs.small_signs().tolist()
    pairs = (unicodedata.decomposition(chr(code)).split() for code in range(sys.maxunicode + 1))
    joining = {int(pair[1], 16) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<")}

    assert not [
        code for code, both in enumerate(table) if both and (code in joining or unicodedata.combining(chr(code)))
    ]
    assert not any(table[0x1100:0x1200])  # Hangul is put together by rule


def test_every_code_point_has_the_small_letters_that_str_gives_it() -> None:
    told = signs.small_letters().tolist()

    for code in range(sys.maxunicode + 1):
        small = chr(code).casefold()
        assert small == chr(code) if code >= len(told) else told[code] == _packed(small)


def _packed(small: str) -> int:
    first, second, third = (*map(ord, small), *[0] * (3 - len(small)))
    return first | second << 21 | third << 42


def test_the_commonest_signs_of_prose_are_in_the_table() -> None:
    assert signs.small_signs()[[*map(ord, "aÄß“”’–—…éЖşπمह0\n\xa0")]].all()


@EITHER
@given(st.one_of(st.text(), st.text(alphabet="ab'’.-1 \n_東\u0e31\u0301")))
def test_words_are_counted_as_they_are_found(library: Library | None, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signs, "LIBRARY", library)
        assert signs.count_words(text) == len(words(text))


def test_a_lone_surrogate_is_a_sign_like_any_other() -> None:
    assert signs.fold_all(["a\ud800b", "c", "d", "e"]) == ["a b", "c", "d", "e"]


@given(st.one_of(st.text(), st.text(alphabet="aİı1_ ½²\u0301\u0e31\u200c\u0915\u093f")))
def test_folded_words_are_runs_of_letters_and_of_the_marks_inside_words(text: str) -> None:
    of_words = re.compile(rf"[^\W\d_]|[{MARKS}]")
    signs_of_words = "".join(sign if of_words.match(sign) else " " for sign in fold_word(text))

    assert signs.folded_words(text) == signs_of_words.split()
