"""Claims about the queries in the documents: each is asked of the samples and answers with the columns shown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.query import query
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store

ROOT = Path(__file__).parent.parent
_RECIPE = re.compile(r"```sql\n(.*?)```\n\n```text\n(.*?)\n```", re.DOTALL)


def recipes() -> Iterator[tuple[str, str]]:
    """Yield each query of docs/query.md with the titles of the answer below it."""
    for sql, shown in _RECIPE.findall((ROOT / "docs" / "query.md").read_text(encoding="utf-8")):
        yield sql, shown.partition("\n")[0]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    clean = tmp_path_factory.mktemp("samples") / "clean"
    run([str(ROOT / "data" / "raw")], clean, Settings.load(workers=1), dt.date(2026, 3, 10))
    return Store.open(clean, create=False).snapshot()


@pytest.mark.parametrize(("sql", "titles"), [pytest.param(*one, id=" ".join(one[0].split())[:50]) for one in recipes()])
def test_query_shown_answers_with_the_columns_shown(snapshot: Snapshot, sql: str, titles: str) -> None:
    answer = query(snapshot, sql)

    assert list(answer.columns) == titles.split()
    assert next(answer.batches).num_rows > 0


def test_document_has_its_recipes() -> None:
    assert len(list(recipes())) >= 10
