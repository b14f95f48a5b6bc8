"""Claims about closed lists: every value has its meaning, and the documents show it."""

from __future__ import annotations

from pipeline.records import LineClass, Reason
from pipeline.store.values import CLASSES, REASONS, values_markdown


def test_every_reason_and_class_has_a_meaning_in_the_order_it_is_declared() -> None:
    assert list(REASONS) == list(Reason)
    assert list(CLASSES) == list(LineClass)
    assert all(meaning and not meaning.endswith(".") for meaning in (*REASONS.values(), *CLASSES.values()))


def test_kept_classes_say_so() -> None:
    assert [one for one, meaning in CLASSES.items() if meaning.endswith(": kept")] == [
        one for one in LineClass if one.kept
    ]


def test_tables_have_a_row_a_value() -> None:
    lines = values_markdown()

    assert "| timeout | over its CPU time or the wide net of wall time, twice, the second time alone |" in lines
    assert sum(line.startswith("| ") for line in lines) == len(Reason) + len(LineClass) + 2
