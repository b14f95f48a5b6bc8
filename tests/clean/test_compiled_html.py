"""Claims about what the compiled kernel sees of a page of markup: it is what the reference sees, whatever the page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import compiled, compiled_html
from pipeline.clean.compiled_html import features
from pipeline.clean.html_features import Told, see, value_places
from pipeline.clean.html_voices import Leans
from pipeline.clean.lines import Line, read_lines
from pipeline.clean.render import Rendered, render
from pipeline.limits import Limits

BODY = "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year, said the mayor."
LEANS = Leans(
    words={"subscribe": 3.0, "newsletter": 1.1, "said": -1.7, "the": -0.3, "mayor": -0.1, "閉鎖": 1.5, "day": 0.15},
    own={"story": -2.0, "body": -1.5, "teaser": 2.5, "box": 0.5, "x": 0.0},
    around={"box": 1.0, "story": -0.3, "related": 2.1},
    path={"box": 0.1, "teaser": 0.2, "related": 3.7, "list": -0.7},
)
LINES = st.sampled_from(
    [
        *(
            BODY,
            BODY[:60],
            f"{BODY} {BODY}",
            f"{BODY}:",
            "Millers Bridge closes",
            "by Nora Quill",
            "12",
            "12:30",
            "in 2026",
        ),
        *(
            "٢٠٢٦ 19٩٩",
            "1999x 2026",
            "_2026",
            "x2026",
            "12.30h45",
            "• Read more",
            "Subscribe: the newsletter!",
            "And so…",
        ),
        *(
            "read on...",
            "WHO WILL PAY?",
            "ǅ",
            "ǅ Ab",
            "ſt",
            "²",
            "© Harrow Post | 2026",
            "橋を。閉鎖",
            "(Reuters)",
            "[left]",
        ),
        *(
            "“No.” Yes.",
            "- what?",
            "—",
            "see www.harrow.example",
            "x@y",
            "a http b",
            "a.com",
            "Home > News » Town",
            "A Bc D",
        ),
        *(
            "12 Ab 3c",
            ":late",
            "a:b",
            "a/b",
            "Why? no",
            "no！",
            "_ x",
            "a " * 40,
            "the mayor said day by day the newsletter",
        ),
    ]
) | st.text(min_size=1, max_size=20)
PIECES = st.sampled_from(["the ferry sails", "on Monday", "the harbour office said", "aa", "aaaa", "橋を", "x"])
RUNS = st.lists(PIECES, min_size=4, max_size=14).map(" ".join).map("{}.".format)
NAMES = st.sampled_from(
    [
        *(
            "",
            "story",
            "storyBody text-md",
            "teaser BOX",
            "newsLetter",
            "commentList",
            "ABc",
            "xBoxStory story",
            "related-list",
        ),
        *("Aa" * 200, "é box", "article body", "share_tools", "a" * 310, "A1B2"),
    ]
)
TAGS = st.sampled_from(["p", "div", "li", "ul", "h1", "h2", "aside", "nav", "figcaption", "section", "td", "article"])
BLOCKS = st.builds(
    lambda tag, name, own_id, inner: f"<{tag} class='{name}' id='{own_id}'>{inner}",
    TAGS,
    NAMES,
    NAMES,
    LINES | RUNS | LINES.map("<a>{}</a>".format) | LINES.map("<b>{}</b> x".format) | st.just(""),
)
PAGES = st.lists(BLOCKS | TAGS.map("</{}>".format), min_size=1, max_size=40).map("".join)
TOLD = st.builds(
    Told,
    headline=st.none() | st.just("millers bridge closes"),
    descriptions=st.just(("the council of harrow mill voted on monday",)),
    story=st.none() | st.just("the council of harrow mill voted on monday to close the old millers bridge for a year"),
)

needs_kernel = pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")


def page(html: str, without: int = 0) -> tuple[Rendered, list[Line]]:
    rendered = render(html, Limits())
    return rendered, read_lines(
        ["" if without and no % without == 1 else text for no, text in enumerate(rendered.lines)]
    )


@needs_kernel
@given(html=PAGES, told=TOLD, without=st.integers(0, 3))
def test_kernel_sees_what_the_reference_sees(html: str, told: Told, without: int) -> None:
    rendered, lines = page(html, without)
    if not lines:
        return
    seen = see(rendered, lines, told)

    found = features(rendered, lines, told, LEANS)

    assert np.array_equal(found.fields, value_places(seen, LEANS))
    assert np.array_equal(found.flags, seen.flags)
    assert np.array_equal(found.gaps, seen.gaps)


def test_without_a_kernel_the_reference_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered, lines = page(f"<div class=story><p>{BODY}</p><p>{BODY}</p></div><p>by Nora Quill")
    compiled_one = features(rendered, lines, Told(), LEANS)

    monkeypatch.setattr(compiled_html, "LIBRARY", None)

    assert np.array_equal(features(rendered, lines, Told(), LEANS).fields, compiled_one.fields)


@needs_kernel
def test_kernel_made_for_other_flags_is_left_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered, lines = page(f"<p>{BODY}")
    monkeypatch.setattr(compiled_html, "FLAGS", (*compiled_html.FLAGS, "one more"))

    assert compiled.LIBRARY is not None
    assert (
        compiled_html._features(compiled.LIBRARY, rendered, lines, Told(), Leans(words={}, own={}, around={}, path={}))
        is None
    )
