"""Clean a small shard, then one of three times the text; print the peak memory (MiB) after each, and the bytes read.

Started by test_shard in a process of its own, whose memory nothing else has touched. Usage: measure_shard.py FOLDER.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from pipeline.limits import Limits
from pipeline.read import list_sources
from pipeline.shards.clean import clean_shard, peak_rss_mib
from pipeline.shards.job import ShardJob
from pipeline.store.known import KnownIds
from pipeline.store.schema import Stamps

WORDS = [f"{first}{last}" for first in ("har", "mol", "tes", "vin", "ock") for last in ("bour", "ten", "ima", "ard")]


def page(number: int) -> str:
    """Return 40 paragraphs of 8 KiB, no two alike."""
    rest = " ".join(WORDS[(number + i) % len(WORDS)] for i in range(1100))
    return "\n\n".join(f"Paragraph {i} of page {number} says that {rest}." for i in range(40))


def main(folder: Path) -> None:
    """Clean both shards one after the other."""
    (folder / "known").write_bytes(b"")
    stamps = Stamps(run_id="1", rules_digest="r", ingested_at=dt.datetime(2026, 3, 10, tzinfo=dt.UTC))
    for number, files in enumerate((14, 42)):
        raw = folder / f"raw{number}"
        raw.mkdir()
        for i in range(files):
            (raw / f"{i}.txt").write_text(page(i))
        job = ShardJob(
            number=number,
            sources=tuple(list_sources([str(raw)])),
            folder=folder / f"{number}.shard",
            known=KnownIds(folder / "known"),
            stamps=stamps,
            as_of=dt.date(2026, 3, 10),
            limits=Limits(),
            min_words=25,
            profiles=(),
            keep_removals=True,
        )
        result = clean_shard(job)
        sys.stdout.write(f"{peak_rss_mib()} {result.bytes_read}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
