"""What the documents show of the samples, made anew: ``python -m tests.shown`` after a change that alters it.

The answers below the queries of ``docs/query.md`` and ``README.md``, and ``docs/explain.svg``. The picture of the
report is a browser's; how it was made stands in ``docs/samples.md``.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pipeline.report.explain import render_terminal
from pipeline.report.lookup import explain_dump
from pipeline.report.result import as_table
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.query import query
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "query.md")
PICTURE = ROOT / "docs" / "explain.svg"
EXPLAINED = "meridian-world/000_7c1e02d4b95a3f18.txt"
_AS_OF = dt.date(2026, 3, 10)
_COLUMNS = 116
# A query, in a block of its own or as the argument of the command, and the answer in the block below it.
_ANSWER = re.compile(
    r'(?P<sql>SELECT (?:(?!```|").)*?)(?P<between>"?\n```\n\n```text\n)(?P<answer>.*?)\n```', re.DOTALL
)
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # of a host outside: the picture does with what is there
# Rows of the picture: the head, how the page begins, the end of the story and what stands below it.
_SHOWN_LINES = {*range(1, 10), *range(27, 38)}


def samples(folder: Path) -> Snapshot:
    """Return the tables of the samples."""
    run([str(ROOT / "data" / "raw")], folder / "clean", Settings.load(workers=1), _AS_OF)
    return Store.open(folder / "clean", create=False).snapshot()


def answered(page: str, snapshot: Snapshot) -> str:
    """Return the text of a page with the answer below each query as it is now."""
    return _ANSWER.sub(lambda found: f"{found['sql']}{found['between']}{_answer(found['sql'], snapshot)}\n```", page)


def _answer(sql: str, snapshot: Snapshot) -> str:
    console = Console(file=io.StringIO(), width=200)
    with console.capture() as printed:
        console.print(as_table(query(snapshot, sql)))
    return "\n".join(line.rstrip() for line in printed.get().rstrip().splitlines())


def picture(snapshot: Snapshot) -> str:
    """Return what explain prints of the landslide, some of its lines, as a picture."""
    terminal = Console(file=io.StringIO(), width=_COLUMNS, force_terminal=True, color_system="truecolor")
    with terminal.capture() as printed:
        terminal.print(render_terminal(explain_dump(snapshot, EXPLAINED)))
    paper = Console(file=io.StringIO(), width=_COLUMNS, record=True)
    for line in _cut([Text.from_ansi(line) for line in printed.get().splitlines()]):
        paper.print(line)
    return _FONT.sub("", paper.export_svg(title="broadsheet explain", unique_id="explain"))


def _cut(lines: list[Text]) -> Iterator[Text]:
    number, is_cut = 0, False
    for place, line in enumerate(lines):
        begun = re.match(r" ?(\d+) ", line.plain)
        number = int(begun[1]) if begun else number
        is_shown = not number or number in _SHOWN_LINES or place == len(lines) - 1
        if is_shown:
            yield line
        elif not is_cut:
            yield Text("…")
        is_cut = not is_shown


def main() -> None:
    """Write all of it anew."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot = samples(Path(folder))
        for page in PAGES:
            page.write_text(answered(page.read_text(encoding="utf-8"), snapshot), encoding="utf-8")
        PICTURE.write_text(picture(snapshot), encoding="utf-8")


if __name__ == "__main__":
    main()
