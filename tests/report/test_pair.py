"""Claims about two articles side by side: what they share is marked, and the conclusion says why they are one."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.errors import InputError
from pipeline.report.pair import PairExplanation, explain_pair, pair_to_dict, render_pair
from pipeline.run import run
from pipeline.settings import DedupSettings, Settings
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store

DAY = dt.date(2026, 3, 10)
STORY = """Weavers of Talm walk out

The weavers of the Talm mills walked out on Tuesday after their shifts had been cut for the third time this winter.

Mirko Vesel, who speaks for the weavers, said the mills had more orders than looms and no reason to cut any shift.

The owners of the mills said on Tuesday that they would meet Vesel and his people at the town hall on Thursday.
"""
OTHER = """Otters back in the Leith

Two otters were seen in the river Leith on Monday for the first time since the paper mill was built there in 1961.

Wardens have put cameras along the bank to learn whether the pair has young, and ask walkers to keep dogs on a lead.
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("pair")
    raw = folder / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text(STORY)
    (raw / "b.txt").write_text(STORY.replace("on Thursday.", "on Thursday, and that all looms would run until then."))
    (raw / "c.txt").write_text(OTHER)
    run([str(raw)], folder / "clean", Settings.load(workers=1), DAY)
    return Store.open(folder / "clean", create=False).snapshot()


def pair_of(snapshot: Snapshot, one: str, other: str) -> PairExplanation:
    rows = [row for table in ("articles", "duplicates") for batch in snapshot.read(table) for row in batch.to_pylist()]
    id_by_path = {Path(row["source_path"]).name: row["article_id"] for row in rows}
    return explain_pair(snapshot, id_by_path[one], id_by_path[other], DedupSettings())


def test_copies_are_one_and_their_shared_passages_marked(snapshot: Snapshot) -> None:
    pair = pair_of(snapshot, "a.txt", "b.txt")
    found = pair_to_dict(pair)

    assert (pair.is_one, pair.merges, found["relation"]) == (True, True, "near")
    assert [side.duplicate_of is None for side in pair.sides].count(True) == 1
    assert ["".join(piece for piece, _ in side.pieces) for side in pair.sides] == [
        side.article.text for side in pair.sides
    ]
    assert [piece.strip() for piece, is_shared in pair.sides[1].pieces if not is_shared] == [
        "and that all looms would run until then."
    ]


def test_other_story_is_told_apart(snapshot: Snapshot) -> None:
    pair = pair_of(snapshot, "a.txt", "c.txt")

    assert (pair.is_one, pair.merges) == (False, False)
    assert pair.conclusions()[0] == "the texts say: unrelated"
    assert pair.conclusions()[-1] == "in the tables: two clusters"


def test_terminal_shows_both_and_the_reasons(snapshot: Snapshot) -> None:
    console = Console(width=120, record=True, file=io.StringIO())
    pair = pair_of(snapshot, "a.txt", "b.txt")
    console.print(render_pair(pair))
    shown = console.export_text()

    assert all(side.article.article_id in shown for side in pair.sides)
    assert "in the tables: one cluster" in shown
    assert "containment 1.00 (asked: 0.6)" in shown


def test_unknown_article_is_named(snapshot: Snapshot) -> None:
    with pytest.raises(InputError, match="no article or duplicate 'nothing'"):
        explain_pair(snapshot, "nothing", "nothing", DedupSettings())


def test_terminal_keeps_the_paragraphs_of_both(snapshot: Snapshot) -> None:
    console = Console(file=io.StringIO(), width=200)
    with console.capture() as printed:
        console.print(render_pair(pair_of(snapshot, "a.txt", "b.txt")))

    assert "\u240a" not in printed.get()
    assert any(not line.strip() for line in printed.get().splitlines()[7:-5])
