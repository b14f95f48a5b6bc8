"""Claims about text of browsers that number its links."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.clean import Cleaned
from pipeline.clean.lines import read_lines
from pipeline.clean.numbered import count_links, read_numbered
from pipeline.text import split_lines

LIST = [
    "References",
    "",
    "   Visible links:",
    "   1. https://velm.example/",
    "   2. file:///sport",
    "   3. javascript:void(0)",
]
STORY = """\
   [1]Home [2]Sport

Millers Bridge to close for a year of repairs

   By Ada Quill
   4 May 2026

   The council of [3]Harrow Mill voted on Monday to close the old Millers
   Bridge for a year of repairs to its arches, after engineers had told it
   that the eastern pier would not stand another winter of floods [12] like
   the last one, which took the ferry and a part of the old quay with it.

   Masons will begin with the eastern pier, said the head of the county
   works office, and work on all winter if the river lets them. Ferries
   will run twice an hour from the old mill to the quay below the church
   until the work is done, and nobody will have to pay for a crossing.

"""


@pytest.mark.parametrize(
    ("texts", "links"),
    [
        pytest.param(["The [1]quay.", *LIST], 3, id="a-list"),
        pytest.param(
            ["The [1]quay.", *LIST, "", "   Hidden links:", "   4. https://velm.example/4"], 4, id="two-lists"
        ),
        pytest.param(["The [1]quay.", *LIST[:-1]], 0, id="two-addresses"),
        pytest.param(["Three wishes:", "1. Bread.", "2. Peace.", "3. Land."], 0, id="no-addresses"),
        pytest.param([*LIST, "The end."], 0, id="in-mid-text"),
        pytest.param([], 0, id="empty"),
    ],
)
def test_a_list_of_addresses_at_the_end_counts_the_links(texts: list[str], links: int) -> None:
    assert count_links(texts) == links


def test_only_the_numbers_of_links_go() -> None:
    lines = read_numbered(read_lines(["The [1]quay and the [3]mill[2], see [4].", "[2]", "* [3]Sport"]), links=3)

    assert [line.bare for line in lines] == ["The quay and the mill, see [4].", "[2]", "Sport"]


def test_an_article_comes_out_without_numbers_and_addresses(clean: Callable[[str], Cleaned]) -> None:
    text = STORY + "\n".join(LIST)
    cleaned = clean(text)
    article = cleaned.articles[0]
    first, second = article.text.split("\n\n")

    assert article.headline == "Millers Bridge to close for a year of repairs"
    assert first.startswith("The council of Harrow Mill voted")
    assert first.endswith("floods [12] like the last one, which took the ferry and a part of the old quay with it.")
    assert second.endswith("nobody will have to pay for a crossing.")
    told = {*article.kept_lines, *(removal.line_no for removal in cleaned.removals)}
    assert told == {no for no, line in enumerate(split_lines(text), 1) if line.strip()}
