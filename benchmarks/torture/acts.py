"""What is done to a clean folder while it is killed or the disk fails: every publication there is.

Each act is made ready by real runs. Jobs are done in this process, so that every call to the disk has its number.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.torture.inline import InlineEngine
from benchmarks.torture.older import make_older
from benchmarks.torture.pages import write_bridge, write_raw
from pipeline.change.backfill import backfill
from pipeline.change.forget import forget
from pipeline.change.maintain import maintain
from pipeline.change.recluster import recluster
from pipeline.change.reindex import rebuild_index
from pipeline.change.restore import restore
from pipeline.change.selection import Criteria
from pipeline.change.takedown import Request
from pipeline.change.upgrade import upgrade
from pipeline.run import run
from pipeline.settings import Settings

DAY = dt.date(2026, 3, 10)
DUMPS = 2_000
SITES = [{"pattern": f"{name}/**", "site": f"{name}.example"} for name in ("post", "herald", "feed", "late")]
SETTINGS = Settings.load(workers=1, shard_files=4, sources=SITES)  # without sites nothing is learnt of their pages
LARGE = Settings.load(workers=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A raw folder and a clean one, which may not be there yet."""

    raw: Path
    clean: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """``do`` is what is disturbed; ``prepare`` makes the folders for it. ``again``: a second time changes no row."""

    prepare: Callable[[Place], object]
    do: Callable[[Place], object]
    again: bool = True


def clean_all(at: Place, settings: Settings = SETTINGS) -> None:
    """Run the main job."""
    run([str(at.raw)], at.clean, settings, DAY, engine=InlineEngine())


def fill(at: Place) -> None:
    """Clean every known dump again."""
    days = Criteria(first=dt.date(2026, 3, 1), last=DAY, by="raw", mode="overwrite")
    backfill([str(at.raw)], at.clean, SETTINGS, days, DAY, engine=InlineEngine())


def _corpus(at: Place) -> None:
    command = [sys.executable, "benchmarks/make_corpus.py", str(at.raw), "--dumps", str(DUMPS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[2])


def _more(at: Place) -> None:
    """One run; then copies, a page that changed and a new site for the next."""
    clean_all(Place(write_raw(at.raw), at.clean))
    for name in ("herald/bridge.txt", "post/weir.txt"):
        page = at.raw / name
        page.with_name(f"late-{page.name}").write_text(page.read_text() + "\nThe council meets again in May.\n")
    (at.raw / "post/again.txt").write_text((at.raw / "post/again.txt").read_text().replace("winter", "autumn"))
    write_bridge(at.raw / "late", "March 9, 2026")


def _two_runs(at: Place) -> None:
    _more(at)
    clean_all(at)


def _changed(at: Place) -> None:
    _two_runs(at)
    story = (at.raw / "post/weir.txt").read_text().replace("weir", "lock").replace("Velm", "Ostend")
    (at.raw / "herald/bridge.txt").write_text(story)


def _filled(at: Place) -> None:
    _changed(at)
    fill(at)


def _out_of_order(at: Place) -> None:
    """A copy that came later and was printed earlier: policy would keep it."""
    for name, day in (("late", "March 9, 2026"), ("early", "March 4, 2026")):
        write_bridge(at.raw / name, day)
        clean_all(at)


def _older(at: Place) -> None:
    clean_all(Place(write_raw(at.raw), at.clean))
    make_older(at.clean)


ACTS: Mapping[str, Act] = {
    "first run": Act(prepare=lambda at: write_raw(at.raw), do=clean_all),
    "second run": Act(prepare=_more, do=clean_all),
    "backfill": Act(prepare=_changed, do=fill),
    "restore": Act(prepare=_filled, do=lambda at: restore(at.clean, "00000003-backfill", SETTINGS.dedup), again=False),
    "forget": Act(prepare=_filled, do=lambda at: forget(at.clean, SETTINGS, Request(site="post.example")), again=False),
    "maintain": Act(prepare=_two_runs, do=lambda at: maintain(at.clean, SETTINGS)),
    "recluster": Act(prepare=_out_of_order, do=lambda at: recluster(at.clean, SETTINGS.dedup)),
    "index rebuild": Act(prepare=_two_runs, do=lambda at: rebuild_index(at.clean, SETTINGS.dedup)),
    "upgrade": Act(prepare=_older, do=lambda at: upgrade(at.clean)),
    "large run": Act(prepare=_corpus, do=lambda at: clean_all(at, LARGE)),
}
"""All acts by name. The first run makes the tables, the second adds to index and line counts and moves clusters."""
