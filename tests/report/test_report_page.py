"""Claims about the report as a page: whole in itself, safe with any words, and sound in a browser at two widths."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.report.drift import Alarm
from pipeline.report.figures import Figures, figures
from pipeline.report.report_page import render_report, write_report
from pipeline.store.tables import Store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
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


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.parametrize("width", [1280, 390])
def test_browser_draws_the_page_without_a_word_of_complaint_and_nothing_sticks_out(
    found: Figures, tmp_path: Path, width: int
) -> None:
    page = tmp_path / "page.html"
    held = html.escape(render_report(found, "data/clean"), quote=True)
    page.write_text(
        f'<iframe srcdoc="{held}" style="border:0;width:{width}px;height:900px"></iframe><script>onload = () => {{'
        "const d = document.querySelector('iframe').contentDocument.documentElement;"
        "document.body.append(`wide ${d.scrollWidth} of ${d.clientWidth}, ${d.querySelectorAll('rect').length} parts`)}"
        "</script>",
        encoding="utf-8",
    )

    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run(
        [*command, f"--user-data-dir={tmp_path}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    (wide, of, parts) = re.findall(r"wide (\d+) of (\d+), (\d+) parts", done.stdout.rpartition("</iframe>")[2])[-1]
    assert (wide, int(of) > width - 20) == (of, True)
    assert int(parts) >= 3
    assert "CONSOLE" not in done.stderr
