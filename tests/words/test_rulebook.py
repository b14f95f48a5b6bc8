"""Claims about the rules: their examples hold, and a wrong file is refused by name."""

import pytest

from pipeline.errors import RulebookError
from pipeline.text import fold
from pipeline.words.rulebook import Rulebook, build, failed_examples

GOOD = """
[[rule]]
id = "a.b"
class = "share"
scope = "line"
why = "because"
phrases = ["Share this"]
removes = ["SHARE THIS!"]
keeps = ["Share this cake with me"]
"""


def test_every_rule_takes_what_it_says_it_removes_and_leaves_what_it_says_it_keeps() -> None:
    assert [(rule.id, example, what) for rule, example, what in failed_examples(Rulebook.load())] == []


def test_a_phrase_matches_the_whole_line_by_its_words() -> None:
    book = build({"x.toml": GOOD})

    [hit] = book.match([("• Share this!", fold("Share this"), 2)])

    assert hit is not None
    assert hit.rule.id == "a.b"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("Share it", "a.b", id="first"),
        pytest.param("Share this cake with me and him", None, id="too-long-for-the-first"),
        pytest.param("Show this cake to me and him", "c.d", id="second"),
    ],
)
def test_the_first_pattern_that_holds_decides_even_that_a_line_is_too_long(text: str, rule: str | None) -> None:
    first = GOOD.replace('phrases = ["Share this"]', "patterns = ['^Sha']\nmax_words = 3")
    second = first.replace("a.b", "c.d").replace("'^Sha'", "'^Sh'").replace("max_words = 3", "max_words = 9")

    [hit] = build({"x.toml": first + second}).match([(text, fold(text), len(text.split()))])

    assert (hit.rule.id if hit else None) == rule


def test_a_failing_example_is_reported() -> None:
    book = build({"x.toml": GOOD.replace('["Share this cake with me"]', '["share this"]')})

    assert [(rule.id, example) for rule, example, _ in failed_examples(book)] == [("a.b", "share this")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param('class = "share"', 'class = "shares"', "'shares'", id="unknown-class"),
        pytest.param('scope = "line"', 'scope = "page"', "'page'", id="unknown-scope"),
        pytest.param('why = "because"', "", "'why'", id="no-reason"),
        pytest.param('removes = ["SHARE THIS!"]', "removes = []", "'removes'", id="no-example"),
        pytest.param('phrases = ["Share this"]', "phrase = []", "'phrase'", id="unknown-key"),
        pytest.param('phrases = ["Share this"]', 'patterns = ["("]', "does not compile", id="bad-pattern"),
        pytest.param("[[rule]]", "[[rule]", "no TOML", id="no-toml"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_name_of_its_file(old: str, new: str, message: str) -> None:
    with pytest.raises(RulebookError, match=message) as caught:
        build({"mine.toml": GOOD.replace(old, new)})

    assert caught.value.facts["file"] == "mine.toml"


def test_an_id_may_not_come_twice() -> None:
    with pytest.raises(RulebookError, match="twice"):
        build({"a.toml": GOOD, "b.toml": GOOD})


def test_the_digest_follows_the_text_of_the_rules() -> None:
    assert build({"a.toml": GOOD}).digest != build({"a.toml": GOOD.replace("because", "as")}).digest
