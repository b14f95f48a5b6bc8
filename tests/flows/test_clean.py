from __future__ import annotations

import datetime as dt
import inspect
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

ROOT = Path(__file__).parents[2]

FERRY = """The ferry to Marlow Island is back after nine days

By Ines Calder
4 March 2026

The ferry between Oldhaven and Marlow Island sailed again on Tuesday morning, nine days after a storm tore its ramp
from the quay and left four hundred islanders to rely on fishing boats for bread, post and medicine.

Harbour master Piet Lund said divers had worked through the night to fix the new ramp. "We tested it with two loaded
milk lorries before we let the first passenger on board," he said.

Share this story
"""
BELLS = """Village votes to keep its night bells

The council of Nether Wold voted by seven to two on Monday evening to let the church bells ring through the night,
ending a dispute that began when a guest of the village inn asked for quiet between ten and six.

Residents said that they had slept through the bells for three hundred years and would miss them. The inn will offer
its guests wax ear plugs, made by the beekeeper next door, free of charge.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A user's folder with the project's deployments in it, and the id of the deployment ``clean``."""

    folder: Path
    deployment_id: str


@pytest.fixture(scope="module")
def project(
    tmp_path_factory: pytest.TempPathFactory, api: httpx.Client, prefect: Callable[[Sequence[str], Path], None]
) -> Project:
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "prefect.yaml", folder)
    shutil.copytree(ROOT / "flows", folder / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    raw = folder / "data" / "raw"
    for path, text in {"oldhaven/ferry.txt": FERRY, "post/ferry.txt": FERRY, "post/bells.txt": BELLS}.items():
        (raw / path).parent.mkdir(parents=True, exist_ok=True)
        (raw / path).write_text(text, encoding="utf-8")
    prefect(["--no-prompt", "work-pool", "create", "broadsheet", "--type", "process"], folder)
    prefect(["--no-prompt", "deploy", "--all"], folder)
    return Project(folder=folder, deployment_id=api.get("/deployments/name/clean/clean").json()["id"])


@pytest.fixture(scope="module")
def run_once(
    project: Project, api: httpx.Client, prefect: Callable[[Sequence[str], Path], None]
) -> Callable[..., dict[str, Any]]:
    """Return a function that has a worker run the deployment and gives the flow run as it stands afterwards."""

    def run(**parameters: object) -> dict[str, Any]:
        path = f"/deployments/{project.deployment_id}/create_flow_run"
        created = api.post(path, json={"parameters": parameters}).raise_for_status().json()
        prefect(["worker", "start", "--pool", "broadsheet", "--run-once"], project.folder)
        ended: dict[str, Any] = api.get(f"/flow_runs/{created['id']}").json()
        return ended

    return run


@pytest.fixture(scope="module")
def flow_run(run_once: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Return a run with the parameters of prefect.yaml."""
    return run_once()


@pytest.fixture(scope="module")
def artifacts(flow_run: dict[str, Any], api: httpx.Client) -> dict[str, dict[str, Any]]:
    query = {"artifacts": {"flow_run_id": {"any_": [flow_run["id"]]}}}
    found = api.post("/artifacts/filter", json=query).raise_for_status().json()
    return {artifact["key"]: artifact for artifact in found}


@pytest.mark.prefect
def test_deployment_lets_a_second_run_wait_for_the_first(project: Project, api: httpx.Client) -> None:
    deployment = api.get(f"/deployments/{project.deployment_id}").json()

    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"


@pytest.mark.prefect
def test_form_explains_every_parameter(project: Project, api: httpx.Client) -> None:
    schema = api.get(f"/deployments/{project.deployment_id}").json()["parameter_openapi_schema"]

    assert [name for name, field in schema["properties"].items() if not field.get("description")] == []


@pytest.mark.prefect
def test_cron_schedule_makes_runs_appear(
    project: Project, api: httpx.Client, eventually: Callable[..., list[dict[str, Any]]]
) -> None:
    query = {
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "deployments": {"id": {"any_": [project.deployment_id]}},
    }

    runs = eventually(lambda: api.post("/flow_runs/filter", json=query).json(), "runs of the cron schedule")

    starts = {dt.datetime.fromisoformat(run["expected_start_time"]).strftime("%H:%M") for run in runs}
    assert starts == {"02:15"}


@pytest.mark.prefect
def test_worker_completes_a_run_of_the_deployment(flow_run: dict[str, Any]) -> None:
    assert (flow_run["state"]["type"], flow_run["state"]["message"]) == ("COMPLETED", None)


@pytest.mark.prefect
@pytest.mark.usefixtures("flow_run")
def test_run_writes_the_tables_the_deployment_names(project: Project) -> None:
    articles = ds.dataset(project.folder / "data/clean/articles", format="parquet", partitioning="hive")

    headlines = articles.to_table(columns=["headline"]).column("headline").to_pylist()
    assert sorted(headlines) == [
        "The ferry to Marlow Island is back after nine days",
        "Village votes to keep its night bells",
    ]


@pytest.mark.prefect
def test_crawl_date_of_undated_dumps_is_the_scheduled_day(flow_run: dict[str, Any], project: Project) -> None:
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
def test_too_much_in_quarantine_fails_the_run(run_once: Callable[..., dict[str, Any]], project: Project) -> None:
    junk = project.folder / "junk"
    junk.mkdir()
    (junk / "empty.txt").write_text("", encoding="utf-8")

    failed = run_once(raw=["junk"], clean="junk_clean", max_quarantined=50)

    assert failed["state"]["type"] == "FAILED"
    assert "100.0 % quarantined, more than max_quarantined 50" in failed["state"]["message"]


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
