from __future__ import annotations

import datetime as dt
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
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

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def artifacts(flow_run: dict[str, Any], artifacts_of: Callable[..., Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = artifacts_of(flow_run)
    return found


@pytest.mark.prefect
def test_deployment_lets_a_second_run_wait_for_the_first(project: Any, api: httpx.Client) -> None:
    deployment = api.get(f"/deployments/{project.deployments['clean']}").json()

    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"


@pytest.mark.prefect
@pytest.mark.parametrize("name", ["clean", "backfill", "maintain"])
def test_form_explains_every_parameter(project: Any, api: httpx.Client, name: str) -> None:
    schema = api.get(f"/deployments/{project.deployments[name]}").json()["parameter_openapi_schema"]

    assert [name for name, field in schema["properties"].items() if not field.get("description")] == []


@pytest.mark.prefect
def test_cron_schedule_makes_runs_appear(
    project: Any, api: httpx.Client, eventually: Callable[..., list[dict[str, Any]]]
) -> None:
    query = {
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "deployments": {"id": {"any_": [project.deployments["clean"]]}},
    }

    runs = eventually(lambda: api.post("/flow_runs/filter", json=query).json(), "runs of the cron schedule")

    starts = {dt.datetime.fromisoformat(run["expected_start_time"]).strftime("%H:%M") for run in runs}
    assert starts == {"02:15"}


@pytest.mark.prefect
def test_worker_completes_a_run_of_the_deployment(flow_run: dict[str, Any]) -> None:
    assert (flow_run["state"]["type"], flow_run["state"]["message"]) == ("COMPLETED", None)


@pytest.mark.prefect
@pytest.mark.usefixtures("flow_run")
def test_run_writes_the_tables_the_deployment_names(project: Any) -> None:
    articles = ds.dataset(project.folder / "data/clean/articles", format="parquet", partitioning="hive")

    rows = articles.to_table(columns=["headline", "source_path"]).to_pylist()
    # The pages of herald/ are those of the run that is killed later.
    assert sorted(row["headline"] for row in rows if not row["source_path"].startswith("herald/")) == [
        "The ferry to Marlow Island is back after nine days",
        "Village votes to keep its night bells",
    ]


@pytest.mark.prefect
def test_crawl_date_of_undated_dumps_is_the_scheduled_day(flow_run: dict[str, Any], project: Any) -> None:
    scheduled = dt.datetime.fromisoformat(flow_run["expected_start_time"]).astimezone(dt.UTC).date()

    assert [path.name for path in (project.folder / "data/clean/articles").glob("date=*")] == [f"date={scheduled}"]


@pytest.mark.prefect
def test_summary_artifact_counts_the_outcomes(artifacts: dict[str, dict[str, Any]]) -> None:
    summary = artifacts["broadsheet-summary"]["data"]

    assert "| dumps read | 3 |" in summary
    assert "articles | 2 |" in summary
    assert "duplicates | 1 |" in summary


@pytest.mark.prefect
def test_sources_artifact_has_a_row_a_folder(artifacts: dict[str, dict[str, Any]]) -> None:
    rows = json.loads(artifacts["broadsheet-sources"]["data"])

    assert {row["source"]: row["records"] for row in rows} == {"oldhaven": 1, "post": 2}


@pytest.mark.prefect
def test_progress_artifact_ends_at_its_end(artifacts: dict[str, dict[str, Any]]) -> None:
    assert artifacts["broadsheet-progress"]["data"] == 100


@pytest.mark.prefect
def test_wrong_path_fails_the_run_without_a_second_try(
    run_once: Callable[..., dict[str, Any]], api: httpx.Client
) -> None:
    failed = run_once(raw=["data/row"])

    query = {"flow_runs": {"id": {"any_": [failed["id"]]}}}
    tasks = api.post("/task_runs/filter", json=query).json()
    assert (failed["state"]["type"], [task["run_count"] for task in tasks]) == ("FAILED", [1])
    assert "data/row" in failed["state"]["message"]


@pytest.mark.prefect
def test_too_much_in_quarantine_fails_the_run(run_once: Callable[..., dict[str, Any]], project: Any) -> None:
    junk = project.folder / "junk"
    junk.mkdir()
    (junk / "empty.txt").write_text("", encoding="utf-8")

    failed = run_once(raw=["junk"], clean="junk_clean", max_quarantined=50)

    assert failed["state"]["type"] == "FAILED"
    assert "100.0 % quarantined, more than max_quarantined 50" in failed["state"]["message"]


@pytest.mark.prefect
def test_run_after_a_killed_one_takes_all_of_it_once_and_says_so(
    project: Any, after_kill: dict[str, dict[str, Any]], artifacts_of: Callable[..., dict[str, dict[str, Any]]]
) -> None:
    clean_folder = project.folder / "data/clean"

    assert after_kill["clean"]["state"]["type"] == "COMPLETED"
    assert counted(clean_folder) == 403
    summary = artifacts_of(after_kill["clean"])["broadsheet-summary"]["data"]
    assert "ended before it was done: what it had not decided is begun afresh" in summary
    check_snapshot(Store.open(clean_folder, create=False).snapshot())


@pytest.mark.prefect
def test_report_is_written_and_linked_where_it_is_asked_for(
    project: Any, after_kill: dict[str, dict[str, Any]], artifacts_of: Callable[..., dict[str, dict[str, Any]]]
) -> None:
    link = artifacts_of(after_kill["clean"])["broadsheet-report"]["data"]

    assert (project.folder / "report.html").as_uri() in link
    assert "403" in (project.folder / "report.html").read_text(encoding="utf-8")


def counted(clean_folder: Path) -> int:
    """Return how many records a reader counts who knows nothing of Delta."""
    rows: int = ds.dataset(clean_folder / "records", format="parquet", partitioning="hive").count_rows()
    return rows


def test_documentation_names_every_parameter() -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [name for name in inspect.signature(clean.fn).parameters if f"| `{name}` |" not in page] == []


@pytest.mark.prefect
def test_documentation_names_every_artifact(artifacts: dict[str, dict[str, Any]]) -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [key for key in artifacts if f"| `{key}` |" not in page] == []


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
