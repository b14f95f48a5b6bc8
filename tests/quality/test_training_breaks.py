"""Claims about making the model of line ends: markup tells them, the same pages give the same file, and it learns them."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality.bench import Bench, BenchError
from benchmarks.training.breaks import MARK, BrokenPage, broken_pages, fit, glued, line_begins, line_sizes, on_one_line
from pipeline.clean.break_model import read_break_model
from pipeline.clean.breaks import read_gaps

HTML = (
    "<html><head><title>x</title></head><body><nav><a>Home</a><a>News</a></nav><h1>Bridge closed</h1>"
    "<p>The <b>council</b> met.<br>It rained.</p><script>var a</script></body></html>"
)


@pytest.mark.parametrize("write", [on_one_line, glued])
def test_blocks_of_the_markup_are_where_lines_begin(write: Callable[[str], str]) -> None:
    marked = write(HTML)
    text = marked.replace(MARK, "")

    assert [text[at : at + 3] for at in line_begins(text, marked)] == ["Hom", "Bri", "The", "It "]


def test_a_text_that_the_markup_does_not_give_is_refused() -> None:
    with pytest.raises(BenchError, match="Home Sport"):
        line_begins("Home Sport", f"Home {MARK}News")


def page(number: int) -> BrokenPage:
    menu, text = "Home News Sport Weather", f"The council of Ashby met on day {number} and closed the bridge."
    gaps = read_gaps(f"{menu} {text}", {"the", "of", "and", "on"})
    return BrokenPage("", f"site{number}.example", gaps, np.isin(gaps.starts, [0, 5, 10, 16, len(menu) + 1]))


def test_the_same_pages_give_the_same_file_and_it_tells_their_line_ends() -> None:
    pages = [page(number) for number in range(20)]

    text = fit(pages)
    model = read_break_model(text)

    assert fit(pages) == text
    assert model.words.keys() >= {"home", "council"}
    found = model.breaks("Home News Sport Weather The council of Ashby met.", {"the", "of"})
    assert [one.place for one in found] == [5, 10, 16, 24]


def test_line_sizes_are_those_of_the_word_and_of_the_word_before() -> None:
    own, above = line_sizes(np.array([True, False, True, False, False]))

    assert (own.tolist(), above.tolist()) == ([2, 2, 3, 3, 3], [2, 2, 2, 3, 3])


def test_labelled_pages_come_whole_on_one_line_and_glued(tmp_path: Path) -> None:
    folder = tmp_path / "extraction"
    folder.mkdir()
    (tmp_path / "dumps").mkdir()
    forms = {form: write(HTML).replace(MARK, "") for form, write in (("html2txt", on_one_line), ("lxml", glued))}
    forms |= {"innertext": "Bridge closed\nIt rained.", "resiliparse": "Bridge closed\nIt rained."}
    row = {"id": "a", "site": "a.example", "html": HTML, "gold": ["The council met.", "It rained."]}
    with lzma.open(folder / "pages.jsonl.xz", "wt") as out:
        out.write(json.dumps(row) + "\n")
    with lzma.open(folder / "dumps.jsonl.xz", "wt") as out:
        out.write(json.dumps({"id": "a", "dumps": forms}) + "\n")
    lines = [{"text": "Home", "label": "NAV"}, {"text": "It rained.", "label": "B"}]
    dump = {"site": "b.example", "constructed": False, "lines": lines}
    (tmp_path / "dumps" / "dev.jsonl").write_text(json.dumps(dump) + "\n")

    found = {one.form: int(one.ended.sum()) for one in broken_pages(Bench(tmp_path))}

    assert found == {
        "html2txt": 4,
        "lxml": 4,
        "innertext": 1,
        "resiliparse": 1,
        "text on one line": 1,
        "raw dump": 1,
        "raw dump on one line": 2,
        "raw dump, glued": 2,
    }
