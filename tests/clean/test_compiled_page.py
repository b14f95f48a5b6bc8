"""Claims about pages handed to the compiled kernel: what it finds there is what the reference finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import compiled, headline_model
from pipeline.clean.compiled_page import CLASS_KINDS
from pipeline.clean.features import MARK_NUMBER
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

BODY = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year, said the mayor of the town."
)
TITLE = "Millers Bridge to close for a year"
LINES = (
    *(TITLE, f"{TITLE} | Harrow Post", f"World - {TITLE}", "Bridge to close for a year", TITLE.upper(), f"{TITLE}?"),
    *(BODY, BODY[:70], f"{BODY} {BODY}", "Мост закроют на год", "Совет города решил закрыть старый мост на год." * 3),
    *(
        "橋を一年間閉鎖",
        "12 34 56 cars",
        "• A list item here",
        "Who will pay...",
        "She said so.”",
        "Millers Bridge Is Closing After Its Arches Have Moved. Why You Shouldn’t Worry a Bit.",
        "MILLERS BRIDGE IS CLOSING AFTER ITS SEVEN OLD ARCHES HAVE MOVED BY A HAND, SAID THE MAYOR.",
        "Millers Bridge Is Closing After Its Arches Have Moved. Why nobody should worry a bit.",
        "12",
        "World",
        "",
        "",
        "",
    ),
)
MARKS = st.none() | st.sampled_from((LineClass.SECTION, LineClass.DATE, LineClass.READING_TIME, LineClass.COMMENT))


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=30), max_size=40), st.data())
def test_kernel_finds_the_candidates_of_the_reference(texts: list[str], data: st.DataObject) -> None:
    lines = read_lines(texts)
    kinds = [data.draw(MARKS) for _ in lines]
    marks = [None if kind is None else Mark(label=Label(line_class=kind, rule="a", evidence="")) for kind in kinds]

    found = headline_model.candidates(lines, marks)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(headline_model, "LIBRARY", None)
        assert found == headline_model.candidates(lines, marks)


def test_the_kernel_is_told_what_it_asks_of_a_class() -> None:
    told = {kind: int(CLASS_KINDS[MARK_NUMBER[kind]]) for kind in LineClass}

    assert told[LineClass.COMMENT] == 1 + 4
    assert told[LineClass.DATE] == 2
    assert told[LineClass.SECTION] == 16
    assert CLASS_KINDS[0] == told[LineClass.CAPTION] == 0


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
def test_the_kernel_counts_what_holds_of_a_candidate_as_the_reference_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(headline_model, "_candidates")

    assert [one.index for one in headline_model.candidates(read_lines([TITLE, BODY]), [None, None])] == [0]
