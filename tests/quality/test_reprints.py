"""Scores of real reprints, on groups made up here."""

from __future__ import annotations

import pytest

from benchmarks.quality import reprints


def group(name: str, members: str, *, merge: bool | None) -> dict[str, object]:
    return {"id": name, "relation": name, "merge": merge, "members": [{"id": key} for key in members]}


GROUPS = [
    group("reprint", "abc", merge=True),
    group("look-alike", "de", merge=False),
    group("update", "fg", merge=None),
]


@pytest.mark.parametrize(
    ("found", "together", "together_pairs", "apart"),
    [("1112345", 1.0, 1.0, 1.0), ("1192345", 0.0, 1 / 3, 1.0), ("1112245", 1.0, 1.0, 0.0), ("1112344", 1.0, 1.0, 1.0)],
    ids=["as labelled", "one reprint lost", "look-alike merged", "update merged"],
)
def test_groups_and_pairs_are_counted(found: str, together: float, together_pairs: float, apart: float) -> None:
    figures = reprints.sheet(GROUPS, dict(zip("abcdefg", found, strict=True))).figures

    assert figures["reprints/merge groups together"].value == together
    assert figures["reprints/merge groups together, pairs"].value == pytest.approx(together_pairs)
    assert figures["reprints/never groups apart"].value == apart


def test_wrong_groups_are_listed_and_updates_never_are() -> None:
    sheet = reprints.sheet(GROUPS, dict(zip("abcdefg", "1192244", strict=True)))

    assert [row["group"] for row in sheet.errors] == ["reprint", "look-alike"]
