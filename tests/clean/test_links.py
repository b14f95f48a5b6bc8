"""Claims about lists of links in mid-text."""

from __future__ import annotations

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.links import label_linked, label_links, label_rows
from pipeline.clean.markdown import read_markdown
from pipeline.clean.marks import Label
from pipeline.records import LineClass

BODY = "The council voted on Monday to close the old Millers Bridge for a year, the mayor of the town said."
LINKS = ["• How the masons of Fenwick work", "• Can the county pay for it?"]


def rules(texts: list[str], rule: str = "model", out: tuple[int, ...] = ()) -> list[str]:
    """Return the rules of lines that ``rule`` keeps but for those with an index in ``out``, after links were told."""
    labels = [
        Label(line_class=LineClass.WIDGET if i in out else LineClass.BODY, rule=rule, evidence="")
        for i in range(len(texts))
    ]
    label_links(read_lines(texts), labels, rule="model")
    return [label.rule for label in labels]


def test_titles_that_nothing_announces_are_links() -> None:
    assert rules([BODY, *LINKS, BODY]) == ["model", "related.list", "related.list", "model"]
    assert rules([BODY, *LINKS, "Who will pay"]) == ["model", "related.list", "related.list", "model"]


def test_a_title_alone_is_a_link_where_the_page_has_a_list_of_them() -> None:
    found = rules([BODY, *LINKS, BODY, "• The inside story of the third arch", BODY])

    assert found[4] == "related.list"


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([f"{BODY[:-1]}:", *LINKS, BODY], id="announced"),
        pytest.param([BODY, LINKS[0], BODY], id="one"),
        pytest.param([BODY, *[LINKS[0]] * 5, BODY], id="many"),
        pytest.param([BODY, LINKS[0], "• It will take a year, the masons said.", BODY], id="a-sentence"),
        pytest.param([BODY, LINKS[0], "• Nine million crowns", BODY], id="a-few-words"),
        pytest.param([BODY, LINKS[0], "• and a third of the county's money,", BODY], id="goes-on"),
        pytest.param([BODY, "1. How the masons of Fenwick work", "2. Can the county pay for it?", BODY], id="numbers"),
        pytest.param([BODY, *LINKS], id="below-the-text"),
        pytest.param([*LINKS, BODY], id="above-the-text"),
    ],
)
def test_what_may_be_the_story_stays(texts: list[str]) -> None:
    assert set(rules(texts)) == {"model"}


def test_what_a_rule_keeps_or_stands_beside_what_is_out_stays() -> None:
    assert set(rules([BODY, *LINKS, BODY], rule="title.number")) == {"title.number"}
    assert set(rules([BODY, *LINKS, BODY], out=(3,))) == {"model"}


def test_a_line_of_the_text_is_not_a_link_alone() -> None:
    texts = [
        "[How the masons of Fenwick work](/masons)",
        "[So it is](/so)",
        "* [Get it at the shop](/shop)",
        "He [saw](/s).",
    ]
    labels = [Label(line_class=LineClass.BODY, rule="model", evidence="") for _ in texts]
    label_linked(read_markdown(read_lines(texts)), labels, rule="model")

    assert [label.rule for label in labels] == ["related.link", "model", "model", "model"]


ROWS = ["How the masons of Fenwick work", "Millers Bridge: can the county pay for it?", "Whose river it is now"]


def rows(texts: list[str]) -> list[str]:
    """Return the rules of the non-blank lines, all kept by the model before."""
    lines = read_lines(texts)
    labels = [Label(line_class=LineClass.BODY, rule="model", evidence="") for _ in lines]
    label_rows(lines, labels, rule="model")
    return [label.rule for label in labels]


def test_titles_in_a_row_between_paragraphs_are_links_but_for_a_sub_heading() -> None:
    row = [title for title in ROWS if not title.endswith("?")]

    assert rows([BODY, "", *row, "", "More"]) == ["model", "related.list", "related.list", "model"]
    assert rows([BODY, "", *row, "", BODY]) == ["model", "related.list", "model", "model"]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([BODY, "", ROWS[0], "", BODY], id="one"),
        pytest.param([BODY, ROWS[0], ROWS[2], "", "More"], id="no-gap-above"),
        pytest.param([BODY, "", ROWS[0], ROWS[2], "More", BODY], id="no-gap-below"),
        pytest.param([f"{BODY[:-1]}:", "", ROWS[0], ROWS[2], "", "More"], id="announced"),
        pytest.param([BODY, "", "Two eggs", "Corn flour", "", "More"], id="short"),
        pytest.param([BODY, "", f"• {ROWS[0]}", f"• {ROWS[2]}", "", "More"], id="bullets"),
    ],
)
def test_other_rows_stay(texts: list[str]) -> None:
    assert set(rows(texts)) == {"model"}
