from __future__ import annotations

import datetime as dt
import inspect
import json
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Failed

from flows.clean import clean, clean_dumps, is_transient
from pipeline.errors import (
    IndexMismatchError,
    InputError,
    LawBrokenError,
    LockedError,
    SettingsError,
    StoreError,
)
from pipeline.store.law import check_snapshot
from pipeline.store.tables import Store
from tests.flows.history import History

ROOT = Path(__file__).parents[2]


@pytest.mark.prefect
def test_deployment_lets_a_second_run_wait_for_the_first(history: History) -> None:
    deployment = history.deployments["clean"]

    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"


@pytest.mark.prefect
@pytest.mark.parametrize("name", ["clean", "backfill", "maintain", "scrape"])
def test_form_explains_every_parameter(history: History, name: str) -> None:
    schema = history.deployments[name]["parameter_openapi_schema"]

    assert [name for name, field in schema["properties"].items() if not field.get("description")] == []


@pytest.mark.prefect
def test_cron_schedule_makes_runs_appear(history: History) -> None:
    starts = {dt.datetime.fromisoformat(run["expected_start_time"]).strftime("%H:%M") for run in history.planned}

    assert starts == {"02:15"}


@pytest.mark.prefect
@pytest.mark.parametrize("night", ["first", "second"])
def test_scheduled_run_completes(history: History, night: str) -> None:
    found = history.runs[night]

    assert (found["auto_scheduled"], found["state"]["type"], found["state"]["message"]) == (True, "COMPLETED", None)


@pytest.mark.prefect
def test_second_night_takes_what_is_new_and_nothing_twice(history: History) -> None:
    articles = ds.dataset(history.clean / "articles", format="parquet", partitioning="hive")
    rows = articles.to_table(columns=["headline", "source_path"]).to_pylist()

    assert (history.records["first"], history.records["second"]) == (2, 3)
    assert "| dumps read | 1 |" in history.artifacts["second"]["broadsheet-summary"]["data"]
    # The pages of herald/ are those of the runs that are killed and cancelled later.
    assert sorted(row["headline"] for row in rows if not row["source_path"].startswith("herald/")) == [
        "The ferry to Marlow Island is back after nine days",
        "Village votes to keep its night bells",
    ]


@pytest.mark.prefect
def test_crawl_date_of_undated_dumps_is_the_scheduled_day(history: History) -> None:
    days = {dt.datetime.fromisoformat(run["expected_start_time"]).date() for run in history.runs.values()}

    assert {path.name for path in (history.clean / "articles").glob("date=*")} <= {f"date={day}" for day in days}


@pytest.mark.prefect
def test_summary_artifact_counts_the_outcomes(history: History) -> None:
    summary = history.artifacts["first"]["broadsheet-summary"]["data"]

    assert "| dumps read | 2 |" in summary
    assert "articles | 1 |" in summary
    assert "duplicates | 1 |" in summary


@pytest.mark.prefect
def test_sources_artifact_has_a_row_a_folder(history: History) -> None:
    rows = json.loads(history.artifacts["first"]["broadsheet-sources"]["data"])

    assert {row["source"]: row["records"] for row in rows} == {"oldhaven": 1, "post": 1}


@pytest.mark.prefect
def test_progress_artifact_ends_at_its_end(history: History) -> None:
    assert history.artifacts["first"]["broadsheet-progress"]["data"] == 100


@pytest.mark.prefect
def test_wrong_path_fails_the_run_without_a_second_try(history: History) -> None:
    failed = history.runs["wrong_path"]

    assert failed["state"]["type"] == "FAILED"
    assert "data/row" in failed["state"]["message"]
    assert [task["run_count"] for task in history.tasks["wrong_path"]] == [1]


@pytest.mark.prefect
def test_too_much_in_quarantine_fails_the_run(history: History) -> None:
    failed = history.runs["junk"]["state"]

    assert failed["type"] == "FAILED"
    assert "100.0 % quarantined, more than max_quarantined 50" in failed["message"]


@pytest.mark.prefect
def test_second_run_waits_for_the_one_at_work_and_does_not_fail(history: History) -> None:
    assert "AwaitingConcurrencySlot" in history.states["waiting"]
    assert history.runs["waiting"]["state"]["type"] == "COMPLETED"


@pytest.mark.prefect
def test_run_after_a_killed_one_takes_all_of_it_once_and_says_so(history: History) -> None:
    summary = history.artifacts["waiting"]["broadsheet-summary"]["data"]

    assert (history.records["killed"], history.records["after"]) == (3, 403)
    assert "ended before it was done: what it had not decided is begun afresh" in summary


@pytest.mark.prefect
def test_flows_of_one_clean_folder_work_one_after_the_other(history: History) -> None:
    """The run that waited and the maintenance are of different deployments; both were ordered at once."""
    spans = sorted(
        (task["start_time"], task["end_time"]) for name in ("waiting", "maintain") for task in history.tasks[name]
    )

    assert len(spans) == 2
    assert spans[0][1] <= spans[1][0]


@pytest.mark.prefect
def test_cancelled_run_leaves_the_tables_as_they_were(history: History) -> None:
    assert history.runs["cancelled"]["state"]["type"] == "CANCELLED"
    assert history.records["cancelled"] == history.records["after"]
    check_snapshot(Store.open(history.clean, create=False).snapshot())


@pytest.mark.prefect
def test_report_is_written_and_linked_where_it_is_asked_for(history: History) -> None:
    link = history.artifacts["waiting"]["broadsheet-report"]["data"]

    assert (history.folder / "report.html").as_uri() in link
    assert "403" in (history.folder / "report.html").read_text(encoding="utf-8")


def test_documentation_names_every_parameter() -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [name for name in inspect.signature(clean.fn).parameters if f"| `{name}` |" not in page] == []


@pytest.mark.prefect
def test_documentation_names_every_artifact(history: History) -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [key for run in history.artifacts.values() for key in run if f"| `{key}` |" not in page] == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (LockedError("held"), True),
        (StoreError("no space"), True),
        (LawBrokenError("one line is missing"), False),
        (IndexMismatchError("another seed"), False),
        (SettingsError("unknown key"), False),
        (InputError("no such folder"), False),
        (TimeoutError("hangs"), False),
    ],
    ids=["lock held", "storage failed", "books wrong", "index of another scheme", "setting", "path", "timeout"],
)
def test_retries_only_what_may_pass_by_itself(error: Exception, expected: bool) -> None:
    task_run = TaskRun(task_key="clean_dumps", dynamic_key="0")
    state: State[Any] = Failed(data=error)

    assert is_transient(clean_dumps, task_run, state) is expected
