"""The claim that a partition is one thing: in however many runs, in whatever order, by however many workers."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.tables import Store

AS_OF = dt.date(2026, 3, 10)
WORDS = [
    "ferry",
    "quay",
    "harbour",
    "council",
    "mayor",
    "bridge",
    "river",
    "storm",
    "repair",
    "engine",
    "captain",
    "crew",
    "market",
    "price",
    "bread",
    "school",
    "teacher",
    "winter",
    "summer",
    "road",
    "tunnel",
    "train",
    "station",
    "ticket",
    "village",
    "forest",
    "fire",
    "brigade",
    "hospital",
    "nurse",
    "doctor",
    "court",
    "judge",
    "lawyer",
    "verdict",
    "election",
    "ballot",
    "minister",
    "budget",
    "tax",
    "vote",
    "protest",
    "strike",
    "union",
    "worker",
    "factory",
    "steel",
    "coal",
]


def test_clusters_do_not_depend_on_runs_order_or_workers(tmp_path: Path) -> None:
    draw = random.Random(11)
    stories = [" ".join(draw.choice(WORDS) for _ in range(90)) for _ in range(4)]
    dumps = {
        f"{number:02d}-{kind}.txt": f"Headline {number}\n\n{make(text)}\n"
        for number, text in enumerate(stories)
        for kind, make in {
            "whole": str,
            "again": str,
            "late": lambda text: f"{text} Reported by the desk of Harrow.",
            "cut": lambda text: " ".join(text.split()[:60]),
        }.items()
    }
    partitions = []
    for count, workers in ((1, 2), (3, 1), (len(dumps), 1)):  # at last every dump comes alone
        names, raw, clean = draw.sample(sorted(dumps), len(dumps)), tmp_path / f"raw{count}", tmp_path / f"clean{count}"
        raw.mkdir()
        for part in range(count):
            for name in names[part::count]:
                (raw / name).write_text(dumps[name])
            run([str(raw)], clean, Settings.load(workers=workers), AS_OF)
        snapshot = Store.open(clean, create=False).snapshot()
        partitions.append(digests(snapshot)["clusters"])
        assert snapshot.count("articles") + snapshot.count("duplicates") == len(dumps)

    assert len(set(partitions)) == 1
