"""Claims about where the body lies."""

import pytest

from pipeline.clean.zone import body_zone


@pytest.mark.parametrize(
    ("worths", "zone"),
    [
        pytest.param([], (0, 0), id="nothing"),
        pytest.param([-1.0, -2.0], (0, 0), id="only-furniture"),
        pytest.param([5.0, -1.0, 5.0], (0, 3), id="a-gap-is-crossed"),
        pytest.param([5.0, -9.0, 4.0], (0, 1), id="a-wide-gap-is-not"),
    ],
)
def test_the_zone_is_the_run_of_greatest_sum(worths: list[float], zone: tuple[int, int]) -> None:
    assert body_zone(worths) == zone
