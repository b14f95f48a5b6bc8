from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.dedup.facts import DocFacts
from pipeline.dedup.fingerprint import Scheme, fingerprint
from pipeline.dedup.growth import write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.match import Decisions, match
from pipeline.dedup.verify import judge_pair
from pipeline.records import Relation
from pipeline.settings import DedupSettings

Match = Callable[..., Decisions]
DAY = dt.date(2026, 3, 4)


def edited(text: str, seed: int) -> str:
    """Return one of the things that newsrooms do to a text."""
    draw = random.Random(seed)
    paragraphs = text.split("\n\n")
    return draw.choice(
        [
            text,
            "VARNE (Agency) - " + text,
            "\n\n".join(paragraphs[: max(2, len(paragraphs) // 2)]),
            text.replace(" said ", " stated ").replace(" asked ", " called "),
            text + "\n\n(Reporting by Ana Ruiz; editing by Tom Holm)",
            "\n\n".join([*paragraphs[:2], *reversed(paragraphs[2:])]),
        ]
    )


@pytest.fixture
def runs(run_match: Match, scheme: Scheme, make_facts: Callable[..., DocFacts], tmp_path: Path) -> Callable[..., Any]:
    """Match the texts in so many runs; returns the clusters, and the duplicates of all runs."""

    def run_all(text_by_id: dict[str, str], count: int) -> tuple[dict[str, str], dict[str, str]]:
        folder = tmp_path / str(count)
        folder.mkdir()
        cluster_by_id: dict[str, str] = {}
        kept_by_id: dict[str, str] = {}
        for number in range(count):
            ids = list(text_by_id)[number::count]
            found = run_match(text_by_id, new=ids, index=Index.open(folder, scheme))
            cluster_by_id.update(found.cluster_by_id)
            kept_by_id.update({doc_id: copy.duplicate_of for doc_id, copy in found.duplicates.items()})
            write_segment(
                folder / f"{number}.segment",
                docs=[make_facts(doc_id, text_by_id[doc_id]) for doc_id in ids],
                is_article=[doc_id not in found.duplicates for doc_id in ids],
                prints=fingerprint([text_by_id[doc_id] for doc_id in ids], scheme),
                edges=found.edges,
                scheme=scheme,
            )
        return cluster_by_id, kept_by_id

    return run_all


@pytest.fixture
def corpus(make_story: Callable[..., str]) -> dict[str, str]:
    texts = [edited(make_story(seed, sentences=16), 7 * seed + n) for seed in range(12) for n in range(4)]
    texts += [f"{make_story(20)}\n\n{make_story(3, sentences=16)}\n\n{make_story(21)}", "", "—"]
    ids = [f"d{at:03d}" for at in range(len(texts))]
    random.Random(5).shuffle(ids)
    return dict(zip(ids, texts, strict=True))


def test_clusters_do_not_depend_on_runs(runs: Callable[..., Any], corpus: dict[str, str]) -> None:
    once, _ = runs(corpus, 1)

    assert [runs(corpus, count)[0] for count in (3, 7)] == [once, once]
    assert sorted(once) == sorted(corpus)


def test_duplicates_point_at_articles_only(runs: Callable[..., Any], corpus: dict[str, str]) -> None:
    cluster_by_id, kept_by_id = runs(corpus, 3)

    assert not set(kept_by_id.values()) & set(kept_by_id)
    assert all(cluster_by_id[copy] == cluster_by_id[kept] for copy, kept in kept_by_id.items())


def test_order_of_input_changes_nothing(run_match: Match, corpus: dict[str, str]) -> None:
    assert run_match(corpus, new=list(corpus)) == run_match(corpus, new=sorted(corpus))


def test_copies_are_told_from_the_kept_one(run_match: Match, make_story: Callable[..., str]) -> None:
    text = make_story(1, sentences=20)
    texts = {
        "kept": text,
        "exact": text.replace("\n\n", "\n"),
        "near": "VARNE - " + text,
        "cut": " ".join(text.split()[:60]),
        "long": text + "\n\n" + make_story(2, sentences=12),
    }
    fields = {"kept": {"published_date": dt.date(2026, 3, 3)}}
    found = run_match(texts, fields).duplicates

    assert {doc_id: str(copy.relation) for doc_id, copy in found.items()} == {
        "exact": "exact",
        "near": "near",
        "cut": "abridged",
        "long": "extended",
    }
    assert {copy.duplicate_of for copy in found.values()} == {"kept"}
    assert found["cut"].containment == 1.0
    assert found["cut"].jaccard < 0.5


def test_published_article_stays_kept(runs: Callable[..., Any], make_story: Callable[..., str]) -> None:
    text = make_story(1)
    _, kept_by_id = runs({"later": text + " Ends.", "earlier": text}, 2)

    assert kept_by_id == {"earlier": "later"}


def test_round_up_is_linked_once_to_the_article(run_match: Match, make_story: Callable[..., str]) -> None:
    text = make_story(1, sentences=20)
    round_up = "\n\n".join([make_story(2), "Elsewhere:", text, make_story(3)])
    found = run_match({"copy": text + " Ends.", "round-up": round_up, "text": text}, {"text": {"agency": "AFP"}})

    assert [(link.article_id, link.other_id, link.relation) for link in found.links] == [
        ("round-up", "text", Relation.CONTAINS)
    ]
    assert list(found.duplicates) == ["copy"]


def test_texts_without_words_match_nothing(run_match: Match) -> None:
    found = run_match({"a": "", "b": "", "c": "—"})

    assert found.cluster_by_id == {"a": "a", "b": "b", "c": "c"}
    assert not found.duplicates


def test_nothing_new_decides_nothing(run_match: Match) -> None:
    found = run_match({})

    assert (found.duplicates, found.links, found.cluster_by_id, len(found.edges)) == ({}, (), {}, 0)


def test_thousand_equal_copies_are_one_cluster(run_match: Match, make_story: Callable[..., str]) -> None:
    text = make_story(1)
    found = run_match({f"c{n:03d}": text for n in range(1000)} | {"x": text + " Ends."})

    assert set(found.cluster_by_id.values()) == {"c000"}
    assert len(found.edges) == 1


def test_copies_joined_through_a_third_get_scores_too(run_match: Match, make_story: Callable[..., str]) -> None:
    whole = make_story(1, sentences=40)
    paragraphs = whole.split("\n\n")
    texts = {
        "whole": whole,
        "head": "\n\n".join(paragraphs[:9]),
        "tail": "\n\n".join([paragraphs[0], *paragraphs[11:]]),
    }
    found = run_match(texts, {"head": {"published_date": dt.date(2026, 3, 1)}})

    assert found.duplicates["tail"].duplicate_of == "head"
    assert found.duplicates["tail"].jaccard < 0.2


def test_no_pair_is_measured_twice_in_a_run(
    scheme: Scheme, make_facts: Callable[..., DocFacts], make_story: Callable[..., str]
) -> None:
    story = make_story(1, sentences=24).split("\n\n")
    ends = {"a": "\n\n".join(story[:7]), "b": "\n\n".join(story), "c": "\n\n".join([*story[:3], *story[9:]])}
    asked: list[str] = []

    def texts_of(ids: Sequence[str]) -> dict[str, str]:
        asked.extend(ids)
        return {key: ends[key] for key in ids}

    # The first to appear is kept: the third is its copy by way of the second alone.
    days = {"a": DAY, "b": DAY + dt.timedelta(days=1), "c": DAY + dt.timedelta(days=1)}
    docs = [make_facts(doc_id, text, published_date=days[doc_id]) for doc_id, text in ends.items()]
    settings = DedupSettings()
    found = match(docs, fingerprint(list(ends.values()), scheme), Index.empty(scheme), texts_of, settings)

    assert not judge_pair(ends["a"], ends["c"], settings).may_merge
    assert {doc_id: copy.duplicate_of for doc_id, copy in found.duplicates.items()} == {"b": "a", "c": "a"}
    assert sorted(asked) == ["a", "b", "c"]
