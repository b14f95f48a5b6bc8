from __future__ import annotations

import sys
import unicodedata

from pipeline.dedup.forms import Forms
from pipeline.dedup.normalise import may_combine


def form(forms: Forms, character: str) -> tuple[bytes, bytes]:
    place = int(forms.table[ord(character)]) & 0x7FFFFFFF
    size = int(forms.pool[place])
    entry = forms.pool[place + 1 : place + 1 + 2 * size].tobytes()
    return entry[:size], entry[size:]


def test_forms_are_entered_once_and_found() -> None:
    forms = Forms()
    forms.learn("É東É")

    assert form(forms, "É") == (b"E", b"e")
    assert form(forms, "東") == (" 東 ".encode(), " 東 ".encode())


def test_pool_grows_with_the_characters() -> None:
    forms = Forms()
    small = len(forms.pool)
    forms.learn(map(chr, range(0x4E00, 0x4E00 + 12_000)))

    assert len(forms.pool) > small
    assert form(forms, chr(0x4E00)) == (" 一 ".encode(), " 一 ".encode())


def test_what_may_combine_is_told() -> None:
    forms = Forms()
    forms.learn("e\u0301")

    assert [int(forms.table[ord(one)]) >> 31 for one in "e\u0301"] == [0, 1]


def test_every_later_part_of_a_composition_may_combine() -> None:
    seconds = set()
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(chr(int(parts[1], 16)))

    assert all(may_combine(one) for one in seconds)
    assert all(may_combine(chr(one)) for one in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)))
