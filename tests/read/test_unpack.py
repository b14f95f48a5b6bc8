from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.unpack import Unpacking, packing_of, unpack_bytes
from pipeline.records import Reason

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
TEXT = "".join(f"Sentence {n} of {n * n} about the harbour.\n" for n in range(3000)).encode()
every_packing = pytest.mark.parametrize("pack", PACK.values(), ids=PACK)


def reason_of(data: bytes, limits: Limits | None = None) -> object:
    with pytest.raises(RecordError) as caught:
        unpack_bytes(data, limits or Limits())
    return caught.value.facts["reason"]


@every_packing
def test_unpacks_what_was_packed(pack: Callable[[bytes], bytes]) -> None:
    assert unpack_bytes(pack(TEXT), Limits()) == TEXT


@every_packing
def test_every_member_belongs_to_the_file(pack: Callable[[bytes], bytes]) -> None:
    assert unpack_bytes(pack(TEXT) + pack(b"") + pack(b"end"), Limits()) == TEXT + b"end"


@every_packing
@pytest.mark.parametrize("cut", [1, 5, 300])
def test_a_cut_file_is_truncated_and_not_short(pack: Callable[[bytes], bytes], cut: int) -> None:
    assert reason_of(pack(TEXT)[:-cut]) is Reason.TRUNCATED


@every_packing
def test_changed_bytes_are_corrupt(pack: Callable[[bytes], bytes]) -> None:
    packed = bytearray(pack(TEXT))
    packed[len(packed) // 2] ^= 0xFF

    assert reason_of(bytes(packed)) in (Reason.CORRUPT, Reason.TRUNCATED)


def test_a_wrong_gzip_checksum_is_corrupt() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 0xFF

    assert reason_of(bytes(packed)) is Reason.CORRUPT


@every_packing
def test_junk_after_the_last_member_is_corrupt_but_zeros_are_padding(pack: Callable[[bytes], bytes]) -> None:
    assert reason_of(pack(TEXT) + b"\0" * 9 + b"junk") is Reason.CORRUPT
    assert unpack_bytes(pack(TEXT) + b"\0" * 70_000, Limits()) == TEXT


@every_packing
def test_a_bomb_stops_early(pack: Callable[[bytes], bytes]) -> None:
    limits = Limits(max_unpack_ratio=50, ratio_grace_bytes=1 << 20)

    assert reason_of(pack(b" " * (1 << 26)), limits) in (Reason.BOMB, Reason.TOO_LARGE)


def test_more_than_a_file_may_unpack_to_is_a_bomb() -> None:
    assert reason_of(gzip.compress(TEXT), Limits(max_file_unpacked_bytes=1000)) is Reason.BOMB


def test_more_than_a_record_may_hold_is_too_large() -> None:
    assert reason_of(gzip.compress(TEXT), Limits(max_record_bytes=1000)) is Reason.TOO_LARGE


def test_a_run_length_bomb_is_unpacked_a_slice_at_a_time() -> None:
    block = struct.pack("<I", 1 << 1 | 131072 << 3)[:3] + b" "
    bomb = b"\x28\xb5\x2f\xfd" + bytes([0, 7 << 3]) + block * 8000

    feed = Unpacking(_Bytes(bomb), packing_of(bomb), Limits())  # type: ignore[arg-type]

    assert len(feed.read(1 << 16)) <= 4 << 20


def test_a_window_of_two_tebibytes_is_refused() -> None:
    frame = b"\x28\xb5\x2f\xfd" + bytes([0, 31 << 3]) + b"\x01\x00\x00"

    assert reason_of(frame) is Reason.BOMB


@pytest.mark.parametrize(("descriptor", "fits"), [(17 << 3, True), (17 << 3 | 1, False)], ids=["128 MiB", "144 MiB"])
def test_a_window_at_the_limit_is_read_and_the_next_larger_one_refused(descriptor: int, fits: bool) -> None:
    frame = b"\x28\xb5\x2f\xfd" + bytes([0, descriptor]) + struct.pack("<I", 1 | 4 << 3)[:3] + b"page"

    if fits:
        assert unpack_bytes(frame, Limits()) == b"page"
    else:
        assert reason_of(frame) is Reason.BOMB


def test_skippable_zstd_frames_are_passed_over() -> None:
    seek_table = b"\x5e\x2a\x4d\x18" + struct.pack("<I", 11) + b"x" * 11

    for packed in (PACK["zstd"](TEXT) + seek_table, seek_table + PACK["zstd"](TEXT)):
        assert unpack_bytes(packed + PACK["zstd"](b"end"), Limits()) == TEXT + b"end"


@pytest.mark.parametrize("text", [b"plain text", b"BZhar, a town", b"", b"\x1f\x8b"])
def test_what_only_looks_packed_is_left_alone(text: bytes) -> None:
    assert unpack_bytes(text, Limits()) == text


def test_resync_finds_the_next_member_that_begins_as_wanted() -> None:
    first, damaged, last = gzip.compress(b"WARC/1 one"), bytearray(gzip.compress(TEXT)), gzip.compress(b"WARC/1 two")
    damaged[len(damaged) // 2 :] = b"\x1f\x8b\x08" * 9
    data = first + bytes(damaged) + last
    feed = Unpacking(_Bytes(data), packing_of(data), Limits())  # type: ignore[arg-type]

    with pytest.raises(RecordError) as caught:
        list(iter(lambda: feed.read(1 << 16), b""))

    assert caught.value.facts["byte_start"] == len(first)
    assert feed.resync(b"WARC/")
    assert feed.read(100) == b"WARC/1 two"
    assert not feed.resync(b"WARC/")


@given(st.binary(max_size=2000), st.sampled_from(sorted(PACK)))
def test_any_bytes_survive_packing(data: bytes, packing: str) -> None:
    assert unpack_bytes(PACK[packing](data), Limits()) == data


@given(st.sampled_from(sorted(PACK)), st.data())
def test_damage_never_gives_other_bytes_than_a_record_error(packing: str, draw: st.DataObject) -> None:
    packed = bytearray(PACK[packing](TEXT[:5000]))
    at = draw.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= draw.draw(st.integers(1, 255))

    try:
        out = unpack_bytes(bytes(packed), Limits())
    except RecordError:
        return
    assert out in (TEXT[:5000], bytes(packed))


class _Bytes(io.BytesIO):
    def seek(self, offset: int, whence: int = 0, /) -> bool:  # type: ignore[override]
        super().seek(offset, whence)
        return True
