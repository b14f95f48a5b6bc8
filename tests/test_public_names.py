"""Claims about what users import: listed, sorted, each there, and none of it loaded before it is asked for."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline

WANTED = ["PipelineError", "Progress", "RunReport", "Settings", "Snapshot", "Store"]


def test_names_users_import_are_these_in_order() -> None:
    assert pipeline.__all__ == WANTED == sorted(WANTED)
    assert dir(pipeline) == WANTED


@pytest.mark.parametrize("name", WANTED)
def test_name_is_a_documented_class_of_this_package(name: str) -> None:
    found = getattr(pipeline, name)

    assert found.__name__ == name
    assert found.__module__.startswith("pipeline.")
    assert found.__doc__


def test_unknown_name_is_refused_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'pipeline' has no attribute 'Articel'"):
        _ = pipeline.Articel  # type: ignore[attr-defined]


def test_no_name_is_that_of_a_module() -> None:
    """``pipeline.run`` would be the function or the module by who was imported first."""
    modules = {module.name for module in pkgutil.iter_modules([str(Path(pipeline.__file__).parent)])}

    assert not modules & set(pipeline.__all__)


def test_importing_the_package_loads_none_of_it() -> None:
    code = "import sys; before = set(sys.modules); import pipeline; print(*sorted(set(sys.modules) - before))"

    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, timeout=30)

    ours = [name for name in done.stdout.split() if name.startswith("pipeline")]
    assert ours == ["pipeline"]


def test_both_ways_of_importing_the_main_job_give_one_function() -> None:
    from pipeline import run as module
    from pipeline.run import run

    assert module.run is run
