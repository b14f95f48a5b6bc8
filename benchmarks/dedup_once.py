"""One corpus from text to verified clusters in this process: prints what it took as JSON, user CPU in seconds.

    python -m benchmarks.dedup_once FILE.arrow

``fingerprint`` reads the mapped texts, ``match`` does the rest. What documents are called and where they appeared is
read before the clock starts: a run has it at hand.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from benchmarks.dedup_quality import partition_scores
from pipeline.compiled import describe
from pipeline.dedup.compiled import LIBRARY
from pipeline.dedup.facts import DocFacts
from pipeline.dedup.fingerprint import Fingerprints, Scheme, fingerprint
from pipeline.dedup.growth import write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.match import Decisions, match
from pipeline.settings import DedupSettings

_FIRST_DAY = dt.date(2026, 3, 1)


def measure(path: Path) -> dict[str, object]:
    """Return documents, seconds, peak and base memory in MiB, edges, and how good the clusters are."""
    settings = DedupSettings()
    scheme = Scheme.from_datasketch(settings.num_perm, settings.seed, settings.shingle_words, settings.band_rows)
    with pa.memory_map(str(path)) as source:
        batches = [pa.ipc.open_file(source).get_batch(at) for at in range(pa.ipc.open_file(source).num_record_batches)]
        facts = [fact for batch in batches for fact in facts_of(batch)]
        place = {fact.id: at for at, fact in enumerate(facts)}
        rows = [(column, at) for column in (batch.column("text") for batch in batches) for at in range(len(column))]

        def texts_of(ids: Sequence[str]) -> Mapping[str, str]:
            found = ((doc_id, rows[place[doc_id]]) for doc_id in ids)
            return {doc_id: column[at].as_py() for doc_id, (column, at) in found}

        base, begun = peak_mib(), user_seconds()
        prints = Fingerprints.concat([fingerprint(batch.column("text"), scheme) for batch in batches])
        printed = user_seconds()
        decisions = match(facts, prints, Index.empty(scheme), texts_of, settings)
        done, peak = user_seconds(), peak_mib()
        index_bytes = size_of_segment(facts, prints, decisions, scheme)
        stories = {doc_id: str(story) for batch in batches for doc_id, story in ids_and_stories(batch)}
        bytes_of_text = sum(batch.column("text").nbytes for batch in batches)
    return {
        "kernel": describe(LIBRARY),
        "documents": len(facts),
        "fingerprint": printed - begun,
        "match": done - printed,
        "peak_mib": peak,
        "base_mib": base,
        "text_mib": bytes_of_text / (1 << 20),
        "edges": len(decisions.edges),
        "index_bytes": index_bytes / len(facts),
        "duplicates": len(decisions.duplicates),
        "scores": partition_scores(stories, decisions.cluster_by_id),
    }


def size_of_segment(facts: Sequence[DocFacts], prints: Fingerprints, decisions: Decisions, scheme: Scheme) -> int:
    """Return the bytes that the index takes for these documents and their pairs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "segment"
        is_article = [fact.id not in decisions.duplicates for fact in facts]
        write_segment(path, docs=facts, is_article=is_article, prints=prints, edges=decisions.edges, scheme=scheme)
        return path.stat().st_size


def facts_of(batch: pa.RecordBatch) -> list[DocFacts]:
    """Return what matching is told of the documents of a corpus."""
    columns = (batch.column(name).to_pylist() for name in ("id", "text_hash", "site", "day"))
    return [
        DocFacts(
            id=doc_id,
            date=_FIRST_DAY,
            published_date=_FIRST_DAY + dt.timedelta(days=day),
            published_at=None,
            headline=None,
            agency=None,
            site=site,
            source_path=doc_id,
            source_record=None,
            page_article_no=1,
            text_hash=text_hash,
            word_count=1,
            language=None,
        )
        for doc_id, text_hash, site, day in zip(*columns, strict=True)
    ]


def ids_and_stories(batch: pa.RecordBatch) -> list[tuple[str, int]]:
    """Return the truth of a corpus."""
    return list(zip(batch.column("id").to_pylist(), batch.column("story").to_pylist(), strict=True))


def user_seconds() -> float:
    """Return the user CPU seconds of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def peak_mib() -> float:
    """Return the highest resident memory of this process, mapped files included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
