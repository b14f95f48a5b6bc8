"""Claims about the compiled rendering: it is that of the reference, whatever the page."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.clean import compiled, compiled_render
from pipeline.clean import render as reference
from pipeline.clean.compiled_render import render
from pipeline.clean.render import BIT, parse
from pipeline.limits import Limits

LIMITS = Limits()
TAGS = st.sampled_from(
    ["p", "div", "b", "a", "li", "h2", "span", "i", "td", "tr", "table", "br", "pre", "script", "nav", "fb:like"]
)
VALUES = st.sampled_from(
    [
        "",
        "br",
        "x br",
        "brr",
        "main",
        "text",
        "true",
        "DISPLAY : none",
        "visibility:visible",
        "visibility:\fHidden",
        "é ü",
    ]
)
KEYS = st.sampled_from(["class", "id", "role", "itemprop", "hidden", "aria-hidden", "style", "title"])
STARTS = st.builds(
    lambda tag, own: f"<{tag} {own}>",
    TAGS,
    st.lists(st.builds('{}="{}"'.format, KEYS, VALUES), max_size=3).map(" ".join),
)
TEXTS = st.sampled_from(
    [
        "One",
        " ",
        "two \n",
        "\n",
        "\u00a0",
        "\u200b",
        "a \u200b b",
        "e\u0301",
        "\u0915\u093c",
        "&amp;",
        "&#x85;",
        "&#31;",
        "\U0001f600",
        "\xad",
    ]
)
PAGES = st.lists(STARTS | TAGS.map("</{}>".format) | TEXTS | st.text(max_size=5), max_size=40).map("".join)

needs_kernel = pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")


@needs_kernel
@given(html=PAGES)
def test_kernel_renders_what_the_reference_does(html: str) -> None:
    assert render(parse(html, LIMITS), LIMITS) == reference.render(html, LIMITS)


@needs_kernel
@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<table><tr><td>A <a>b<b>c</b></a><td> <td>D\u200b<i>e</i></tr></table>", id="a data row"),
        pytest.param("<table><tr><td>e\u0301<td>x</tr></table><p>e\u0301", id="a data row that is composed"),
        pytest.param("<a href=x><table><tr><td>A<td>B</table></a>", id="a data row in a link"),
        pytest.param("<table><tr><td><script>x</script><td></table>Behind", id="a row without text"),
        pytest.param("<p>One<span class='x br'><script></script></span>Two", id="a break with a script in it"),
        pytest.param("<p>One<span class='x br'> </span>Two", id="a break with a blank in it"),
        pytest.param("<pre>One <b>two\n\n three</b>\n</pre>", id="preformatted"),
        pytest.param("<p><a></a><p><a>One</a> <b>two <a>three</a></b>", id="links without text"),
        pytest.param("<p style='x:y;DISPLAY :\tNone'>A<p style='display:block'>B<p style=display>C", id="styles"),
        pytest.param("", id="nothing"),
    ],
)
def test_kernel_renders_what_stands_in_each_element(html: str) -> None:
    assert render(parse(html, LIMITS), LIMITS) == reference.render(html, LIMITS)


@needs_kernel
def test_kernel_reads_a_tree_and_leaves_it_as_it_is() -> None:
    tree = parse("<nav class=top id=menu><script>x</script><p>Home</p></nav>", LIMITS)
    before = etree.tostring(tree)

    with patch.object(reference, "render", side_effect=AssertionError):
        found = render(tree, LIMITS)

    assert (found.lines, found.blocks.names[2], found.is_inside(0, "nav")) == (("Home",), "top menu", True)
    assert found.blocks.inside[-1] == BIT["nav"]
    assert etree.tostring(tree) == before


def test_tree_with_other_nodes_is_read_by_the_reference() -> None:
    trees = [parse("<p>One</p><p>Two</p>", LIMITS) for _ in range(2)]
    for tree in trees:
        tree[0].insert(1, etree.Comment("between"))

    assert render(trees[0], LIMITS) == reference.render(trees[1], LIMITS)


def test_without_a_kernel_the_reference_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_render, "LIBRARY", None)

    assert render(parse("<p>One", LIMITS), LIMITS).lines == ("One",)
