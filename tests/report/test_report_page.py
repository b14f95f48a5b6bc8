"""Claims about the report as a page: whole in itself, safe with any words, and sound in a browser at two widths."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.report.drift import Alarm
from pipeline.report.explain_page import render_page
from pipeline.report.figures import Figures, figures
from pipeline.report.lookup import explain_dump
from pipeline.report.report_page import render_report, write_report
from pipeline.store.tables import Store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDTHS = (1280, 390)
# Written into the page once all frames have loaded: what each asks of width, and the colours of words and ground.
LOOK = """<script>onload = () => {
  const seen = [...document.querySelectorAll('iframe')].map(frame => {
    const page = frame.contentDocument, root = page.documentElement, style = frame.contentWindow.getComputedStyle(page.body);
    return [frame.name, root.scrollWidth, root.clientWidth, page.querySelectorAll('rect').length, style.color, style.backgroundColor];
  });
  document.body.replaceChildren(`seen ${JSON.stringify(seen)} end`);
}</script>"""


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A page as a browser drew it: how wide it wants to be in how much room, its parts of charts, its colours."""

    name: str
    wide: int
    room: int
    parts: int
    words: str
    ground: str

    @property
    def is_light(self) -> bool:
        return luminance(self.ground) > luminance(self.words)

    @property
    def contrast(self) -> float:
        """How far words stand out from the ground (WCAG 2.2, contrast ratio)."""
        dark, light = sorted(map(luminance, (self.words, self.ground)))
        return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return how bright ``rgb(…)`` is, 0 to 1 (WCAG 2.2, relative luminance)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


ALARM = Alarm(
    source="herald",
    date=dt.date(2026, 3, 21),
    days=2,
    metric="undated",
    before=0.0,
    now=1.0,
    pages=6,
    score=9.0,
    examples=("herald/<b>1</b>.txt", "herald/2.txt", "herald/3.txt"),
)


@pytest.fixture(scope="module")
def found(newsroom_run: Any) -> Figures:
    made = figures(Store.open(newsroom_run.clean, create=False).snapshot())
    return dataclasses.replace(made, alarms=(ALARM,))


def test_page_fetches_nothing_and_runs_nothing(found: Figures) -> None:
    page = render_report(found, "data/clean")

    assert re.findall(r"(?:src|href)=\"(?!data:)|<script|@import|url\(", page) == []


def test_page_shows_what_was_found(found: Figures) -> None:
    page = html.unescape(render_report(found, "data/clean"))

    for words in ("data/clean", "Town votes to trade its oldest orchard", "too_short", "RECOMMENDED", "+7 d", "mirror"):
        assert words in page


def test_alarm_says_what_changed_and_names_its_pages_without_obeying_them(found: Figures) -> None:
    page = render_report(found, "data/clean")

    assert "share of pages without a date: 0 % before, <b>100 %</b> on 6 pages." in page
    assert "2026-03-21, 2 days" in page
    assert "herald/&lt;b&gt;1&lt;/b&gt;.txt" in page


def test_control_characters_are_shown_and_not_obeyed(found: Figures) -> None:
    page = render_report(found, "clean\x1b[31m\u202e")

    assert "clean␛[31m\ufffd" in page


def test_tables_without_a_row_are_a_page_too(tmp_path: Path) -> None:
    page = render_report(figures(Store.open(tmp_path).snapshot()), "empty")

    assert "Nothing is published yet." in page
    assert "Nothing is in quarantine." in page


def test_file_that_cannot_be_written_is_a_line_and_no_traceback(newsroom_run: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_report(newsroom_run.clean, tmp_path / "nowhere" / "report.html")


@pytest.fixture(scope="module")
def drawn(found: Figures, newsroom_run: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Drawn], str]:
    """Return how a browser draws both pages, wide and narrow, by day and by night, and what it complains of."""
    explained = explain_dump(Store.open(newsroom_run.clean, create=False).snapshot(), "courier/scroll.txt")
    pages = {"report": render_report(found, "data/clean"), "explain": render_page(explained)}
    frames = [
        f'<iframe name="{name} {width} {scheme}" srcdoc="{html.escape(text, quote=True)}"'
        f' style="border:0;width:{width}px;height:900px;color-scheme:{scheme}"></iframe>'
        for name, text in pages.items()
        for width in WIDTHS
        for scheme in ("light", "dark")
    ]
    folder = tmp_path_factory.mktemp("browser")
    (folder / "page.html").write_text("".join(frames) + LOOK, encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run(
        [*command, f"--user-data-dir={folder}", (folder / "page.html").as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen = json.loads(html.unescape(re.findall(r"seen (.*?) end", done.stdout)[-1]))
    return [Drawn(*one) for one in seen], done.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_browser_draws_both_pages_without_a_word_of_complaint_and_nothing_sticks_out(
    drawn: tuple[list[Drawn], str],
) -> None:
    pages, said = drawn

    assert len(pages) == 8
    assert [page for page in pages if page.wide != page.room or page.room < int(page.name.split()[1]) - 20] == []
    assert {page.parts >= 3 for page in pages if page.name.startswith("report")} == {True}
    assert "CONSOLE" not in said


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_words_stand_out_from_the_ground_by_day_and_by_night(drawn: tuple[list[Drawn], str]) -> None:
    pages, _ = drawn

    assert {page.name: page.is_light for page in pages} == {page.name: page.name.endswith("light") for page in pages}
    # Readable for all is 4.5 (WCAG 2.2, success criterion 1.4.3).
    assert min(page.contrast for page in pages) > 7
