from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.limits import Limits
from pipeline.records import Dump, Reason, Skipped, Unreadable

ReadFile = Callable[..., list[Any]]


def line(text: str = "The story", **fields: object) -> bytes:
    return json.dumps({"text": text, **fields}).encode()


def kinds(outcomes: list[object]) -> list[str]:
    return ["dump" if isinstance(item, Dump) else str(getattr(item, "reason", "known")) for item in outcomes]


def test_each_line_is_a_dump_named_by_its_number(read_file: ReadFile) -> None:
    outcomes = read_file("a.jsonl", line("one") + b"\n\n" + line("two", id="x") + b"\r\n" + line("three"))

    assert [(item.text, item.source_record, item.source_id) for item in outcomes] == [
        ("one", "1", None),
        ("two", "3", "x"),
        ("three", "4", None),
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{broken", "bad_record"),
        (b"[1, 2]", "bad_record"),
        (b"null", "bad_record"),
        (b'"text"', "bad_record"),
        (b'{"text": ["a"]}', "bad_record"),
        (b'{"text": "cut', "bad_record"),
        (b'{"text": "a", "n": ' + b"9" * 5000 + b"}", "bad_record"),
        (b'{"text": "a", "d": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "bad_record"),
        (b'{"text": "' + b"x" * 5000 + b'"}', "too_large"),
    ],
    ids=["broken", "list", "null", "string", "type", "cut", "huge int", "deep", "huge"],
)
def test_a_bad_line_costs_that_line_and_tells_its_place(read_file: ReadFile, bad: bytes, reason: str) -> None:
    limit = 5000 if reason == "too_large" else Limits().max_record_bytes
    first = line("one") + b"\n"

    outcomes = read_file("a.jsonl", first + bad + b"\n" + line("two"), Limits(max_record_bytes=limit))

    assert kinds(outcomes) == ["dump", reason, "dump"]
    assert (outcomes[1].source_record, outcomes[1].byte_start) == ("2", len(first))
    assert outcomes[1].byte_end == len(first) + len(bad) + 1


def test_brackets_inside_strings_are_no_depth(read_file: ReadFile) -> None:
    [dump] = read_file("a.jsonl", line('[[[{"\\' * 100))

    assert isinstance(dump, Dump)


def test_unicode_line_ends_do_not_end_a_record(read_file: ReadFile) -> None:
    data = json.dumps({"text": "a\u2028b\x85c"}, ensure_ascii=False).encode()

    [dump] = read_file("a.jsonl", data + b"\n")

    assert dump.text == "a\u2028b\x85c"


def test_mark_and_escaped_oddities_are_taken_out(read_file: ReadFile) -> None:
    [dump] = read_file("a.jsonl", b'\xef\xbb\xbf{"text": "lone \\ud83d and \\u0000 nul", "id": "a\\u0000b"}')

    assert (dump.text, dump.source_id, dump.repaired) == ("lone  and  nul", "ab", True)


def test_a_line_in_another_encoding_is_read(read_file: ReadFile) -> None:
    [dump] = read_file("a.jsonl", '{"text": "Ein Café in Köln"}'.encode("cp1252"))

    assert (dump.text, dump.encoding) == ("Ein Café in Köln", "cp1252")


def test_equal_lines_have_ids_of_their_own_and_ids_do_not_depend_on_others(read_file: ReadFile) -> None:
    both = read_file("a.jsonl", line("one") + b"\n" + line("one") + b"\n")
    alone = read_file("a.jsonl", line("zero") + b"\n" + line("one") + b"\n")

    assert both[0].dump_id != both[1].dump_id
    assert alone[1].dump_id == both[0].dump_id


def test_known_lines_come_as_known(read_file: ReadFile) -> None:
    data = line("one") + b"\n" + line("two") + b"\n"
    first, _ = read_file("a.jsonl", data)

    again = read_file("a.jsonl", data, known={first.dump_id})

    assert kinds(again) == ["known", "dump"]


def test_whole_lines_before_a_cut_are_kept_and_the_cut_is_told(read_file: ReadFile) -> None:
    packed = gzip.compress(b"".join(line(f"story {n} {n * n * n}") + b"\n" for n in range(3000)))

    outcomes = read_file("a.jsonl.gz", packed[: len(packed) // 2])

    assert len(outcomes) > 100
    assert set(kinds(outcomes[:-1])) == {"dump"}
    assert outcomes[-1].reason is Reason.TRUNCATED


@pytest.mark.parametrize("data", [b"\n\n", b"[]", b" [ ] "])
def test_a_file_without_a_record_is_skipped(read_file: ReadFile, data: bytes) -> None:
    [outcome] = read_file("a.jsonl" if b"[" not in data else "a.json", data)

    assert isinstance(outcome, Skipped)


def test_items_of_an_array_are_records(read_file: ReadFile) -> None:
    data = b'\xef\xbb\xbf [ {"text": "a, ]} b", "id": "1"},\n{"text": 5}, 7, {"text": "c' + b"c" * 5000 + b'"} ]\n'

    outcomes = read_file("a.json", data)

    assert kinds(outcomes) == ["dump", "bad_record", "bad_record", "dump"]
    assert [item.source_record for item in outcomes] == ["1", "2", "3", "4"]
    assert outcomes[0].text == "a, ]} b"


def test_a_cut_array_keeps_the_whole_items(read_file: ReadFile) -> None:
    outcomes = read_file("a.json", b'[{"text": "one"}, {"text": "two"}, {"text": "thr')

    assert kinds(outcomes) == ["dump", "dump", "truncated"]


def test_a_brace_that_closes_nothing_costs_one_record_and_not_the_whole_afternoon(read_file: ReadFile) -> None:
    outcomes = read_file("a.json", b'[{"text": "one"}}, {"text": "two"}, }} ]')

    assert kinds(outcomes) == ["bad_record", "dump", "bad_record", "bad_record"]


def test_a_single_object_is_one_dump(read_file: ReadFile) -> None:
    [dump] = read_file("a.json", b'{\n  "title": "T",\n  "text": "The story"\n}\n')

    assert (dump.text, dump.title, dump.source_record) == ("The story", "T", None)


def test_json_of_another_kind_and_wide_json_are_unsupported(read_file: ReadFile) -> None:
    assert kinds(read_file("a.json", b"5")) == ["unsupported"]
    assert kinds(read_file("b.jsonl", line().decode().encode("utf-16"))) == ["unsupported"]


def test_reads_lazily(read_file: ReadFile) -> None:
    data = b"".join(line(f"story {n}") + b"\n" for n in range(2000))

    assert [item.text for item in read_file("a.jsonl", data)] == [f"story {n}" for n in range(2000)]


def test_a_bad_line_is_unreadable_with_the_id_of_its_bytes(read_file: ReadFile) -> None:
    [one] = read_file("a.jsonl", b"{broken\n")
    [_, two] = read_file("a.jsonl", line() + b"\n{broken\n")

    assert isinstance(one, Unreadable)
    assert one.dump_id == two.dump_id
