"""Claims about tables that a page is about."""

from __future__ import annotations

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.clean.tables import has_table, keep_tables
from pipeline.records import LineClass

BODY = "The council voted on Monday to close the old Millers Bridge for a year, the mayor of the town said."
TABLE = [f"{place}\t Harrow Rowing Club\t {60 - place}\t {place % 4}" for place in range(1, 10)]
MOST_READ = [f"{place}. Mayor resigns after {place * 3} years" for place in range(1, 11)]


def kept(texts: list[str], head: str = "model") -> list[int]:
    """Return the indices of the lines that are text; ``head`` is the rule of the second, the model drops those below."""
    lines = read_lines(texts)
    labels = [Label(line_class=LineClass.RECOMMENDED, rule="model", evidence="") for _ in lines]
    labels[0] = Label(line_class=LineClass.BODY, rule="model", evidence="")
    labels[1] = Label(line_class=LineClass.RECOMMENDED, rule=head, evidence="")
    keep_tables(lines, labels, rule="model")
    return [i for i, label in enumerate(labels) if label.line_class.kept]


def test_the_rows_of_a_table_beside_little_text_are_text() -> None:
    assert kept([BODY, "The standings", *TABLE, "Share"]) == [0, *range(2, 11)]


def test_a_table_may_have_a_line_for_each_cell() -> None:
    cells = [cell.strip() for row in TABLE for cell in row.split("\t")]

    assert kept([BODY, "The standings", *cells, "Share"]) == [0, *range(2, 38)]


@pytest.mark.parametrize(
    ("texts", "head"),
    [
        pytest.param([" ".join([BODY] * 12), "The standings", *TABLE], "model", id="beside-a-long-text"),
        pytest.param([BODY, "Most read", *MOST_READ], "recommended.marker", id="announced-as-other-stories"),
        pytest.param(
            [BODY, "More", *[f"{row}. Mill burns in Ashby" for row in range(1, 20)]], "model", id="no-figures"
        ),
        pytest.param(
            [BODY, "More", *[text for row in range(1, 10) for text in (str(row), "Sport", "Mill burns in Ashby")]],
            "model",
            id="numbers-on-lines-of-their-own",
        ),
        pytest.param([BODY, "The standings", *TABLE[1:]], "model", id="not-from-one"),
    ],
)
def test_other_rows_stay_out(texts: list[str], head: str) -> None:
    assert kept(texts, head) == [0]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        pytest.param(TABLE, True, id="a-table"),
        pytest.param(TABLE[:7], False, id="short"),
        pytest.param([f"{row}. Mill burns in Ashby" for row in range(1, 20)], False, id="no-figures"),
        pytest.param([row for row in TABLE for _ in range(2)], False, id="not-counting"),
    ],
)
def test_a_table_counts_on_and_has_figures(texts: list[str], says: bool) -> None:
    label = Label(line_class=LineClass.BODY, rule="model", evidence="")

    assert has_table(read_lines(texts), [label] * len(texts)) is says
