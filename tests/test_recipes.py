"""Claims about the queries in the documents: each is asked of the samples and answers with the columns shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.store.query import query
from pipeline.store.reader import Snapshot
from tests.shown import PAGES, PICTURE, answered, picture, samples

ROOT = Path(__file__).parent.parent
_RECIPE = re.compile(r"```sql\n(.*?)```\n\n```text\n(.*?)\n```", re.DOTALL)


def recipes() -> Iterator[tuple[str, str]]:
    """Yield each query of docs/query.md with the titles of the answer below it."""
    for sql, shown in _RECIPE.findall((ROOT / "docs" / "query.md").read_text(encoding="utf-8")):
        yield sql, shown.partition("\n")[0]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return samples(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize(("sql", "titles"), [pytest.param(*one, id=" ".join(one[0].split())[:50]) for one in recipes()])
def test_query_shown_answers_with_the_columns_shown(snapshot: Snapshot, sql: str, titles: str) -> None:
    answer = query(snapshot, sql)

    assert list(answer.columns) == titles.split()
    assert next(answer.batches).num_rows > 0


def test_document_has_its_recipes() -> None:
    assert len(list(recipes())) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_answers_shown_are_those_that_are_given(snapshot: Snapshot, page: Path) -> None:
    shown = page.read_text(encoding="utf-8")

    assert answered(shown, snapshot) == shown, "python -m tests.shown writes them anew"


def test_picture_of_explain_shows_what_it_prints(snapshot: Snapshot) -> None:
    assert picture(snapshot) == PICTURE.read_text(encoding="utf-8"), "python -m tests.shown draws it anew"
