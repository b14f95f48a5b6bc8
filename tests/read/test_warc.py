from __future__ import annotations

import datetime as dt
import gzip
import io
import random
from collections.abc import Callable
from typing import Any

import pytest
import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.limits import Limits
from pipeline.records import Dump, Reason, Skipped, Unreadable

ReadFile = Callable[..., list[Any]]


def page(number: int) -> str:
    rest = "".join(f"<p>Paragraph {n} of page {number}: {n * number * 7919}.</p>" for n in range(40))
    return f"<html><title>Page {number}</title>{rest}</html>"


def kinds(outcomes: list[object]) -> list[str]:
    return ["dump" if isinstance(item, Dump) else str(getattr(item, "reason", "known")) for item in outcomes]


def numbers(outcomes: list[object]) -> list[int]:
    return [
        int(item.source_record.rpartition("-")[2]) for item in outcomes if isinstance(item, Dump) and item.source_record
    ]


def test_a_response_is_a_dump_with_what_the_record_tells(
    read_file: ReadFile, make_record: Callable[..., bytes]
) -> None:
    [dump] = read_file("2020-01-01/a.warc", make_record(3, page(3)))

    assert (dump.kind, dump.text, dump.source_record) == ("html", page(3), "urn:uuid:0000-3")
    assert (dump.url, dump.site) == ("https://www.news.example/3", "news.example")
    assert dump.crawl_date == dt.date(2026, 3, 3)


def test_a_conversion_record_is_a_text(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    [dump] = read_file("a.wet", make_record(1, "Ein Café in Köln", kind="conversion", head=""))

    assert (dump.kind, dump.text) == ("text", "Ein Café in Köln")


def test_the_header_names_the_encoding(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    text = "<html><p>Şehirde ışıklar yandı, ağaçlar söküldü.</p></html>"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1254"

    [dump] = read_file("a.warc", make_record(1, text.encode("cp1254"), head=head))

    assert dump.text == text


@pytest.mark.parametrize("kind", ["warcinfo", "request", "revisit", "metadata", "resource", "no-such-type"])
def test_other_records_are_skipped(read_file: ReadFile, make_record: Callable[..., bytes], kind: str) -> None:
    skipped, dump = read_file("a.warc", make_record(1, kind=kind) + make_record(2))

    assert isinstance(skipped, Skipped)
    assert isinstance(dump, Dump)


LAYOUTS: dict[str, Callable[[list[bytes]], bytes]] = {
    "plain": b"".join,
    "gzip": lambda records: b"".join(map(gzip.compress, records)),
    "one gzip member": lambda records: gzip.compress(b"".join(records)),
    "zstd": lambda records: b"".join(map(zstandard.compress, records)),
    "no blank lines between": lambda records: b"".join(record.removesuffix(b"\r\n\r\n") for record in records),
    "more blank lines": lambda records: b"\r\n\r\n\r\n\r\n\r\n".join(records),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_is_read(
    read_file: ReadFile, make_record: Callable[..., bytes], layout: Callable[..., bytes]
) -> None:
    outcomes = read_file("a.warc", layout([make_record(n, page(n)) for n in range(6)]))

    assert numbers(outcomes) == [0, 1, 2, 3, 4, 5]
    assert len(outcomes) == 6


def test_line_feeds_alone_are_read(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    outcomes = read_file("a.warc", b"".join(make_record(n, page(n), end="\n") for n in range(3)))

    assert numbers(outcomes) == [0, 1, 2]


def test_reads_what_fastwarc_reads(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    data = b"".join(gzip.compress(make_record(n, page(n))) for n in range(20))

    theirs = [
        (record.record_id.strip("<>"), record.reader.read().decode().partition("\r\n\r\n")[2])
        for record in ArchiveIterator(io.BytesIO(data), record_types=WarcRecordType.response)
    ]

    assert [(item.source_record, item.text) for item in read_file("a.warc.gz", data)] == theirs


@pytest.mark.parametrize(
    "length", ["9000", "300", "-5", "4611686018427387904", "abc", None, "9" * 30], ids=lambda value: str(value)[:8]
)
def test_a_wrong_length_costs_its_record_alone(
    read_file: ReadFile, make_record: Callable[..., bytes], length: str | None
) -> None:
    records = [make_record(1, page(1)), make_record(2, page(2), length=length), make_record(3, page(3))]

    outcomes = read_file("a.warc", b"".join(records))

    assert numbers(outcomes) == [1, 3]
    [lost] = [item for item in outcomes if isinstance(item, Unreadable)]
    assert (lost.byte_start, lost.byte_end) == (len(records[0]), len(records[0]) + len(records[1]))


def test_a_damaged_member_costs_its_record_alone(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    members = [bytearray(gzip.compress(make_record(n, page(n)))) for n in range(5)]
    members[2][200:260] = bytes(60)

    outcomes = read_file("a.warc.gz", b"".join(members))

    assert numbers(outcomes) == [0, 1, 3, 4]
    assert kinds(outcomes)[2] in ("corrupt", "truncated")


def test_a_wrong_checksum_costs_its_record_alone(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    members = [bytearray(gzip.compress(make_record(n, page(n)))) for n in range(3)]
    members[0][-6] ^= 0xFF

    assert kinds(read_file("a.warc.gz", b"".join(members))) == ["corrupt", "dump", "dump"]


def test_a_damaged_header_line_costs_its_record_alone(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    damaged = make_record(2, page(2)).replace(b"WARC/1.0", b"W#RC/1.0", 1)

    outcomes = read_file("a.warc", make_record(1, page(1)) + damaged + make_record(3, page(3)))

    assert kinds(outcomes) == ["dump", "corrupt", "dump"]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("cut", [10, 400])
def test_a_cut_archive_keeps_what_is_whole_and_tells_the_cut(
    read_file: ReadFile,
    make_record: Callable[..., bytes],
    packed: bool,
    cut: int,
) -> None:
    records = [make_record(n, page(n)) for n in range(3)]
    data = b"".join(map(gzip.compress, records) if packed else records)

    outcomes = read_file("a.warc.gz", data[:-cut])

    assert kinds(outcomes) == ["dump", "dump", "truncated"]


def test_a_body_that_is_a_bomb_costs_its_record_alone(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip"
    bomb = make_record(1, gzip.compress(b" " * (1 << 25)), head=head)

    outcomes = read_file("a.warc", bomb + make_record(2), Limits(max_record_bytes=1 << 20))

    assert kinds(outcomes) == ["too_large", "dump"]


def test_a_record_over_the_limit_is_passed_over_by_its_length(
    read_file: ReadFile, make_record: Callable[..., bytes]
) -> None:
    inner = make_record(9, "<html>captured archive</html>")
    large = make_record(1, b"x" * 5000 + b"\r\n" + inner)

    outcomes = read_file("a.warc", large + make_record(2), Limits(max_record_bytes=4000))

    assert kinds(outcomes) == ["too_large", "dump"]
    assert numbers(outcomes) == [2]


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"head": "HTTP/1.1 404 Not Found\r\nContent-Type: text/html"}, "HTTP status 404"),
        ({"head": "HTTP/1.1 200 OK\r\nContent-Type: image/png"}, "image/png, no page"),
        ({"body": b"\x89PNG\r\n\x1a\n" + bytes(50)}, "not_text"),
        ({"extra": "WARC-Truncated: length"}, "truncated"),
        ({"head": "", "body": "no response"}, "bad_record"),
        ({"body": '{"a": 1}'}, "dump"),
    ],
    ids=["404", "picture", "picture called HTML", "truncated by crawler", "no response", "text called HTML"],
)
def test_what_is_no_page_has_its_line(
    read_file: ReadFile, make_record: Callable[..., bytes], options: dict[str, object], kind: str
) -> None:
    outcomes = read_file("a.warc", make_record(1, **options) + make_record(2))

    assert kinds(outcomes) == [kind, "dump"]


def test_addresses_without_end_become_null_and_cost_no_record(
    read_file: ReadFile, make_record: Callable[..., bytes]
) -> None:
    record = make_record(1).replace(b"news.example/1", b"news.example/" + b"x" * 70_000)

    [dump] = read_file("a.warc", record)

    assert dump.url is None


def test_records_with_one_id_have_dump_ids_of_their_own(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    outcomes = read_file("a.warc", make_record(1, page(1)) + make_record(1, page(2)) + make_record(1, page(2)))

    assert len({item.dump_id for item in outcomes}) == 3


def test_random_damage_never_ends_the_reading_early(read_file: ReadFile, make_record: Callable[..., bytes]) -> None:
    chance = random.Random(11)
    whole = b"".join(gzip.compress(make_record(n, page(n))) for n in range(8))
    for _ in range(40):
        damaged = bytearray(whole)
        at = chance.randrange(10, len(damaged) - 8)
        damaged[at : at + 8] = chance.randbytes(8)

        outcomes = read_file("a.warc.gz", bytes(damaged[: len(whole)]))

        assert len(numbers(outcomes)) >= 6
        assert (
            Reason.CORRUPT in [getattr(item, "reason", None) for item in outcomes]
            or len(outcomes) >= 8
            or (Reason.TRUNCATED in [getattr(item, "reason", None) for item in outcomes])
        )
