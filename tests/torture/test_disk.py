"""Claims about a disk that fails: wherever an act is killed or refused, the next one gives the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.torture.acts import ACTS
from benchmarks.torture.disk import start


@pytest.mark.parametrize("act", [name for name in ACTS if name != "large run"])
def test_act_killed_or_refused_at_a_call_to_the_disk_is_made_good_by_the_next(act: str, tmp_path: Path) -> None:
    report = start(act, tmp_path, kill_every=29, publishing=13, refuse_every=131)

    if report is None:
        pytest.skip("no C compiler: the numbered calls cannot be watched")
    assert report.bad == []
    assert report.calls > 40
    assert report.pictures >= 3
