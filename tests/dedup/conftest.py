"""Invented stories, and documents made of them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.dedup import compiled
from pipeline.dedup.facts import DocFacts, Edge, NamedEdges
from pipeline.dedup.fingerprint import Fingerprints, Scheme, fingerprint
from pipeline.dedup.growth import write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.match import Decisions, match
from pipeline.dedup.normalise import text_hash
from pipeline.settings import DedupSettings
from pipeline.text import words

FRAMES = (
    "{0} {1} of {2} said on Tuesday that {3} would close.",
    "Officials from {0} met {1} and {2} near the {3} bridge.",
    "The {0} council approved {1} after {2} asked for {3}.",
    "{0} denied it, but {1} told {2} about {3} anyway.",
    "In {0} the price of {1} rose while {2} waited for {3}.",
)


def story(seed: int, sentences: int = 14) -> str:
    """Return an invented story: paragraphs of two sentences, another for every seed; its people come back in it."""
    draw = random.Random(seed)
    cast = [_name(draw) for _ in range(6)]
    lines = []
    for _ in range(sentences):
        names = [draw.choice(cast) if draw.random() < 0.35 else _name(draw) for _ in range(4)]
        lines.append(draw.choice(FRAMES).format(*names))
    return "\n\n".join(" ".join(lines[at : at + 2]) for at in range(0, len(lines), 2))


def _name(draw: random.Random) -> str:
    return "".join(draw.choice("bdfgklmnrstv") + draw.choice("aeiou") for _ in range(3)).capitalize()


def facts(doc_id: str, text: str, **fields: Any) -> DocFacts:
    """Return the facts of a document with that text; ``fields`` override."""
    defaults: dict[str, Any] = {
        "id": doc_id,
        "date": dt.date(2026, 3, 4),
        "published_date": dt.date(2026, 3, 4),
        "published_at": None,
        "headline": None,
        "agency": None,
        "site": f"{doc_id}.example",
        "source_path": f"{doc_id}.txt",
        "source_record": None,
        "page_article_no": 1,
        "text_hash": text_hash(text),
        "word_count": len(words(text)),
        "language": "en",
    }
    return DocFacts(**{**defaults, **fields})


@pytest.fixture(params=["compiled", "numpy"])
def kernel_name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with each kernel; without a compiler with numpy alone."""
    if request.param == "numpy":
        monkeypatch.setattr(compiled, "LIBRARY", None)
    elif compiled.LIBRARY is None:
        pytest.skip("no compiled kernel here")
    return str(request.param)


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    return Scheme.from_datasketch(128, 1, 3)


@pytest.fixture
def make_story() -> Callable[..., str]:
    return story


@pytest.fixture
def make_facts() -> Callable[..., DocFacts]:
    return facts


@pytest.fixture
def write_docs(scheme: Scheme) -> Callable[..., Path]:
    """Write a segment of documents with these texts, all articles; ``fields`` are those of every document."""

    def write(
        path: Path,
        text_by_id: Mapping[str, str],
        edges: Iterable[Edge] = (),
        *,
        removed: Iterable[str] = (),
        **fields: Any,
    ) -> Path:
        write_segment(
            path,
            docs=[facts(doc_id, text, **fields) for doc_id, text in text_by_id.items()],
            is_article=[True] * len(text_by_id),
            prints=fingerprint(list(text_by_id.values()), scheme),
            edges=NamedEdges.of(edges),
            scheme=scheme,
            removed=removed,
        )
        return path

    return write


@pytest.fixture
def run_match(scheme: Scheme) -> Callable[..., Decisions]:
    """Match texts by id, each with fields of its own, against an index."""

    def run(
        text_by_id: Mapping[str, str],
        fields_by_id: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        new: Sequence[str] | None = None,
        index: Index | None = None,
    ) -> Decisions:
        ids = list(new if new is not None else text_by_id)
        docs = [facts(doc_id, text_by_id[doc_id], **(fields_by_id or {}).get(doc_id, {})) for doc_id in ids]
        prints: Fingerprints = fingerprint([text_by_id[doc_id] for doc_id in ids], scheme)
        settings = DedupSettings()
        return match(
            docs,
            prints,
            index or Index.empty(scheme),
            lambda wanted: {key: text_by_id[key] for key in wanted},
            settings,
        )

    return run
