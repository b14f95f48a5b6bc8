"""Claims about the flow from the web to the tables: what was fetched is cleaned, and an artifact says what was not."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pyarrow.dataset as ds
import pytest
import yaml

from benchmarks.loopback import Reply, Server, story
from flows.scrape import scrape, scrape_sources
from pipeline.scrape.sources import load
from tests.flows.history import HOST, History, write_sources

ROOT = Path(__file__).parents[2]


@pytest.mark.prefect
def test_flow_scrapes_and_cleans(history: History) -> None:
    tables = [history.folder / "scraped_clean" / table for table in ("articles", "duplicates")]
    urls = [url for table in tables for url in ds.dataset(table, format="parquet").to_table(["url"])["url"].to_pylist()]

    assert history.runs["scrape"]["state"]["type"] == "COMPLETED"
    assert sorted(url.rpartition("/")[2] for url in urls) == ["0", "1", "2"]


@pytest.mark.prefect
def test_artifact_tells_what_became_of_each_source(history: History) -> None:
    (row,) = json.loads(history.artifacts["scrape"]["broadsheet-scrape"]["data"])

    assert (row["source"], row["fetched"], row["failed"]) == ("daily", 3, 1)
    assert row["why not"] == "1 page failed: http (HTTP 404)"


def test_task_scrapes_without_a_server_of_prefect(tmp_path: Path) -> None:
    with Server({(HOST, "/news/0"): Reply(body=story(HOST, 0))}) as site:
        sources = write_sources(tmp_path / "sources.toml", site)
        report = scrape_sources.fn(load(sources), tmp_path)

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
