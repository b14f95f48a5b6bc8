"""What encloses a line, what its elements are named, and what signs it holds, as flags with names."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.clean.html_features import Told, see
from pipeline.clean.html_fields import FLAGS
from pipeline.clean.html_flags import said_inside, text_flags
from pipeline.clean.lines import read_lines
from pipeline.clean.render import render
from pipeline.limits import Limits

BODY = "<p>The ferry to the outer islands will not sail before Thursday, the harbour office said on Monday.</p>" * 3


def flags_of(html: str, line: str) -> set[str]:
    rendered = render(html, Limits())
    table = see(rendered, read_lines(rendered.lines), Told()).flags
    return {name for name, holds in zip(FLAGS, table[rendered.lines.index(line)], strict=True) if holds}


def test_tells_what_encloses_a_line_and_not_the_story() -> None:
    html = f"<main><article>{BODY}<aside><p>Sign up.</p></aside></article></main>"

    found = flags_of(html, "Sign up.")

    assert {"inside main", "inside article", "inside aside", "inside aside, the text is not"} <= found
    assert "inside article, the text is not" not in found


def test_tells_the_kinds_of_names_by_where_they_stand() -> None:
    html = f"<div class=story>{BODY}<div class=newsletter><div class=x><p class=caption>Sign up.</p></div></div></div>"

    found = flags_of(html, "Sign up.")

    assert {"named caption itself", "named newsletter two up", "named newsletter below the text's block"} <= found
    assert {"named article anywhere"} <= found
    assert "named article below the text's block" not in found


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("and so on", "starts in lower case"),
        ("ALL OF IT", "in capitals"),
        ("Who was it?", "ends in a question mark"),
        ("They said:", "ends in a colon"),
        ("Read on…", "ends cut short"),
        ("(left)", "ends in a bracket"),
        ("“Never again", "opens with a quote"),
        ("12 boats", "opens with a figure"),
        ("Sport | Rowing", "holds a bar"),
        ("© The Mill", "holds ©"),
        ("Write to a@mill.example", "holds an address"),
        ("More »", "holds an arrow"),
        ("Harbour: closed", "an early colon"),
        ("Ada Quill", "each word capitalised"),
        ("In March 2026", "holds a year"),
        ("At 10:45 sharp", "holds a time"),
        ("It rained. It poured.", "a stop inside"),
    ],
)
def test_tells_the_signs_of_a_line(text: str, flag: str) -> None:
    names = FLAGS[FLAGS.index("starts in lower case") :]
    table = text_flags(read_lines([text, "Plain words"]))

    assert flag in {name for name, holds in zip(names, table[0], strict=False) if holds}
    assert flag not in {name for name, holds in zip(names, table[1], strict=False) if holds}


def test_a_pulled_quote_stands_in_a_paragraph_above_or_below() -> None:
    quote, paragraph = (
        "We had no warning at all",
        "We had no warning at all, she said, and the pier was closed by noon.",
    )
    lines = read_lines([quote, paragraph, quote, "Nobody said this here"])

    found = said_inside(lines, [line.folded.split() for line in lines], np.array([False, True, False, False]))

    assert found.tolist() == [[False, True], [False, False], [True, False], [False, False]]
