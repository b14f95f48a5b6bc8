"""Factories: a test names only the fields it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.records import Article, Dump
from pipeline.text import hash128, words


def dump(text: str = "A headline\n\nA paragraph of the story.\n", **fields: Any) -> Dump:
    """Return a text dump; ``fields`` override."""
    path = fields.pop("source_path", "a.txt")
    defaults: dict[str, Any] = {
        "dump_id": hash128(path, text),
        "source_path": path,
        "source_record": None,
        "kind": "text",
        "text": text,
        "size_bytes": len(text.encode()),
        "encoding": "utf-8",
    }
    return Dump(**{**defaults, **fields})


def article(text: str = "A paragraph of the story.", **fields: Any) -> Article:
    """Return an article; ``fields`` override."""
    path = fields.pop("source_path", "a.txt")
    dump_id = fields.pop("dump_id", hash128(path, text))
    number = fields.get("page_article_no", 1)
    defaults: dict[str, Any] = {
        "article_id": hash128(dump_id, str(number)),
        "dump_id": dump_id,
        "date": dt.date(2026, 3, 4),
        "headline": "A headline",
        "standfirst": None,
        "text": text,
        "authors": (),
        "agency": None,
        "section": None,
        "language": "en",
        "url": None,
        "site": None,
        "published_date": None,
        "published_at": None,
        "published_precision": None,
        "published_from": None,
        "source_path": path,
        "source_record": None,
        "source_id": None,
        "page_article_no": number,
        "page_article_count": 1,
        "first_line": 1,
        "last_line": 3,
        "kept_lines": (3,),
        "word_count": len(words(text)),
        "text_hash": hash128(text),
        "confidence": 1.0,
    }
    return Article(**{**defaults, **fields})


@pytest.fixture
def make_dump() -> Callable[..., Dump]:
    return dump


@pytest.fixture
def make_article() -> Callable[..., Article]:
    return article
