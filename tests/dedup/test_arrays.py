"""Claims about files of arrays: what was written comes back in place, what is not whole is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.dedup.arrays import MAGIC, ArrayWriter, narrow, open_arrays
from pipeline.errors import StoreError


@pytest.fixture
def written(tmp_path: Path) -> Path:
    sink = ArrayWriter(tmp_path / "file")
    sink.add("hashes", np.array([b"a" * 16, b"b" * 16]))
    sink.add_blocks("numbers", np.dtype(np.uint32), (np.arange(n, dtype=np.uint32) for n in (3, 0, 2)))
    sink.add("nothing", np.empty(0, dtype=np.float64))
    sink.close({"made_with": "care", "names": [None, "Ünal"]})
    return tmp_path / "file"


def test_arrays_come_back_as_they_were(written: Path) -> None:
    metadata, arrays = open_arrays(written)

    assert metadata == {"made_with": "care", "names": [None, "Ünal"]}
    assert arrays["hashes"].tolist() == [b"a" * 16, b"b" * 16]
    assert arrays["numbers"].tolist() == [0, 1, 2, 0, 1]
    assert (arrays["nothing"].dtype, len(arrays["nothing"])) == (np.float64, 0)


def test_arrays_lie_where_numpy_can_work_on_them(written: Path) -> None:
    _, arrays = open_arrays(written)

    assert all(values.ctypes.data % 64 == 0 for values in arrays.values())
    assert not arrays["numbers"].flags.writeable


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:0],
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[8:],
        lambda whole: whole[:-16] + (1 << 40).to_bytes(8, "little") + MAGIC,
        lambda whole: whole[:8] + whole[-8:],
    ],
    ids=["empty", "cut by a byte", "half", "no beginning", "a footer larger than the file", "nothing between"],
)
def test_file_that_is_not_whole_is_refused(written: Path, damage: object) -> None:
    assert callable(damage)
    written.write_bytes(damage(written.read_bytes()))

    with pytest.raises(StoreError, match="index rebuild"):
        open_arrays(written)


@pytest.mark.parametrize(("values", "width"), [([], 1), ([0, 255], 1), ([0, 256], 2), ([1 << 16], 4), ([1 << 32], 8)])
def test_numbers_take_the_bytes_they_need(values: list[int], width: int) -> None:
    found = narrow(np.array(values, dtype=np.int64))

    assert (found.itemsize, found.tolist()) == (width, values)
