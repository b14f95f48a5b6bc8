from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import fsspec
import pytest

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.streams import CHUNK, ByteStream, open_source, open_stream
from pipeline.read.walk import Source
from pipeline.records import Reason


def stream_of(data: bytes) -> ByteStream:
    return ByteStream(io.BytesIO(data))


def source_of(path: Path) -> Source:
    return Source(uri=str(path), root=str(path.parent), path=path.name, size_bytes=0, is_local=True)


def test_peek_takes_nothing() -> None:
    stream = stream_of(b"abcdef")

    assert (stream.peek(3), stream.read(2), stream.peek(9), stream.position) == (b"abc", b"ab", b"cdef", 2)


def test_lines_end_with_lf_and_the_last_may_lack_it() -> None:
    stream = stream_of("a\r\nb\u2028c\n\nd".encode())

    lines = iter(lambda: stream.read_line(100), b"")

    assert list(lines) == [b"a\r\n", "b\u2028c\n".encode(), b"\n", b"d"]


def test_a_line_over_the_limit_comes_in_part() -> None:
    stream = stream_of(b"x" * 50 + b"\nnext\n")

    assert stream.read_line(10) == b"x" * 11
    assert stream.position == 11


def test_lines_longer_than_a_chunk_are_whole() -> None:
    stream = stream_of(b"x" * (3 * CHUNK) + b"\ny")

    assert len(stream.read_line(10 * CHUNK)) == 3 * CHUNK + 1
    assert stream.read_line(10) == b"y"


def test_whole_reads_up_to_the_limit_and_no_further() -> None:
    assert stream_of(b"12345").read_whole(5) == b"12345"
    with pytest.raises(RecordError) as caught:
        stream_of(b"123456").read_whole(5)
    assert caught.value.facts["reason"] is Reason.TOO_LARGE


def test_skip_tells_how_much_there_was() -> None:
    stream = stream_of(b"x" * (2 * CHUNK))

    assert stream.skip(CHUNK + 5) == CHUNK + 5
    assert stream.skip(10 * CHUNK) == CHUNK - 5


def test_pushed_back_bytes_come_again() -> None:
    stream = stream_of(b"abc")
    stream.read(2)

    stream.push_back(b"ab")

    assert (stream.position, stream.read()) == (0, b"abc")


def test_bytes_before_the_damage_come_first_and_the_error_stays() -> None:
    good, bad = gzip.compress(b"good"), gzip.compress(b"bad" * 1000)[:-9]
    stream = open_stream(io.BytesIO(good + bad), Limits())

    held, damage = stream.peek_sound(100_000)

    assert held.startswith(b"good")
    assert damage is not None
    assert damage.facts["good_until"] == 4
    assert stream.read(4) == b"good"
    with pytest.raises(RecordError):
        stream.read(100_000)
    with pytest.raises(RecordError):
        stream.read(100_000)


def test_bytes_beat_the_name_for_packing() -> None:
    assert open_stream(io.BytesIO(b"plain, called .gz"), Limits()).read() == b"plain, called .gz"


def test_packed_twice_is_unsupported() -> None:
    with pytest.raises(RecordError) as caught:
        open_stream(io.BytesIO(gzip.compress(gzip.compress(b"x"))), Limits())
    assert caught.value.facts["reason"] is Reason.UNSUPPORTED


def test_origin_is_the_member_in_the_file() -> None:
    first = gzip.compress(b"first")
    stream = open_stream(io.BytesIO(first + gzip.compress(b"second")), Limits())
    stream.peek(100)

    origins = [stream.origin(), stream.skip(5) and stream.origin()]

    assert origins == [0, len(first)]


def test_a_pipe_put_in_the_place_of_a_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")

    with pytest.raises(RecordError) as caught:
        open_source(source_of(tmp_path / "a.txt"))
    assert caught.value.facts["reason"] is Reason.SPECIAL_FILE


def test_a_link_put_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "a.txt").symlink_to("secret")

    with pytest.raises(RecordError) as caught:
        open_source(source_of(tmp_path / "a.txt"))
    assert caught.value.facts["reason"] is Reason.UNREADABLE


def test_a_file_that_is_gone_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as caught:
        open_source(source_of(tmp_path / "gone.txt"))
    assert caught.value.facts["reason"] is Reason.UNREADABLE


def test_a_file_that_grows_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"first half")
    with open_source(source_of(path)) as file:
        stream = ByteStream(file)
        stream.peek(5)
        path.write_bytes(b"first half, second half")

        with pytest.raises(RecordError) as caught:
            stream.read()
    assert caught.value.facts["reason"] is Reason.CHANGED_WHILE_READ


def test_files_of_other_systems_open_alike() -> None:
    fsspec.filesystem("memory").pipe("/streams/a.txt", b"from memory")
    source = Source(uri="memory://streams/a.txt", root="memory://streams", path="a.txt", size_bytes=11, is_local=False)

    with open_source(source) as file:
        assert file.read() == b"from memory"
