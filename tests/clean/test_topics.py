"""Claims about what texts have in common."""

from __future__ import annotations

import pytest

from pipeline.clean.lines import Line, read_lines
from pipeline.clean.topics import Topics, Vocabulary

BRIDGE = [
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches.",
    "Engineers told the council that two arches of the bridge at Harrow Mill had moved by a hand's breadth since spring.",
    "The repairs to the arches of Millers Bridge will cost nine million crowns, the council of Harrow Mill said.",
]
OYSTERS = [
    "Thieves have taken forty thousand oysters from the Saltmarsh beds in a single night, growers at Gull Point said.",
    "The growers of Gull Point found the empty racks at low water, with tracks of a boat beside the Saltmarsh beds.",
    "Oyster prices have doubled, and the growers at Saltmarsh say that the thieves know what oysters are worth.",
]
STOPWORDS = dict.fromkeys(("the", "that", "have", "from", "with", "said", "they", "what"), 1)
VOCABULARY = Vocabulary(STOPWORDS)


def topics(texts: list[str], head: list[str] | None = None) -> Topics:
    return Topics(read_lines(texts), VOCABULARY, read_lines(head or []))


def signs_of(found: Topics, k: int) -> dict[str, float]:
    return dict(found.shared_signs(k)) | dict(found.subject_signs(k)) | dict(found.other_signs(k))


def line(text: str) -> Line:
    return read_lines([text])[0]


def test_parts_of_one_story_share_words_and_names() -> None:
    words, names = topics(BRIDGE).shared(0)

    assert words > 0.3
    assert names > 0.3


def test_two_stories_share_hardly_anything() -> None:
    found = topics(BRIDGE + OYSTERS)
    signs = signs_of(found, 2)

    assert found.differ(2)
    assert not found.differ(0)
    assert signs["words shared"] < 0.1
    assert signs["names shared"] == 0
    assert signs["what the text above is about goes on"] == 0
    assert signs["what the text below is about was said"] == 0
    assert signs["fewer words shared than elsewhere"] > 0.1


def test_a_short_text_says_less_than_a_long_one() -> None:
    short = signs_of(topics([BRIDGE[0], OYSTERS[0]]), 0)
    long = signs_of(topics(BRIDGE + OYSTERS), 2)

    assert 0 < short["hardly any of many words shared"] < long["hardly any of many words shared"]


def test_the_words_of_the_page_s_opening_are_looked_for_farther_below() -> None:
    texts = [*BRIDGE, BRIDGE[0], *OYSTERS]
    head = ["Oyster thieves return to the Saltmarsh beds"]

    assert signs_of(topics(texts, head), 3)["the page's opening words go on"] > 0
    assert signs_of(topics(texts), 3)["the page's opening words go on"] == 0


def test_endings_of_a_word_make_no_difference() -> None:
    assert VOCABULARY.words(line("Repairing bridges")) == VOCABULARY.words(line("repaired, bridged"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("They said that the bridge", {"bridge"}, id="no-stopwords"),
        pytest.param("桥将关闭", {"桥将", "将关", "关闭"}, id="pairs-of-characters-where-no-spaces-are"),
    ],
)
def test_words_are_those_that_tell_stories_apart(text: str, words: set[str]) -> None:
    assert VOCABULARY.words(line(text)) == words


def test_a_text_in_another_language_shares_no_small_words() -> None:
    danish = [
        "Rådet i byen har på et møde i går vedtaget at lukke den gamle bro i et år, og det er der en god grund til."
    ]
    apart = signs_of(topics([BRIDGE[0], *danish]), 0)["small words shared"]

    assert apart < signs_of(topics(BRIDGE), 0)["small words shared"] / 2
