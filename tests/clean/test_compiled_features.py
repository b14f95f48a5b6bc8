"""Claims about the compiled features: they are those of the reference, whatever the page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import compiled, compiled_features, headline_model
from pipeline.clean import features as reference
from pipeline.clean.compiled_page import CompiledPage
from pipeline.clean.features import Surroundings
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass
from pipeline.words.rulebook import Rulebook

STOPWORDS = {"the": 0b01, "of": 0b01, "to": 0b01, "die": 0b10, "for": 0b11, "a": 0b1001}
LEANS = {"subscribe": 3.0, "newsletter": 1.1, "said": -1.7, "for": 0.3, "mayor": -0.1, "閉鎖": 1.5}
BODY = "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year, said the mayor."
BITS = (
    *(
        "Home",
        "Nora Quill",
        "by Nora Quill",
        "12",
        "12 June 2026",
        "•  Read more",
        "Subscribe: the newsletter!",
        "...",
        "﴿",
    ),
    *(
        "https://harrow.example",
        "x@y",
        "WHO WILL PAY?",
        "ǅ",
        "ſt",
        "²",
        "© Harrow Post | 2026",
        "und so weiter",
        "$5. “No.” Yes.",
        "",
    ),
    *(
        "Millers Bridge closes",
        "市長は橋を一年間閉鎖すると発表した。",
        "橋を 12 ปี",
        "the old Millers Bridge for",
        "MORE: Oysters:",
        BODY,
        BODY[:60],
        f"{BODY} {BODY}",
        f"{BODY}:",
        "_ x",
    ),
)
CLASSES = (
    LineClass.DATE,
    LineClass.BYLINE,
    LineClass.COMMENT,
    LineClass.RELATED,
    LineClass.COPYRIGHT,
    LineClass.SECTION,
)
TEXTS = st.lists(st.sampled_from(BITS) | st.text(max_size=40) | st.lists(st.sampled_from(BITS)).map(" ".join))

needs_kernel = pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")


def mark_of(kind: LineClass | None, *, opens: bool) -> Mark | None:
    if kind is None:
        return None
    rule = Rulebook.load().rules[0] if opens else None
    return Mark(label=Label(line_class=kind, rule="a.rule", evidence=""), opens=rule)


@needs_kernel
@given(TEXTS, st.data())
def test_kernel_sees_what_the_reference_sees(texts: list[str], data: st.DataObject) -> None:
    lines = read_lines(texts)
    marks = [mark_of(data.draw(st.none() | st.sampled_from(CLASSES)), opens=data.draw(st.booleans())) for _ in lines]
    around = Surroundings(
        headline=data.draw(st.none() | st.integers(0, len(lines) - 1)) if lines else None,
        first_body=data.draw(st.integers(0, len(lines))),
    )
    if not lines:
        return

    found = compiled_features.features(lines, marks, around, STOPWORDS, LEANS)

    assert np.array_equal(found, reference.features(lines, marks, around, STOPWORDS, LEANS))


@needs_kernel
def test_a_page_that_was_asked_before_is_seen_alike() -> None:
    lines = read_lines([f"{bit} {BODY[:40]}" for bit in BITS])
    marks: list[Mark | None] = [None] * len(lines)
    page, other = CompiledPage(lines, marks), {"bridge": 2.0, "the": -1.0}
    headline_model.candidates(lines, marks, page)

    for headline, leans in ((2, LEANS), (None, LEANS), (2, other), (2, LEANS)):
        around = Surroundings(headline=headline, first_body=5)
        found = compiled_features.features(lines, marks, around, STOPWORDS, leans, page)

        assert np.array_equal(found, reference.features(lines, marks, around, STOPWORDS, leans))
    assert headline_model.candidates(lines, marks, page) == headline_model.candidates(lines, marks)


@needs_kernel
def test_a_page_of_a_thousand_lines_is_seen_alike() -> None:
    lines = read_lines([f"{BITS[i % len(BITS)]} {BITS[i * i % 17]}" for i in range(1_000)])
    marks = [mark_of(CLASSES[i % 6] if i % 7 == 0 else None, opens=i % 2 == 0) for i in range(len(lines))]
    around = Surroundings(headline=3, first_body=9)

    found = compiled_features.features(lines, marks, around, STOPWORDS, LEANS)

    assert np.array_equal(found, reference.features(lines, marks, around, STOPWORDS, LEANS))


@needs_kernel
def test_a_kernel_made_for_other_fields_is_left_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    lines, around = read_lines([BODY, "Home"]), Surroundings(headline=None, first_body=0)
    stopwords = {"of": 1}  # its own tables
    monkeypatch.setattr(compiled_features, "FIELDS", [*compiled_features.FIELDS, "a field of tomorrow"])

    found = compiled_features.features(lines, [None, None], around, stopwords, LEANS)

    assert np.array_equal(found, reference.features(lines, [None, None], around, stopwords, LEANS))


@needs_kernel
def test_the_kernel_counts_the_fields_and_flags_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(reference, "features")

    assert len(compiled_features.features(read_lines([BODY]), [None], Surroundings(headline=0, first_body=0), {}, {}))
