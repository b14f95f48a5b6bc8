"""Claims about the scores of glued pages: what counts as found, as false, as all right."""

from __future__ import annotations

from benchmarks.glue import SAME, SEVERAL, SINGLE, MadePage
from benchmarks.quality.glued import CutPage, Found, sheet
from benchmarks.quality.held_out import FOLDS, held_out_breaks, read_folds
from pipeline.clean.model import read_model
from tests.clean.test_segment import BRIDGE, DATED


def page(kind: str = SAME, site: str = "a.example", stories: int = 2) -> MadePage:
    texts, zones, starts = [], [], []
    for story in (BRIDGE, DATED)[:stories]:
        starts.append(len(texts))
        texts += [*story, "© 2026", "", ""]
        paragraphs = [i for i in range(starts[-1], len(texts)) if len(texts[i]) > 60]
        zones.append((paragraphs[0], paragraphs[-1]))
    return MadePage(
        key=f"raw:{site}:{kind}",
        kind=kind,
        form="raw",
        sites=(site,),
        texts=tuple(texts),
        zones=tuple(zones),
        spans=tuple(zones),
        starts=tuple(starts),
        headlines=tuple(starts),
    )


def test_a_cut_between_two_texts_finds_their_joint() -> None:
    start = page().starts[1]

    assert Found(page(), (start,)).counts == (1, 0, 0, 1, 1, 1, True, False, 1)
    assert Found(page(), (start + 1,)).counts[3:6] == (1, 0, 1)  # the headline is lost to the story above


def test_a_second_cut_at_a_joint_and_one_inside_a_text_are_false() -> None:
    made = page()
    found = Found(made, (made.zones[0][0] + 1, made.starts[1], made.zones[1][0]))

    assert found.counts[:3] == (1, 2, 0)
    assert not found.counts[6]


def test_a_joint_without_a_cut_is_missed() -> None:
    assert Found(page(), ()).counts[:3] == (0, 0, 1)


def test_kinds_are_scored_apart_and_single_pages_by_being_left_whole() -> None:
    found = [
        Found(page(), (page().starts[1],)),
        Found(page(SEVERAL), ()),
        Found(page(SINGLE, stories=1), ()),
        Found(page(SINGLE, "b.example", stories=1), (5,)),
    ]
    made = sheet(found)

    assert made.figures["glued/one site/joint R"].value == 1
    assert made.figures["glued/several sites/joint R"].value == 0
    assert made.figures["glued/single/left whole"].value == 0.5
    assert {"glued/one site/joint P", "glued/single, raw/left whole"} <= made.pinned
    assert [set(row) - {"page", "sites"} for row in made.errors] == [{"missed joint"}, {"false cut", "line"}]


def test_every_fold_has_a_splitter_that_cuts() -> None:
    splitters = read_folds("split")
    models = {fold: read_model(text) for fold, text in read_folds("line").items()}

    assert splitters.keys() == set(range(FOLDS))
    assert CutPage(models, splitters, held_out_breaks())(page()).cuts == (page().starts[1],)
