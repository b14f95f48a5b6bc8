"""Queries over a million articles in several file layouts, side by side: what sort order and row groups cost.

``python -m benchmarks.bench_query [ROWS] [FOLDER]``: writes the same invented rows once a layout, 2.5 kB of text a row,
then asks each the same questions with DuckDB, layouts in turn, and prints the best of three in milliseconds of CPU.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

DAYS = 60
SITES = 40
TEXT_CHARS = 2_500
GROUP_ROWS = 3_000  # of 2.5 kB: 8 MiB, as the tables are written
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the rows of a day are put into its file."""

    name: str
    sort_by: tuple[str, ...]
    group_rows: int
    bloom: bool = False


LAYOUTS = (
    Layout(name="published, id; 8 MiB groups", sort_by=("published_date", "article_id"), group_rows=GROUP_ROWS),
    Layout(name="id; 8 MiB groups", sort_by=("article_id",), group_rows=GROUP_ROWS),
    Layout(name="published, id; 64 MiB groups", sort_by=("published_date", "article_id"), group_rows=8 * GROUP_ROWS),
    Layout(
        name="published, id; 8 MiB groups, bloom on id",
        sort_by=("published_date", "article_id"),
        group_rows=GROUP_ROWS,
        bloom=True,
    ),
)


def day_rows(number: int, count: int, words: str) -> pa.Table:
    """Return ``count`` invented articles crawled on the ``number``-th day, published then or up to a week before."""
    draw = np.random.default_rng(number)
    crawled = dt.date(2026, 1, 1) + dt.timedelta(days=number)
    starts = draw.integers(0, len(words) - TEXT_CHARS, count)
    published = [crawled - dt.timedelta(days=int(back)) for back in draw.integers(0, 8, count)]
    return pa.table(
        {
            "article_id": [f"{high:016x}{low:016x}" for high, low in draw.integers(0, 2**63, (count, 2)).tolist()],
            "headline": [words[start : start + 70] for start in starts.tolist()],
            "text": [words[start : start + TEXT_CHARS] for start in starts.tolist()],
            "site": [f"site{site}.example" for site in draw.integers(0, SITES, count).tolist()],
            "published_date": pa.array(published, pa.date32()),
            "word_count": draw.integers(60, 1_500, count),
        }
    )


def write(folder: Path, layout: Layout, number: int, rows: pa.Table) -> None:
    """Write a day's file as ``layout`` has it."""
    target = folder / layout.name.replace(" ", "-") / f"date={dt.date(2026, 1, 1) + dt.timedelta(days=number)}"
    target.mkdir(parents=True, exist_ok=True)
    ordered = rows.take(pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in layout.sort_by]))
    bloom = {"bloom_filter_options": {"article_id": {"ndv": layout.group_rows, "fpp": 0.01}}} if layout.bloom else {}
    pq.write_table(
        ordered,
        target / "0000.parquet",
        compression="zstd",
        compression_level=3,
        row_group_size=layout.group_rows,
        write_page_checksum=True,
        write_page_index=True,
        **bloom,
    )


def questions(one: str, hundred: list[str]) -> Mapping[str, str]:
    """Return what is asked, by name; ``{t}`` stands for the table."""
    listed = ", ".join(f"'{key}'" for key in hundred)
    return {
        "one id, its text": f"SELECT text FROM {{t}} WHERE article_id = '{one}'",
        "100 ids, their texts": f"SELECT text FROM {{t}} WHERE article_id IN ({listed})",
        "headlines crawled on a day": "SELECT headline FROM {t} WHERE date = DATE '2026-02-01'",
        "headlines published on a day": "SELECT headline FROM {t} WHERE published_date = DATE '2026-02-01'",
        "headlines of a site": "SELECT headline FROM {t} WHERE site = 'site7.example'",
        "words a site": "SELECT site, sum(word_count) FROM {t} GROUP BY site",
        "all texts": "SELECT sum(length(text)) FROM {t}",
    }


def ask(folder: Path, layout: Layout, sql: str) -> tuple[float, int]:
    """Return CPU milliseconds and rows of a question to one layout."""
    files = folder / layout.name.replace(" ", "-") / "date=*" / "*.parquet"
    table = f"read_parquet('{files}', hive_partitioning=true)"
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        started = time.process_time()
        rows = connection.execute(sql.replace("{t}", table)).fetchall()
        return 1_000 * (time.process_time() - started), len(rows)


def measure(rows: int, folder: Path) -> Iterator[str]:
    """Yield the table of results, line by line (Markdown)."""
    draw = np.random.default_rng(0)
    vocabulary = ["".join(draw.choice(list("abdegiklmnorstu"), draw.integers(2, 10))) for _ in range(30_000)]
    words = " ".join(draw.choice(vocabulary, 4_000_000))
    ids: list[str] = []
    for number in range(DAYS):
        made = day_rows(number, rows // DAYS, words)
        ids += made["article_id"].to_pylist()[:2]
        for layout in LAYOUTS:
            write(folder, layout, number, made)
    yield f"| {rows:,} articles, {DAYS} days | {' | '.join(layout.name for layout in LAYOUTS)} |"
    yield f"| --- |{' --: |' * len(LAYOUTS)}"
    sizes = [
        sum(path.stat().st_size for path in (folder / layout.name.replace(" ", "-")).rglob("*.parquet"))
        for layout in LAYOUTS
    ]
    yield f"| MB on disk | {' | '.join(f'{size / 1e6:,.0f}' for size in sizes)} |"
    for name, sql in questions(ids[len(ids) // 2], ids[:100]).items():
        tries = [[ask(folder, layout, sql) for layout in LAYOUTS] for _ in range(TRIES)]
        best = [min(found) for found in zip(*tries, strict=True)]
        if len({count for _, count in best}) != 1:
            raise SystemExit(f"the layouts answer {name!r} differently: {best}")
        yield f"| {name} | {' | '.join(f'{cpu:,.0f}' for cpu, _ in best)} |"


def main(rows: int = 1_000_000, folder: str | None = None) -> None:
    """Print the table; the files go to ``folder`` (default: the system's temporary one) and are removed."""
    work = Path(tempfile.mkdtemp(prefix="bench-query-", dir=folder))
    try:
        for line in measure(rows, work):
            print(line, flush=True)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main(*[int(sys.argv[1])] if sys.argv[1:2] else [], *sys.argv[2:3])
