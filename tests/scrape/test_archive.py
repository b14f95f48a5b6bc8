from __future__ import annotations

import datetime as dt
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from pipeline.errors import StoreError
from pipeline.scrape.archive import STATE_FOLDER, Archive, payload_digest, warc_date, whole_bytes
from pipeline.scrape.fetch import Answer
from pipeline.scrape.frontier import Archived, Target
from pipeline.scrape.memory import Memory
from pipeline.scrape.states import Kind

AT = dt.datetime(2026, 3, 4, 23, 59, 58, 250_000, tzinfo=dt.UTC)
PAGE = b"<html><p>The council met.</p></html>"


def target(path: str = "/a", **fields: Any) -> Target:
    url = f"http://daily.test{path}"
    given: dict[str, Any] = {
        "id": 1, "key": url, "url": url, "origin": "http://daily.test", "source": "daily", "kind": Kind.PAGE,
        "found_in": "http://daily.test/feed", "depth": 0, "hops": 0, "tries": 0, "etag": None, "last_modified": None, "digest": None, "payload": None,
        "record": None,
    }  # fmt: skip
    return Target(**{**given, **fields})


def answer(path: str = "/a", body: bytes = PAGE, **fields: Any) -> Answer:
    given: dict[str, Any] = {
        "url": f"http://daily.test{path}", "status": 200, "reason": "OK", "raw": body, "content": body,
        "headers": ((b"Content-Type", b"text/html; charset=utf-8"), (b"Content-Length", str(len(body)).encode())),
        "address": "93.184.216.34", "target": path.encode(), "started_at": AT, "seconds": 0.25,
        "asked": ((b"Host", b"daily.test"), (b"User-Agent", b"Broadsheet/0.1 (+desk@example.org)")),
    }  # fmt: skip
    return Answer(**{**given, **fields})


@pytest.fixture
def make_archive(tmp_path: Path, memory: Memory) -> Callable[..., Archive]:
    def make(most_bytes: int = 1 << 30) -> Archive:
        return Archive(tmp_path / "raw", memory, most_bytes=most_bytes, agent="Broadsheet/0.1")

    return make


Made = Callable[..., Archive]


def settle(memory: Memory, archived: Archived) -> None:
    """Note what the frontier notes when a fetch is settled."""
    memory.keep_warc(archived.warc, archived.end, is_closed=False)


def keep(archive: Archive, memory: Memory, *paths: str) -> list[Archived]:
    kept = []
    for path in paths:
        kept.append(archive.keep(target(path), answer(path)))
        settle(memory, kept[-1])
    return kept


def part_of(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "raw" / STATE_FOLDER / "open").iterdir()
    return found


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "raw").rglob("*.warc.gz"))


def records(path: Path) -> list[tuple[str, str | None]]:
    with path.open("rb") as file:
        return [(one.rec_type, one.rec_headers.get_header("WARC-Target-URI")) for one in ArchiveIterator(file)]


def pages(tmp_path: Path) -> list[str]:
    return [str(url) for path in files(tmp_path) for kind, url in records(path) if kind == "response"]


def test_exchange_is_response_request_and_metadata(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    archive = make_archive()
    keep(archive, memory, "/a")
    archive.finish()

    (path,) = files(tmp_path)
    url = "http://daily.test/a"
    assert records(path) == [("warcinfo", None), ("response", url), ("request", url), ("metadata", url)]
    assert archive.placed == [str(path.relative_to(tmp_path / "raw"))]


def test_file_lies_in_the_folder_of_its_day_and_only_when_it_is_done(
    tmp_path: Path, make_archive: Made, memory: Memory
) -> None:
    archive = make_archive()
    keep(archive, memory, "/a")

    assert files(tmp_path) == []
    archive.finish()
    assert files(tmp_path)[0].parent == tmp_path / "raw" / "scrape" / "date=2026-03-04"


def test_response_has_what_was_sent_and_who_sent_it(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    archive = make_archive()
    keep(archive, memory, "/a")
    archive.finish()

    with files(tmp_path)[0].open("rb") as file:
        _, response, request, metadata = ((one, one.content_stream().read()) for one in ArchiveIterator(file))
    fields = response[0].rec_headers
    assert response[1] == PAGE
    assert response[0].http_headers.get_statuscode() == "200"
    assert fields.protocol == "WARC/1.1"
    assert fields.get_header("WARC-Date") == "2026-03-04T23:59:58.250000Z" == warc_date(AT)
    assert fields.get_header("WARC-IP-Address") == "93.184.216.34"
    assert fields.get_header("WARC-Payload-Digest") == payload_digest(PAGE)
    assert (request[0].http_headers.protocol, request[0].http_headers.statusline) == ("GET", "/a HTTP/1.1")
    assert request[0].rec_headers.get_header("WARC-Concurrent-To") == fields.get_header("WARC-Record-ID")
    assert metadata[1].splitlines()[:2] == [b"via: http://daily.test/feed", b"source: daily"]


def test_file_passes_the_check_of_warcio_and_is_read_by_fastwarc(
    tmp_path: Path, make_archive: Made, memory: Memory, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = make_archive()
    keep(archive, memory, "/a", "/b")
    settle(memory, archive.keep_revisit(target("/c", record=warc_date(AT)), answer("/c", b"", status=304)))
    archive.finish()

    checked = Checker(_Verbose([str(files(tmp_path)[0])]))
    checked.process_all()
    with files(tmp_path)[0].open("rb") as file:
        read = [one.headers["WARC-Type"] for one in FastIterator(file, parse_http=False) if one.verify_block_digest()]

    assert checked.exit_value == 0, capsys.readouterr().out
    assert read.count("response") == 2
    assert read[-1] == "revisit"


class _Verbose:
    """What warcio's command line hands its checker."""

    def __init__(self, inputs: list[str]) -> None:
        self.inputs = inputs
        self.verbose = True


@pytest.mark.parametrize(
    ("status", "profile"), [(304, "server-not-modified"), (200, "identical-payload-digest")], ids=["304", "same bytes"]
)
def test_revisit_points_at_the_record_that_has_the_content(
    status: int, profile: str, tmp_path: Path, make_archive: Made, memory: Memory
) -> None:
    archive = make_archive()
    known = target(record="2026-03-01T10:00:00.000000Z", payload=payload_digest(PAGE), digest="d")
    settle(memory, archive.keep_revisit(known, answer(status=status)))
    archive.finish()

    with files(tmp_path)[0].open("rb") as file:
        fields = [one.rec_headers for one in ArchiveIterator(file)][1]
    assert fields.get_header("WARC-Profile").endswith(f"/1.1/revisit/{profile}")
    assert fields.get_header("WARC-Refers-To-Date") == known.record
    assert fields.get_header("WARC-Refers-To-Target-URI") == known.url


def test_joined_chunks_keep_the_header_under_another_name(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    archive = make_archive()
    headers = ((b"Content-Type", b"text/html"), (b"Transfer-Encoding", b"chunked"))
    settle(memory, archive.keep(target(), answer(headers=headers)))
    archive.finish()

    with files(tmp_path)[0].open("rb") as file:
        response = next(one for one in ArchiveIterator(file) if one.rec_type == "response").http_headers
    assert response.get_header("X-Crawler-Transfer-Encoding") == "chunked"
    assert response.get_header("Transfer-Encoding") is None
    assert response.get_header("Content-Length") == str(len(PAGE))


def test_file_over_its_size_and_day_gone_by_begin_the_next(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    archive = make_archive(most_bytes=1500)
    keep(archive, memory, "/a", "/b", "/c")
    settle(memory, archive.keep(target("/d"), answer("/d", started_at=AT + dt.timedelta(seconds=2))))
    archive.finish()

    days = [path.parent.name for path in files(tmp_path)]
    assert days.count("date=2026-03-04") > 1
    assert days[-1] == "date=2026-03-05"
    assert sorted(pages(tmp_path)) == [f"http://daily.test/{name}" for name in "abcd"]


def test_name_that_is_taken_is_not_written_over(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    there = tmp_path / "raw/scrape/date=2026-03-04/scrape-20260304T235958Z-00001.warc.gz"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"somebody's")
    archive = make_archive()
    keep(archive, memory, "/a")
    archive.finish()

    assert there.read_bytes() == b"somebody's"
    assert len(files(tmp_path)) == 2


def test_file_left_by_a_kill_is_cut_behind_what_was_settled(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    killed = make_archive()
    keep(killed, memory, "/a", "/b")
    killed.keep(target("/c"), answer("/c"))  # and killed before it was settled
    killed._file.close()  # type: ignore[union-attr]

    make_archive().recover()

    assert pages(tmp_path) == ["http://daily.test/a", "http://daily.test/b"]
    assert memory.open_warcs() == []


def test_file_that_lost_its_end_is_cut_behind_its_last_whole_record(
    tmp_path: Path, make_archive: Made, memory: Memory
) -> None:
    killed = make_archive()
    kept = keep(killed, memory, "/a", "/b")
    killed._file.close()  # type: ignore[union-attr]
    with part_of(tmp_path).open("r+b") as file:
        file.truncate(kept[1].end - 10)  # a power loss: the memory knows more than the disk kept

    make_archive().recover()

    (path,) = files(tmp_path)
    assert records(path)[-1] == ("request", "http://daily.test/b")  # its metadata is what was cut


def test_file_in_which_nothing_was_settled_goes(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    killed = make_archive()
    killed.keep(target(), answer())
    killed._file.close()  # type: ignore[union-attr]

    make_archive().recover()

    assert [path for path in (tmp_path / "raw").rglob("*") if path.suffix in (".part", ".gz")] == []


def test_kill_between_move_and_note_loses_nothing(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    archive = make_archive()
    (kept,) = keep(archive, memory, "/a")
    archive.finish()
    memory.keep_warc(kept.warc, kept.end, is_closed=False)

    make_archive().recover()

    assert pages(tmp_path) == ["http://daily.test/a"]
    assert memory.open_warcs() == []


def test_file_that_vanished_is_forgotten(tmp_path: Path, make_archive: Made, memory: Memory) -> None:
    memory.keep_warc("scrape/date=2026-03-04/gone.warc.gz", 700, is_closed=False)

    make_archive().recover()

    assert files(tmp_path) == []
    assert memory.open_warcs() == []


def test_disk_that_refuses_is_an_error_of_ours(tmp_path: Path, make_archive: Made) -> None:
    (tmp_path / "raw" / STATE_FOLDER / "open").write_text("no folder")

    with pytest.raises(StoreError, match="archive of the crawl could not be written"):
        make_archive().keep(target(), answer())


def test_whole_members_end_where_the_last_one_does() -> None:
    whole = gzip.compress(PAGE * 50) + gzip.compress(b"x" * (3 << 20))

    assert whole_bytes(io.BytesIO(whole)) == len(whole)
    assert whole_bytes(io.BytesIO(whole + gzip.compress(PAGE)[:20])) == len(whole)
    assert whole_bytes(io.BytesIO(whole + b"junk")) == len(whole)
    assert whole_bytes(io.BytesIO(b"")) == 0
