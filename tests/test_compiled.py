"""Claims about compiled kernels: built where there is a compiler, and no loss where they cannot be used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline import compiled
from pipeline.clean.compiled import FUNCTIONS as OF_CLEANING
from pipeline.dedup.compiled import FUNCTIONS as OF_DEDUPLICATION
from pipeline.words.compiled import FUNCTIONS as OF_RULES

ROOMS = Path(compiled.__file__).parent


EACH = pytest.mark.parametrize(
    ("room", "functions"),
    [
        pytest.param("clean", OF_CLEANING, id="clean"),
        pytest.param("dedup", OF_DEDUPLICATION, id="dedup"),
        pytest.param("words", OF_RULES, id="words"),
    ],
)
needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler here")


@needs_compiler
@EACH
def test_an_install_with_a_compiler_has_the_kernel(room: str, functions: Iterable[str]) -> None:
    # Tests that hold a kernel against the Python beside it are skipped without one: this one tells that it went missing.
    assert compiled.load(ROOMS / room / "_kernel.so", functions) is not None


def test_no_file_is_no_kernel(tmp_path: Path) -> None:
    assert compiled.load(tmp_path / "missing.so", ()) is None


def test_file_that_is_no_library_is_no_kernel(tmp_path: Path) -> None:
    path = tmp_path / "kernel.so"
    path.write_bytes(b"built for another machine")

    assert compiled.load(path, ()) is None


def test_environment_leaves_the_kernels_aside() -> None:
    code = (
        "from pipeline.clean import compiled as clean; from pipeline.dedup import compiled as dedup;"
        "from pipeline.words import compiled as words; print(clean.LIBRARY, dedup.LIBRARY, words.LIBRARY)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "BROADSHEET_KERNEL": "numpy"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["None", "None", "None"]


@needs_compiler
@EACH
def test_kernel_is_built_from_its_source(room: str, functions: Iterable[str], tmp_path: Path) -> None:
    target = tmp_path / "kernel.so"
    flags = ["-O1", "-std=gnu99", "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["cc", *flags, "-o", str(target), str(ROOMS / room / "kernel.c")], check=True)

    assert compiled.load(target, functions) is not None
    assert compiled.load(target, [*functions, "of_a_newer_source"]) is None
