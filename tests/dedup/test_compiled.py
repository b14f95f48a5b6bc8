from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.dedup import compiled

needs_kernel = pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")


def test_no_file_is_no_kernel(tmp_path: Path) -> None:
    assert compiled.load(tmp_path / "missing.so") is None


def test_file_that_is_no_library_is_no_kernel(tmp_path: Path) -> None:
    path = tmp_path / "kernel.so"
    path.write_bytes(b"built for another machine")

    assert compiled.load(path) is None


def test_environment_leaves_the_kernel_aside() -> None:
    code = "from pipeline.dedup import compiled; print(compiled.describe())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "BROADSHEET_KERNEL": "numpy"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "numpy"


@needs_kernel
def test_array_with_gaps_is_refused() -> None:
    assert compiled.LIBRARY is not None
    gaps = np.zeros(8, dtype=np.uint64)[::2]

    with pytest.raises(TypeError, match="contiguous"):
        compiled.LIBRARY.call("grams", gaps, gaps, 0, 3, gaps, gaps)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler here")
def test_kernel_is_built_from_its_source(tmp_path: Path) -> None:
    source = Path(compiled.__file__).with_name("kernel.c")
    target = tmp_path / "kernel.so"
    flags = ["-O1", "-std=gnu99", "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["cc", *flags, "-o", str(target), str(source)], check=True)

    assert compiled.load(target) is not None
