from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.letters import common_letters, match_letters
from pipeline.dedup.profile import profile


def longest_common(a: bytes, b: bytes) -> int:
    row = [0] * (len(b) + 1)
    for one in a:
        before = row[:]
        for at, other in enumerate(b):
            row[at + 1] = before[at] + 1 if one == other else max(before[at + 1], row[at])
    return row[-1]


@given(a=st.text("abc", max_size=40).map(str.encode), b=st.text("abc", max_size=40).map(str.encode))
def test_common_letters_are_a_longest_common_subsequence(a: bytes, b: bytes) -> None:
    met = bytes(byte for byte, is_met in zip(a, common_letters(a, b), strict=True) if is_met)
    rest = iter(b)

    assert len(met) == longest_common(a, b)
    assert all(byte in rest for byte in met)


def test_scan_errors_leave_most_letters(make_story: Callable[..., str]) -> None:
    text = make_story(1)
    found = match_letters(profile(text.replace("th", "tb").replace("m", "rn"), 3), profile(text, 3))

    assert found.similarity > 0.9
    assert found.foreign < 0.05


def test_other_story_has_foreign_words(make_story: Callable[..., str]) -> None:
    found = match_letters(profile(make_story(1), 3), profile(make_story(2), 3))

    assert found.foreign > 0.1
