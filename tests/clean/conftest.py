"""What tests of the cleaner share: one cleaner, and a page's lines with the class each got."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from pipeline.clean import Cleaned, Cleaner
from pipeline.records import Dump


@pytest.fixture(scope="session")
def cleaner() -> Cleaner:
    return Cleaner.load()


@pytest.fixture
def clean(cleaner: Cleaner, make_dump: Callable[..., Dump]) -> Callable[..., Cleaned]:
    def run(text: str, **fields: object) -> Cleaned:
        return cleaner.clean(make_dump(text, **fields), dt.date(2026, 3, 10))

    return run


@pytest.fixture
def classes(clean: Callable[..., Cleaned]) -> Callable[[str], dict[str, str]]:
    """Each line of a page by its text: its class, or "kept"."""

    def run(text: str) -> dict[str, str]:
        cleaned = clean(text)
        kept = {number for row in (*cleaned.articles, *cleaned.quarantined) for number in row.kept_lines}
        found = {line: "kept" for number, line in enumerate(cleaned.lines, 1) if number in kept}
        return found | {removal.text: removal.line_class for removal in cleaned.removals}

    return run
