"""Claims about what commands share: nothing is drawn where nobody watches."""

from __future__ import annotations

import pytest

from pipeline.cli.terminal import console, progress


@pytest.mark.parametrize("quiet", [True, False], ids=["asked to be quiet", "no terminal"])
def test_no_bar_is_drawn_where_nobody_watches(quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=quiet) as watch:
        assert watch is None

    assert capsys.readouterr() == ("", "")


def test_text_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("shown")

    assert capsys.readouterr() == ("shown\n", "")
