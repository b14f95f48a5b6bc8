from __future__ import annotations

from collections.abc import Callable

from pipeline.dedup.reasons import reasons
from pipeline.records import Relation
from pipeline.settings import DedupSettings


def test_shared_words_are_marked_in_both(make_story: Callable[..., str]) -> None:
    text = make_story(1)
    found = reasons("Varne Agency report. " + text, text + " Ends here today.", DedupSettings())

    assert found.verdict.relation is Relation.NEAR
    assert [mask.tolist().count(False) for mask in found.shared] == [3, 3]
    assert not found.shared[0][:3].any()
    assert not found.shared[1][-3:].any()


def test_measures_are_told_with_what_was_asked(make_story: Callable[..., str]) -> None:
    text = make_story(1)
    found = reasons(text, text, DedupSettings())

    assert "containment 1.00 (asked: 0.6)" in found.measured
    assert not any("letter by letter" in line for line in found.measured)


def test_letters_are_told_where_words_do_not_do(make_story: Callable[..., str]) -> None:
    found = reasons(make_story(1), make_story(2), DedupSettings())

    assert found.verdict.relation is None
    assert any("letter by letter" in line for line in found.measured)


def test_texts_without_words_can_be_asked_about() -> None:
    found = reasons("", "—", DedupSettings())

    assert found.verdict.relation is None
    assert [len(mask) for mask in found.shared] == [0, 0]
