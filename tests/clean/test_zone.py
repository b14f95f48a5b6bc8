"""Claims about where the body lies."""

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.clean.zone import body_zone, label_outside

PARAGRAPH = "The council voted on Monday to close the bridge for a year, the mayor of the town said."


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


def test_a_paragraph_far_below_the_body_is_left_out_and_says_why() -> None:
    lines = read_lines([PARAGRAPH] * 3 + [f"Title of story {n}" for n in range(20)] + [PARAGRAPH])
    labels: list[Label | None] = [None] * len(lines)

    label_outside(lines, labels)

    assert [label.rule if label else None for label in labels] == [None] * 23 + ["shape.outside_body"]
    assert labels[-1] is not None
    assert labels[-1].evidence == "body runs from line 1 to 3"
