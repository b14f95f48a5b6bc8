from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.limits import Limits
from pipeline.records import Dump, Reason, Skipped

ReadFile = Callable[..., list[Any]]


def kinds(outcomes: list[object]) -> list[str]:
    return ["dump" if isinstance(item, Dump) else str(getattr(item, "reason", "known")) for item in outcomes]


def parquet(rows: list[dict[str, object]], **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, **options)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_rows_are_dumps_named_by_their_line(read_file: ReadFile, delimiter: str) -> None:
    data = 'id,Title,text\r\n7,T,"a ""quoted""\nstory"\r\n\r\n8,,b\r\n'.replace(",", delimiter)

    outcomes = read_file("a.csv", data.encode())

    assert [(item.source_id, item.title, item.text, item.source_record) for item in outcomes] == [
        ("7", "T", 'a "quoted"\nstory', "2"),
        ("8", None, "b", "5"),
    ]


@pytest.mark.parametrize(
    "row", [b"only one", b"1,a,too many", b"1,nul\0byte", b'1,"quote" then more'], ids=["few", "many", "nul", "quote"]
)
def test_a_bad_row_costs_that_row(read_file: ReadFile, row: bytes) -> None:
    outcomes = read_file("a.csv", b"id,text\n0,first\n" + row + b"\n2,last\n")

    assert kinds(outcomes) == ["dump", "bad_record", "dump"]
    assert (outcomes[1].source_record, outcomes[1].byte_start) == ("3", 16)


def test_a_quote_that_never_closes_costs_its_line_alone(read_file: ReadFile) -> None:
    rows = b"".join(b"%d,story\n" % number for number in range(50))

    outcomes = read_file("a.csv", b'id,text\nx,"open\n' + rows)

    assert kinds(outcomes) == ["bad_record"] + ["dump"] * 50


def test_fields_over_the_default_limit_of_csv_are_read(read_file: ReadFile) -> None:
    [dump] = read_file("a.csv", b"id,text\n1," + b"word " * 40_000 + b"\n")

    assert len(dump.text) == 200_000


def test_a_row_over_the_limit_costs_that_row(read_file: ReadFile) -> None:
    data = b'id,text\n1,first\n2,"' + b"x\n" * 600 + b'"\n3,last\n'

    outcomes = read_file("a.csv", data, Limits(max_record_bytes=1000))

    assert kinds(outcomes)[:2] == ["dump", "too_large"]
    assert outcomes[-1].source_id == "3"


def test_a_line_over_the_limit_costs_one_record(read_file: ReadFile) -> None:
    data = b"id,text\n1,first\n2," + b"x" * 90_000 + b"\n3,last\n"

    assert kinds(read_file("a.csv", data, Limits(max_record_bytes=1000))) == ["dump", "too_large", "dump"]


@pytest.mark.parametrize("cut", [9, 300])
def test_whole_rows_before_a_cut_are_kept_and_the_cut_is_told(read_file: ReadFile, cut: int) -> None:
    packed = gzip.compress(b"id,text\n" + b"".join(b"%d,story %d\n" % (n, n**3) for n in range(300)))

    outcomes = read_file("a.csv.gz", packed[:-cut])

    assert set(kinds(outcomes[:-1])) == {"dump"}
    assert kinds(outcomes)[-1] == "truncated"


def test_csv_in_another_encoding_is_read(read_file: ReadFile) -> None:
    [dump] = read_file("a.csv", "id;text\n1;Ein Café in Köln\n".encode("cp1252"))

    assert (dump.text, dump.encoding) == ("Ein Café in Köln", "cp1252")


@pytest.mark.parametrize(
    "data", [b"a,b\n1,2\n", b"text\nonly\n", b"", "id,text\n1,a\n".encode("utf-16"), b"text\r,html\nx,y\n", b"\r\x00"]
)
def test_a_table_that_names_no_text_is_unsupported_and_never_one_text(read_file: ReadFile, data: bytes) -> None:
    assert kinds(read_file("a.csv", data)) == ["unsupported"]


def test_a_table_without_rows_is_skipped(read_file: ReadFile) -> None:
    [outcome] = read_file("a.csv", b"id,text\n")

    assert isinstance(outcome, Skipped)


@pytest.mark.parametrize("name", ["a.parquet", "renamed.txt"])
def test_parquet_rows_are_dumps(read_file: ReadFile, name: str) -> None:
    rows: list[dict[str, object]] = [{"id": n, "Text": f"story {n}", "other": n * 1.5} for n in range(100)]

    outcomes = read_file(name, parquet(rows, row_group_size=30))

    assert [(item.text, item.source_id, item.source_record) for item in outcomes] == [
        (f"story {n}", str(n), str(n + 1)) for n in range(100)
    ]


def test_parquet_rows_without_text_cost_that_row(read_file: ReadFile) -> None:
    outcomes = read_file("a.parquet", parquet([{"text": "a"}, {"text": None}, {"text": "b"}]))

    assert kinds(outcomes) == ["dump", "bad_record", "dump"]


def test_a_damaged_row_group_costs_its_rows(read_file: ReadFile) -> None:
    rows: list[dict[str, object]] = [{"text": f"story {n} {n * n}"} for n in range(90)]
    data = bytearray(
        parquet(rows, row_group_size=30, write_page_checksum=True, compression="none", use_dictionary=False)
    )
    at = bytes(data).index(b"story 45 ")
    data[at : at + 5] = b"STORY"

    outcomes = read_file("a.parquet", bytes(data))

    assert kinds(outcomes) == ["dump"] * 30 + ["corrupt"] + ["dump"] * 30
    assert outcomes[30].source_record == "31"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (parquet([{"text": "a"}])[:-20], Reason.CORRUPT),
        (b"PAR1" + b"x" * 100 + b"\xff\xff\xff\x7fPAR1", Reason.CORRUPT),
        (parquet([{"a": 1}]), Reason.UNSUPPORTED),
    ],
    ids=["cut", "footer of 2 GiB", "no text"],
)
def test_parquet_that_cannot_be_read_is_one_line(read_file: ReadFile, data: bytes, reason: Reason) -> None:
    [outcome] = read_file("a.parquet", data)

    assert outcome.reason is reason
