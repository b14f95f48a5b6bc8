"""Claims about changed pages: a near copy under the kept article's own address is its new version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.dedup.facts import NamedEdges
from pipeline.dedup.fingerprint import Scheme
from pipeline.dedup.match import Decisions, Link
from pipeline.gather.articles import NewArticles
from pipeline.gather.versions import versions
from pipeline.records import Article, Duplicate, Relation
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.shards.prints import PrintJob, fingerprint_shard
from pipeline.store.query import query
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES, Stamps, rows_to_batch
from pipeline.store.tables import Store

STAMPS = Stamps(run_id="00000002-a", rules_digest="r", ingested_at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))
URL = "http://daily.test/ferry"
MONDAY, TUESDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)

Make = Callable[..., Article]


@pytest.fixture
def gathered(tmp_path: Path, newsroom_run: Any) -> Callable[..., tuple[NewArticles, Snapshot]]:
    snapshot = Store.open(newsroom_run.clean, create=False).snapshot()
    scheme = Scheme.from_datasketch(32, 1, 3)

    def gather(*rows: Article) -> tuple[NewArticles, Snapshot]:
        path = tmp_path / "0.arrow"
        with pa.ipc.new_file(str(path), TABLES["articles"].schema) as sink:
            sink.write_batch(rows_to_batch("articles", list(rows), STAMPS))
        target = fingerprint_shard(PrintJob(rows=path, scheme=scheme, target=path.with_suffix(".npz"))).target
        return NewArticles([path], [target], snapshot), snapshot

    return gather


def copies(relation: Relation = Relation.NEAR, **of: str) -> Decisions:
    """Return decisions in which each id is a copy of another."""
    found = {
        key: Duplicate(duplicate_of=kept, relation=relation, jaccard=0.9, containment=0.95) for key, kept in of.items()
    }
    return Decisions(duplicates=found, links=(), cluster_by_id={}, edges=NamedEdges.of(()))


def pair(make: Make, **later: Any) -> tuple[Article, Article]:
    """Return a page as it was on Monday and, ``later`` its own, on Tuesday."""
    fields = {"date": TUESDAY, "source_path": "2.warc.gz", "url": URL, **later}
    first = make("The ferry is back.", date=MONDAY, source_path="1.warc.gz", url=URL, article_id="first")
    return first, make("The ferry is back, and full.", article_id="second", **fields)


def test_changed_page_is_an_update_and_no_duplicate(gathered: Any, make_article: Make) -> None:
    decided = versions(copies(second="first"), *gathered(*pair(make_article)))

    assert decided.duplicates == {}
    assert decided.links == (
        Link(article_id="second", other_id="first", relation=Relation.UPDATE, jaccard=0.9, containment=0.95),
    )


def test_later_version_is_the_update_whichever_was_kept(gathered: Any, make_article: Make) -> None:
    decided = versions(copies(first="second"), *gathered(*pair(make_article)))

    assert [(link.article_id, link.other_id) for link in decided.links] == [("second", "first")]


@pytest.mark.parametrize(
    "later",
    [{"url": "http://weekly.test/ferry"}, {"url": None}, {"source_path": "1.warc.gz"}, {"page_article_no": 2}],
    ids=["another address", "no address", "the same dump", "another place on the page"],
)
def test_copy_of_anything_else_stays_one(later: dict[str, Any], gathered: Any, make_article: Make) -> None:
    decisions = copies(second="first")

    assert versions(decisions, *gathered(*pair(make_article, **later))) is decisions


def test_page_whose_text_is_the_same_stays_a_duplicate(gathered: Any, make_article: Make) -> None:
    decisions = copies(Relation.EXACT, second="first")

    assert versions(decisions, *gathered(*pair(make_article))) is decisions


PAGE = """HTTP/1.1 200 OK\r
Content-Type: text/html\r
\r
<html><head><title>Ferry to Marlow Island is back after nine days</title></head><body><article>
<h1>Ferry to Marlow Island is back after nine days</h1>
<p>The ferry between Oldhaven and Marlow Island sailed again on Tuesday morning, nine days after a storm tore its ramp
from the quay and left four hundred islanders to rely on fishing boats for bread, post and medicine.</p>
<p>Harbour master Piet Lund said divers had worked through the night to fix the new ramp, and that it had been tried
with two loaded milk lorries before the first passenger was let on board.</p>{more}
<p>The next ferry leaves at noon, the harbour office said, and the one after that when the tide allows it.</p>
</article></body></html>"""
MORE = """<p>By evening three hundred islanders had crossed, among them a bride whose wedding had been put off twice
and a cow that was to be shown at the county fair.</p>"""


def write_warc(raw: Path, day: str, more: str) -> None:
    block = PAGE.format(more=more).encode()
    head = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:{day}>\r\nWARC-Date: {day}T10:00:00Z\r\n"
    path = raw / f"date={day}" / f"{day}.warc"
    path.parent.mkdir(parents=True)
    path.write_bytes(
        f"{head}WARC-Target-URI: {URL}\r\nContent-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"
    )


@pytest.mark.parametrize("at_once", [True, False], ids=["in one run", "in two runs"])
def test_page_fetched_again_after_it_changed_is_an_article_linked_to_the_first(tmp_path: Path, at_once: bool) -> None:
    write_warc(tmp_path / "raw", "2026-03-02", "")
    settings = Settings.load(None, workers=1)
    if not at_once:
        run([str(tmp_path / "raw")], tmp_path / "clean", settings)
    write_warc(tmp_path / "raw", "2026-03-03", MORE)
    run([str(tmp_path / "raw")], tmp_path / "clean", settings)

    asked = query(
        Store.open(tmp_path / "clean", create=False).snapshot(),
        "SELECT a.date::VARCHAR AS new, b.date::VARCHAR AS old, r.relation, (SELECT count(*) FROM duplicates) AS copies"
        " FROM relations r JOIN articles a USING (article_id) JOIN articles b ON b.article_id = r.other_id",
    )
    assert [row for batch in asked.batches for row in batch.to_pylist()] == [
        {"new": "2026-03-03", "old": "2026-03-02", "relation": "update", "copies": 0}
    ]
