"""Claims about the learning stage: it counts new text dumps with a site, and what it writes reads back the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline.clean.templates import NO_TEMPLATES, Counts, templates
from pipeline.settings import SourceSettings
from pipeline.shards.job import ShardJob
from pipeline.shards.learn import learn_shard, load_counts, load_templates, save_counts, save_templates

FURNITURE = "The Harrow Post brings you the valley every morning, with a cup of tea."


def write_pages(raw: Path, count: int, **fields: str) -> None:
    raw.mkdir(exist_ok=True)
    rows = [
        {
            "text": f"Story {n} of the valley\n\nThe council met {n} times and spoke of {n * 7} things.\n\n{FURNITURE}",
            **fields,
        }
        for n in range(count)
    ]
    (raw / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_pages_with_a_site_are_counted(make_job: Callable[..., ShardJob], tmp_path: Path) -> None:
    write_pages(tmp_path / "raw", 30, site="harrow.example")

    counts = load_counts(learn_shard(make_job(tmp_path / "raw")).target)

    assert templates(counts).pages.tolist() == [30]


def test_pages_without_a_site_are_not(make_job: Callable[..., ShardJob], tmp_path: Path) -> None:
    write_pages(tmp_path / "raw", 30)

    counts = load_counts(learn_shard(make_job(tmp_path / "raw")).target)

    assert len(counts.line_keys) == 0


def test_the_settings_may_name_the_site_of_a_path(make_job: Callable[..., ShardJob], tmp_path: Path) -> None:
    write_pages(tmp_path / "raw", 30)

    done = learn_shard(make_job(tmp_path / "raw", profiles=(SourceSettings(pattern="**", site="harrow.example"),)))

    assert len(load_counts(done.target).site_keys) == 1


def test_counts_and_templates_read_back_as_written(make_job: Callable[..., ShardJob], tmp_path: Path) -> None:
    write_pages(tmp_path / "raw", 30, site="harrow.example")
    counts = load_counts(learn_shard(make_job(tmp_path / "raw")).target)

    save_counts(tmp_path / "again.npz", counts)
    save_templates(tmp_path / "templates.npz", templates(counts))

    again = load_counts(tmp_path / "again.npz")
    assert all(np.array_equal(getattr(again, name), getattr(counts, name)) for name in Counts.__dataclass_fields__)
    assert load_templates(tmp_path / "templates.npz").keys.tolist() == templates(counts).keys.tolist()
    assert NO_TEMPLATES.keys.tolist() == []
