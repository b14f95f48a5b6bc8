from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pyarrow.dataset as ds
import pytest
import yaml

from benchmarks.loopback import Reply, Server, story
from flows.scrape import scrape, scrape_sources
from pipeline.scrape.sources import load

ROOT = Path(__file__).parents[2]
HOST = "daily.test"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        for number in range(3):
            running.replies[HOST, f"/news/{number}"] = Reply(body=story(HOST, number))
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Path:
    """Return a user's folder with a sources file: three pages, and one that is gone."""
    made = tmp_path_factory.mktemp("scraping")
    pages = [server.url(HOST, f"/news/{number}") for number in range(4)]
    (made / "sources.toml").write_text(
        f'[crawl]\ncontact = "desk@example.org"\nhosts = {{ "{HOST}" = "127.0.0.1" }}\n[[source]]\nname = "daily"\n'
        f'site = "{HOST}"\ndelay_seconds = 0\npages = {json.dumps(pages)}\n',
        encoding="utf-8",
    )
    return made


@pytest.fixture(scope="module")
def result(folder: Path, prefect_env: Mapping[str, str], api: httpx.Client) -> dict[str, Any]:
    """Return what the flow gives, run in a process of its own against the server of the test."""
    del api
    code = "import json, sys; from flows.scrape import scrape; print('RESULT', json.dumps(scrape(*sys.argv[1:4])))"
    arguments = [str(folder / name) for name in ("sources.toml", "raw", "clean")]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=dict(prefect_env),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    returned: dict[str, Any] = json.loads(done.stdout.rpartition("RESULT ")[2])
    return returned


@pytest.mark.prefect
def test_flow_scrapes_and_cleans(folder: Path, result: dict[str, Any]) -> None:
    tables = [folder / "clean" / table for table in ("articles", "duplicates")]
    urls = [url for table in tables for url in ds.dataset(table, format="parquet").to_table(["url"])["url"].to_pylist()]

    assert (result["fetched"], result["failed"], len(result["warcs"])) == (3, 1, 1)
    assert sorted(url.rpartition("/")[2] for url in urls) == ["0", "1", "2"]


@pytest.mark.prefect
@pytest.mark.usefixtures("result")
def test_artifact_tells_what_became_of_each_source(api: httpx.Client) -> None:
    query = {"artifacts": {"key": {"any_": ["broadsheet-scrape"]}}}
    (artifact,) = api.post("/artifacts/filter", json=query).raise_for_status().json()

    (row,) = json.loads(artifact["data"])
    assert (row["source"], row["fetched"], row["failed"]) == ("daily", 3, 1)
    assert row["why not"] == "1 page failed: http (HTTP 404)"


def test_task_scrapes_without_a_server_of_prefect(folder: Path, server: Server, tmp_path: Path) -> None:
    report = scrape_sources.fn(load(folder / "sources.toml"), tmp_path)

    assert sum(one.count for one in report.counts) == 4


def test_deployment_names_parameters_that_the_flow_has() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    (deployment,) = (one for one in deployments if one["name"] == "scrape")

    assert set(deployment["parameters"]) <= set(inspect.signature(scrape.fn).parameters)
    assert deployment["entrypoint"] == "flows/scrape.py:scrape"
    assert [one["active"] for one in deployment["schedules"]] == [False]


def test_documentation_names_every_parameter_and_the_artifact() -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [name for name in inspect.signature(scrape.fn).parameters if f"| `{name}` |" not in page] == []
    assert "| `broadsheet-scrape` |" in page
