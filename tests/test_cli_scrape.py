"""Claims about ``broadsheet scrape``: what it prints and returns, and that a user's mistake is one line."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.loopback import Reply, Server, story


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def sources(tmp_path: Path, server: Server) -> Path:
    server.replies["daily.test", "/a"] = Reply(body=story("daily.test", 1))
    path = tmp_path / "sources.toml"
    path.write_text(
        '[crawl]\ncontact = "desk@example.org"\nhosts = { "daily.test" = "127.0.0.1" }\n'
        '[[source]]\nname = "daily"\nsite = "daily.test"\ndelay_seconds = 0\n'
        f'pages = ["{server.url("daily.test", "/a")}", "{server.url("daily.test", "/gone")}"]\n',
        encoding="utf-8",
    )
    return path


def scrape(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", "scrape", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_scrape_prints_a_row_a_source_and_why_pages_are_missing(tmp_path: Path, sources: Path) -> None:
    done = scrape(sources, "--raw", tmp_path / "raw")

    assert done.returncode == 0, done.stderr
    assert "daily" in done.stdout
    assert "HTTP 404" in done.stdout.replace("\n", " ")
    assert "1 WARC file written" in done.stdout


def test_scrape_and_status_speak_json(tmp_path: Path, sources: Path) -> None:
    report = json.loads(scrape(sources, "--raw", tmp_path / "raw", "--json").stdout)
    status = json.loads(scrape("--raw", tmp_path / "raw", "--status", "--json").stdout)
    urls = [json.loads(line) for line in scrape("--raw", tmp_path / "raw", "--status", "--urls").stdout.splitlines()]

    assert report["counts"] == status
    assert [(one["state"], one["why"]) for one in urls] == [("fetched", "ok"), ("failed", "http")]
    assert (tmp_path / "raw" / report["warcs"][0]).is_file()
    assert "failed" in scrape("--raw", tmp_path / "raw", "--status").stdout


def test_nothing_due_is_said(tmp_path: Path, sources: Path) -> None:
    scrape(sources, "--raw", tmp_path / "raw")

    assert "nothing was due" in scrape(sources, "--raw", tmp_path / "raw").stdout


def test_example_is_a_sources_file(tmp_path: Path) -> None:
    printed = scrape("--example").stdout

    assert tomllib.loads(printed)["source"][0]["site"] == "news.example.org"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--raw"),
        (("--raw", "raw"), "broadsheet scrape --example"),
        (("none.toml", "--raw", "raw"), "does not exist"),
        (("{sources}", "--raw", "raw", "--max-minutes", "0"), "'crawl.max_minutes' cannot be 0.0"),
        (("--raw", "raw", "--urls"), "--status"),
    ],
    ids=["no folder", "no file", "missing file", "no time", "urls of what"],
)
def test_mistake_is_told_without_a_traceback(arguments: tuple[str, ...], said: str, sources: Path) -> None:
    done = scrape(*(one.format(sources=sources) for one in arguments))

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_status_of_a_folder_without_a_crawl_is_told(tmp_path: Path) -> None:
    done = scrape("--raw", tmp_path, "--status")

    assert done.returncode == 1
    assert "nothing was scraped into this folder yet" in done.stderr
    assert list(tmp_path.iterdir()) == []
