"""Claims about ``broadsheet scrape``: what it prints and returns, and that a user's mistake is one line."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.loopback import Reply, Server, story
from pipeline.cli import main


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


class Done:
    """What a command left: its exit code, and what it wrote."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Scrape = Callable[..., Done]


@pytest.fixture
def scrape(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Scrape:
    """Return a function that runs the command in this process, as the installed script does."""

    def call(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["broadsheet", "scrape", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, shown.out, shown.err)

    return call


def test_scrape_prints_a_row_a_source_and_why_pages_are_missing(tmp_path: Path, sources: Path, scrape: Scrape) -> None:
    done = scrape(sources, "--raw", tmp_path / "raw")

    assert done.code == 0, done.err
    assert "daily" in done.out
    assert "HTTP 404" in done.out.replace("\n", " ")
    assert "1 WARC file written" in done.out


def test_scrape_and_status_speak_json(tmp_path: Path, sources: Path, scrape: Scrape) -> None:
    report = json.loads(scrape(sources, "--raw", tmp_path / "raw", "--json").out)
    status = json.loads(scrape("--raw", tmp_path / "raw", "--status", "--json").out)
    urls = [json.loads(line) for line in scrape("--raw", tmp_path / "raw", "--status", "--urls").out.splitlines()]

    assert report["counts"] == status
    assert [(one["state"], one["why"]) for one in urls] == [("fetched", "ok"), ("failed", "http")]
    assert (tmp_path / "raw" / report["warcs"][0]).is_file()
    assert "failed" in scrape("--raw", tmp_path / "raw", "--status").out


def test_nothing_due_is_said(tmp_path: Path, sources: Path, scrape: Scrape) -> None:
    scrape(sources, "--raw", tmp_path / "raw")

    assert "nothing was due" in scrape(sources, "--raw", tmp_path / "raw").out


def test_example_is_a_sources_file(tmp_path: Path, scrape: Scrape) -> None:
    printed = scrape("--example").out

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
def test_mistake_is_told_without_a_traceback(
    arguments: tuple[str, ...], said: str, sources: Path, scrape: Scrape
) -> None:
    done = scrape(*(one.format(sources=sources) for one in arguments))

    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_status_of_a_folder_without_a_crawl_is_told(tmp_path: Path, scrape: Scrape) -> None:
    done = scrape("--raw", tmp_path, "--status")

    assert done.code == 1
    assert "nothing was scraped into this folder yet" in done.err
    assert list(tmp_path.iterdir()) == []
