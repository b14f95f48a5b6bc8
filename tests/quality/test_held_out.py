"""Claims about held-out scoring: a page meets only the models that have not seen its site."""

from __future__ import annotations

import datetime as dt
import lzma
from pathlib import Path

from benchmarks.quality.held_out import FOLDS, FOLDS_FILE, HeldOutCleaner, fold_of, read_folds, write_folds
from benchmarks.quality.predict import page_dump
from pipeline.clean.break_model import read_break_model
from pipeline.clean.html_model import read_html_model
from pipeline.clean.model import CLASSES, read_model
from pipeline.clean.splitter import read_splitter

BODY = "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches."
NAMES = [f"harrow-{number}-herald.example" for number in range(99)]
SITES = {fold: next(name for name in NAMES if fold_of(name) == fold) for fold in range(FOLDS)}


def weights(body: int) -> str:
    """Return a line model whose only opinion is how likely a page begins with text."""
    zeros = [0] * len(CLASSES)
    steps = [[zeros] * len(CLASSES)] * 2
    names = str([kind.value for kind in CLASSES]).replace("'", '"')
    return (
        f'{{"classes": {names}, "features": {{}}, "moves": {steps}, "begins": {[body, *zeros[1:]]}, '
        '"unsure_rules": [], "words": {}, "headline": {}}'
    )


def test_sites_under_other_top_domains_stay_together() -> None:
    assert fold_of("longername.de") == fold_of("longername.co.uk")
    assert {fold_of(f"longername{n}.de") for n in range(60)} == set(range(FOLDS))


def test_the_folds_that_come_along_can_be_read() -> None:
    readers = {"line": read_model, "split": read_splitter, "html": read_html_model, "break": read_break_model}

    for kind, read in readers.items():
        folds = read_folds(kind)
        assert set(folds) == set(range(FOLDS))
        assert all(read(text) for text in folds.values())


def test_folds_of_one_kind_leave_those_of_another(tmp_path: Path) -> None:
    path = tmp_path / "folds.xz"
    write_folds("line", {0: "a", 1: "b"}, path)
    write_folds("split", {0: "c"}, path)
    write_folds("line", {0: "d"}, path)

    assert (read_folds("line", path), read_folds("split", path)) == ({0: "d"}, {0: "c"})


def test_the_same_folds_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        for kind in ("split", "line") if name == "one" else ("line", "split"):
            write_folds(kind, {1: "b", 0: "a"}, tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert lzma.decompress((tmp_path / "one").read_bytes())


def test_each_page_meets_the_model_made_without_its_site(tmp_path: Path) -> None:
    path = tmp_path / "folds.xz"
    for kind in ("split", "html", "break"):
        write_folds(kind, read_folds(kind, FOLDS_FILE), path)
    write_folds("line", {fold: weights(900 if fold == 0 else -900) for fold in range(FOLDS)}, path)
    pages = {f"page{fold}": site for fold, site in SITES.items()}
    cleaner = HeldOutCleaner(pages, path)

    found = [cleaner.clean(page_dump(key, f"{BODY} {BODY}"), dt.date(2026, 3, 10)).articles for key in pages]

    assert [bool(articles) and articles[0].confidence > 0.9 for articles in found] == [True] + [False] * (FOLDS - 1)
