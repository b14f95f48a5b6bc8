"""Claims about the command line: what each command prints and returns, and that a user's mistake is one line."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer.main
from typer.testing import CliRunner

from pipeline.cli import app, main
from pipeline.store.lock import run_lock
from pipeline.store.schema import TABLES, columns_markdown
from pipeline.store.tables import Store

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


class Done:
    """What a command left: its exit code, and what it wrote."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def broadsheet(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Return a function that runs a command line in this process, as the installed script does."""

    def call(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["broadsheet", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0 if code is None else 1, shown.out, shown.err)

    return call


@pytest.fixture
def clean(newsroom_run: Any) -> Path:
    found: Path = newsroom_run.clean
    return found


# ---------------------------------------------------------------- help


def test_help_names_every_command(broadsheet: Callable[..., Done]) -> None:
    done = broadsheet("--help")

    assert done.code == 0
    assert all(re.search(rf"│ {command} ", done.out) for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_tells_of_every_option(command: str, broadsheet: Callable[..., Done]) -> None:
    done = broadsheet(command, "--help")

    assert done.code == 0
    assert done.out.strip()
    for parameter in typer.main.get_command(app).commands[command].params:  # type: ignore[attr-defined]
        assert getattr(parameter, "help", None) or parameter.name == "help", parameter.name


def test_no_command_at_all_shows_help_as_wrong_usage(broadsheet: Callable[..., Done]) -> None:
    done = broadsheet()

    assert done.code == 2
    assert "Usage: " in done.out + done.err


def test_help_costs_less_than_half_a_second_of_processor_time() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    subprocess.run([sys.executable, "-m", "pipeline", "--help"], check=True, capture_output=True, timeout=30)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_commands_load_nothing_heavy_until_they_are_called() -> None:
    code = (
        "import sys, pipeline.cli; heavy = {'pyarrow', 'numpy', 'pandas', 'deltalake', 'duckdb', 'lxml', 'trafilatura',"
        " 'datasketch', 'prefect', 'pydantic', 'fsspec'}; sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)

    assert (done.returncode, done.stderr) == (0, "")


# ---------------------------------------------------------------- run


def test_run_prints_the_funnel(broadsheet: Callable[..., Done], newsroom_run: Any, tmp_path: Path) -> None:
    done = broadsheet("run", "--raw", newsroom_run.raw, "--clean", tmp_path / "clean", "--workers", 1)

    assert done.code == 0
    assert re.search(r"articles\s+6\b", done.out)
    assert re.search(r"duplicates\s+3\b", done.out)
    assert done.err == ""


def test_run_as_json_is_one_object_with_the_counts(
    broadsheet: Callable[..., Done], newsroom_run: Any, tmp_path: Path
) -> None:
    options = ("--workers", 1, "--as-of", "2026-03-10", "--removals", "counts", "--json")

    done = broadsheet("run", "--raw", newsroom_run.raw, "--clean", tmp_path / "clean", *options)

    told = json.loads(done.out)
    assert done.code == 0
    assert (told["articles"], told["duplicates"], told["quarantined"], told["skipped"]) == (6, 3, 4, 1)
    assert (told["as_of"], told["published"], told["sequence"]) == ("2026-03-10", True, 1)
    assert Store.open(tmp_path / "clean", create=False).snapshot().count("removals") == 0


def test_run_takes_roots_after_the_option_too(
    broadsheet: Callable[..., Done], make_pages: Callable[..., Path], tmp_path: Path
) -> None:
    one, two, three = (
        make_pages(tmp_path / name, path)
        for name, path in (("1", "ledger/wheat.txt"), ("2", "mirror/ferry.txt"), ("3", "feed/day.jsonl"))
    )

    done = broadsheet("run", "--raw", one, two, "--raw", three, "--clean", tmp_path / "clean", "--workers", 1, "--json")

    assert json.loads(done.out)["records"] == 5


def test_settings_file_is_read(
    broadsheet: Callable[..., Done], make_pages: Callable[..., Path], tmp_path: Path
) -> None:
    raw = make_pages(tmp_path / "raw", "ledger/flash.txt")
    (tmp_path / "settings.toml").write_text("workers = 1\n[clean]\nmin_words = 3\n")

    done = broadsheet(
        "run", "--raw", raw, "--clean", tmp_path / "clean", "--config", tmp_path / "settings.toml", "--json"
    )

    assert json.loads(done.out)["articles"] == 1


def test_more_in_quarantine_than_allowed_fails_and_is_published(
    broadsheet: Callable[..., Done], newsroom_run: Any, tmp_path: Path
) -> None:
    options = ("--workers", 1, "--max-quarantined", 20)

    done = broadsheet("run", "--raw", newsroom_run.raw, "--clean", tmp_path / "clean", *options)

    assert done.code == 1
    assert done.err == "broadsheet: 30.8 % quarantined, more than --max-quarantined 20\n"
    assert Store.open(tmp_path / "clean", create=False).snapshot().count("articles") == 6


def test_quarantine_within_what_is_allowed_is_no_failure(
    broadsheet: Callable[..., Done], newsroom_run: Any, tmp_path: Path
) -> None:
    options = ("--workers", 1, "--max-quarantined", 31)

    assert broadsheet("run", "--raw", newsroom_run.raw, "--clean", tmp_path / "clean", *options).code == 0


def test_tables_that_another_run_holds_end_in_75(
    broadsheet: Callable[..., Done], newsroom_run: Any, tmp_path: Path
) -> None:
    clean = tmp_path / "clean"
    shutil.copytree(newsroom_run.clean, clean)

    with run_lock(clean / "_state" / "lock", "broadsheet backfill"):
        done = broadsheet("run", "--raw", newsroom_run.raw, "--clean", clean)

    assert done.code == 75
    assert re.fullmatch(rf"broadsheet: .* is in use by 'broadsheet backfill' \(process {os.getpid()} on .*\n", done.err)


# ---------------------------------------------------------------- a user's mistakes


MISTAKES = {
    "no raw folder": ("run --raw {tmp}/none --clean {tmp}/clean", 2, "does not exist: check --raw"),
    "a root inside another": ("run --raw {raw} --raw {raw}/herald --clean {tmp}/clean", 2, "lies inside raw root"),
    "a setting out of range": ("run --raw {raw} --clean {tmp}/clean --workers 0", 2, "setting 'workers' cannot be 0"),
    "an unknown engine": ("run --raw {raw} --clean {tmp}/clean --engine steam", 2, "setting 'engine' cannot be 'steam'"),
    "no settings file": ("run --raw {raw} --clean {tmp}/clean --config {tmp}/none.toml", 2, "check --config"),
    "an unknown setting": ("run --raw {raw} --clean {tmp}/clean --config {tmp}/bad.toml", 2, "setting 'wrkers'"),
    "a share of 200 percent": ("run --raw {raw} --clean {tmp}/clean --max-quarantined 200", 2, "'max_quarantined'"),
    "a file as clean folder": ("run --raw {raw} --clean {tmp}/bad.toml", 1, "cannot be opened"),
    "an unknown dump": ("explain nowhere.txt --clean {clean}", 2, "the tables know no dump or article 'nowhere.txt'"),
    "several records of one path": ("explain feed/day.jsonl --clean {clean}", 2, "name one of them"),
    "bad SQL": ("query SELEC --clean {clean}", 2, "syntax error at or near \"SELEC\""),
    "an unknown column": ("query SELECT+nme+FROM+articles --clean {clean}", 2, 'Referenced column "nme" not found'),
    "SQL without rows": ("query + --clean {clean}", 2, "gives no rows"),
    "SQL that fails on the way": ("query SELECT+error('oh') --clean {clean}", 2, "the query failed"),
    "no tables to query": ("query SELECT+1 --clean {tmp}", 1, "holds no table 'articles'"),
    "no tables to explain": ("explain a.txt --clean {tmp}/none", 1, "holds no table 'articles'"),
    "no tables with outcomes": ("outcomes --clean {tmp}", 1, "holds no table 'articles'"),
}  # fmt: skip


@pytest.mark.parametrize(("command", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_of_a_user_is_one_line_that_says_what_to_do(
    command: str, code: int, message: str, broadsheet: Callable[..., Done], newsroom_run: Any, tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text("wrkers = 3\n")
    places = {"tmp": tmp_path, "raw": newsroom_run.raw, "clean": newsroom_run.clean}

    done = broadsheet(*(word.format(**places).replace("+", " ") for word in command.split()))

    assert done.code == code
    assert re.fullmatch(r"broadsheet: [^\n]+\n", done.err)
    assert message in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    "arguments",
    [("run",), ("run", "--raw", "a"), ("run", "--raw", "a", "--clean", "b", "--as-of", "3 March"), ("sweep",)],
    ids=["no options", "one of two", "no date", "no such command"],
)
def test_wrong_usage_ends_in_2_and_a_hint(arguments: tuple[str, ...], broadsheet: Callable[..., Done]) -> None:
    done = broadsheet(*arguments)

    assert done.code == 2
    assert "--help" in done.err
    assert "Traceback" not in done.err


# ---------------------------------------------------------------- explain


@pytest.mark.parametrize("what", ["herald/orchard.txt", "feed/day.jsonl#1"])
def test_explain_shows_the_page_with_what_took_its_lines(
    what: str, broadsheet: Callable[..., Done], clean: Path
) -> None:
    done = broadsheet("explain", what, "--clean", clean)

    assert done.code == 0
    assert what in done.out
    assert "article 1 of 1" in done.out


def test_explain_as_json_has_lines_with_class_and_rule(broadsheet: Callable[..., Done], clean: Path) -> None:
    told = json.loads(broadsheet("explain", "herald/orchard.txt", "--clean", clean, "--json").out)

    assert told["source_path"] == "herald/orchard.txt"
    assert told["lines"][0]["cuts"][0]["line_class"] == "crawl_prefix"
    assert told["lines"][8]["status"] == "kept"
    assert told["articles"][0]["agency"] == "AA"
    assert told["articles"][0]["copy"] is None


def test_explain_finds_a_dump_by_its_article(broadsheet: Callable[..., Done], clean: Path) -> None:
    sql = "SELECT article_id FROM duplicates WHERE source_path = 'mirror/ferry.txt'"
    article_id = broadsheet("query", sql, "--clean", clean, "--format", "csv").out.split()[1]

    told = json.loads(broadsheet("explain", article_id, "--clean", clean, "--json").out)

    assert told["source_path"] == "mirror/ferry.txt"
    assert told["articles"][0]["copy"]["source_path"] == "courier/scroll.txt"


# ---------------------------------------------------------------- outcomes, query, columns, check-rules, doctor


def test_outcomes_are_a_line_an_outcome_over_the_whole_history(
    broadsheet: Callable[..., Done], newsroom_run: Any, clean: Path, stories: dict[str, str]
) -> None:
    done = broadsheet("outcomes", "--clean", clean, "--jsonl")

    told = [json.loads(line) for line in done.out.splitlines()]
    assert len(told) == newsroom_run.report.outcomes + newsroom_run.report.skipped
    assert all(set(one) == {"path", "record", "outcome", "reason", "text", "seconds", "rss_mib"} for one in told)
    found = {(one["path"], one["record"], one["outcome"], one["reason"]) for one in told}
    assert ("mirror/orchard.txt", None, "duplicate", "exact") in found
    assert ("ledger/late.txt.part", None, "skipped", "temporary by its name") in found
    assert ("feed/day.jsonl", "3", "quarantined", "bad_record") in found
    assert stories["wheat"] in {one["text"] for one in told if one["outcome"] == "article"}


SQL = "SELECT source_path, authors FROM articles WHERE agency = 'AA' OR len(authors) > 0 ORDER BY source_path"


def test_query_prints_a_table(broadsheet: Callable[..., Done], clean: Path) -> None:
    lines = broadsheet("query", SQL, "--clean", clean).out.splitlines()

    assert [line.split() for line in lines] == [
        ["source_path", "authors"],
        ["herald/orchard.txt", "[]"],
        ["ledger/wheat.txt", '["Nora', 'Finch"]'],
    ]


def test_query_prints_csv(broadsheet: Callable[..., Done], clean: Path) -> None:
    done = broadsheet("query", SQL, "--clean", clean, "--format", "csv")

    assert list(csv.reader(done.out.splitlines())) == [
        ["source_path", "authors"],
        ["herald/orchard.txt", "[]"],
        ["ledger/wheat.txt", '["Nora Finch"]'],
    ]


def test_query_prints_json_lines(broadsheet: Callable[..., Done], clean: Path) -> None:
    done = broadsheet("query", SQL, "--clean", clean, "--format", "json")

    assert [json.loads(line) for line in done.out.splitlines()] == [
        {"source_path": "herald/orchard.txt", "authors": []},
        {"source_path": "ledger/wheat.txt", "authors": ["Nora Finch"]},
    ]


def test_every_table_can_be_asked_for(broadsheet: Callable[..., Done], clean: Path) -> None:
    counts = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in TABLES)

    done = broadsheet("query", f"SELECT {counts}", "--clean", clean, "--format", "json")

    snapshot = Store.open(clean, create=False).snapshot()
    assert json.loads(done.out) == {table: snapshot.count(table) for table in TABLES}


def test_columns_are_those_of_the_documentation(broadsheet: Callable[..., Done]) -> None:
    done = broadsheet("columns")

    assert done.out == columns_markdown() == (ROOT / "docs" / "columns.md").read_text(encoding="utf-8")


def test_check_rules_tries_every_example(broadsheet: Callable[..., Done]) -> None:
    done = broadsheet("check-rules")

    assert done.code == 0
    assert re.fullmatch(r"\d+ rules, 0 examples fail\n", done.out)


def test_doctor_finds_this_installation_sound(broadsheet: Callable[..., Done]) -> None:
    done = broadsheet("doctor")

    assert done.code == 0
    assert all(line.startswith("ok ") for line in done.out.splitlines())


def test_doctor_prints_the_law_and_a_digest_of_each_table(broadsheet: Callable[..., Done], clean: Path) -> None:
    told = json.loads(broadsheet("doctor", "--clean", clean, "--json").out)

    assert {f"digest of {table}" for table in TABLES} | {"law"} <= {one["check"] for one in told}
    assert all(one["ok"] for one in told)


def test_doctor_fails_where_there_are_no_tables(broadsheet: Callable[..., Done], tmp_path: Path) -> None:
    done = broadsheet("doctor", "--clean", tmp_path)

    assert done.code == 1
    assert "BAD law: " in done.out


# ---------------------------------------------------------------- the script itself


def test_reader_that_closes_our_output_is_no_error(clean: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "query", "SELECT range FROM range(1000000)", "--clean", str(clean)]
    with subprocess.Popen([*command, "--format", "csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (0, b"")


def test_query_writes_parquet_to_a_file(broadsheet: Callable[..., Done], clean: Path, tmp_path: Path) -> None:
    sql = "SELECT headline, word_count FROM articles"

    done = broadsheet("query", sql, "--clean", clean, "--format", "parquet", "--out", tmp_path / "found.parquet")

    assert (done.code, done.out) == (0, "")
    assert pq.read_table(tmp_path / "found.parquet").num_rows == 6


def test_shell_is_told_how_a_word_may_go_on() -> None:
    asked = {"_BROADSHEET_COMPLETE": "complete_bash", "COMP_WORDS": "broadsheet re", "COMP_CWORD": "1"}

    told = CliRunner().invoke(app, [], prog_name="broadsheet", env=asked).output

    assert sorted(told.split()) == ["recluster", "report", "restore"]


def test_page_of_two_articles_is_refused_in_a_line(
    broadsheet: Callable[..., Done], clean: Path, tmp_path: Path
) -> None:
    done = broadsheet("explain", "a" * 32, "b" * 32, "--clean", clean, "--html", tmp_path / "pair.html")

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "leave it out for two articles" in done.err
