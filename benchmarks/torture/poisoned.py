"""What poisons cost: 52 sound records with and without eight that crash, hang or swell whoever looks at them."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.torture.pages import STORY
from benchmarks.torture.poisons import POISONS, WORD, clean_poisoned
from pipeline.engine import LocalEngine
from pipeline.limits import Limits
from pipeline.read import list_sources
from pipeline.settings import Settings
from pipeline.shards.clean import ShardResult, clean_shard
from pipeline.shards.job import ShardJob
from pipeline.shards.plan import plan_shards, run_shards
from pipeline.shards.prints import read_rows
from pipeline.store.known import KnownIds
from pipeline.store.schema import Stamps

SOUND = 52
KINDS = (*POISONS, "regex", "segfault")
LIMITS = Limits(max_cpu_seconds=2, max_worker_mib=700)
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The articles that came out, by path; the reasons and messages of what did not; the seconds it took."""

    articles: frozenset[tuple[str, str]]
    lost: Counter[str]
    messages: frozenset[str]
    seconds: float


def _clean(task: Callable[[ShardJob], ShardResult], raw: Path, folder: Path) -> Cleaned:
    folder.mkdir()
    (folder / "known").write_bytes(b"")
    job = ShardJob(
        number=0,
        sources=(),
        folder=folder,
        known=KnownIds(folder / "known"),
        stamps=Stamps(run_id="00000001-a", rules_digest="r", ingested_at=NOON),
        as_of=NOON.date(),
        limits=LIMITS,
        min_words=25,
        profiles=(),
        keep_removals=True,
    )
    began = time.monotonic()
    jobs = plan_shards(list_sources([str(raw)]), Settings.load(shard_files=15), job)
    with LocalEngine(workers=2, limits=LIMITS) as engine:
        results = [result for _, result in run_shards(task, jobs, engine)]

    def rows(table: str) -> list[dict[str, object]]:
        files = [one.files[table] for one in results if table in one.files]
        return [row for file in files for batch in read_rows(file) for row in batch.to_pylist()]

    quarantine = rows("quarantine")
    return Cleaned(
        frozenset((str(row["source_path"]), str(row["text"])) for row in rows("articles")),
        Counter(str(row["reason"]) for row in quarantine),
        frozenset(str(row["message"]) for row in quarantine),
        time.monotonic() - began,
    )


def try_poisons(folder: Path) -> tuple[Cleaned, Cleaned, list[str]]:
    """Return what came of the sound records alone, of all 60, and what is wrong with that."""
    for name in ("alone", "with"):
        (folder / name).mkdir(parents=True)
        for number in range(SOUND):
            page = STORY.replace("Velm", f"Velm {number}")
            (folder / name / f"{number:02d}.txt").write_text(page, encoding="utf-8")
    for number, kind in enumerate(KINDS):
        (folder / "with" / f"{number * 7:02d}-{kind}.txt").write_text(f"{WORD} {kind}")
    alone = _clean(clean_shard, folder / "alone", folder / "clean-alone")
    among = _clean(clean_poisoned, folder / "with", folder / "clean-with")
    wanted = Counter(str(POISONS[kind][1]) for kind in KINDS)
    bad = [] if among.articles == alone.articles else ["other articles come out beside the poisons"]
    bad += [] if among.lost == wanted else [f"lost {among.lost}, wanted {wanted}"]
    return alone, among, bad
