"""Claims about the charts: every figure is drawn to scale, can be read by hovering, and nothing breaks out of the SVG."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

import pytest

from pipeline.report.charts import meter, spark_line, stacked_bars

DAY = dt.date(2026, 3, 4)


def test_bars_are_as_high_as_their_days_and_parts_as_their_counts() -> None:
    days = [(DAY, {"articles": 6, "duplicates": 2}), (DAY + dt.timedelta(days=1), {"articles": 4, "duplicates": 0})]

    chart = ET.fromstring(str(stacked_bars(days)))

    heights = [[float(part.attrib["height"]) for part in bar.iter("rect")] for bar in chart.iter("g")]
    assert heights == [[75.0, 25.0], [50.0]]
    assert [bar.findtext("title") for bar in chart.iter("g")] == [
        "2026-03-04: 6 articles, 2 duplicates",
        "2026-03-05: 4 articles, 0 duplicates",
    ]


def test_few_bars_do_not_fill_the_page() -> None:
    chart = ET.fromstring(str(stacked_bars([(DAY, {"articles": 1})])))

    assert float(chart.attrib["viewBox"].split()[2]) > 20 * float(next(chart.iter("rect")).attrib["width"])


def test_no_days_are_an_empty_chart() -> None:
    assert list(ET.fromstring(str(stacked_bars([]))).iter("rect")) == []


def test_names_cannot_leave_the_chart() -> None:
    chart = ET.fromstring(str(stacked_bars([(DAY, {"<script>": 1})])))

    assert [one.tag for one in chart.iter()] == ["svg", "g", "title", "rect"]


def test_small_line_runs_from_the_first_share_to_the_last() -> None:
    line = ET.fromstring(str(spark_line([0.0, 1.0, 0.5])))

    assert next(line.iter("polyline")).attrib["points"] == "0,20.0 1,0.0 2,10.0"
    assert line.attrib["aria-label"] == "from 0% to 50%"
    assert str(spark_line([0.5])) == ""


@pytest.mark.parametrize(("share", "width"), [(-1.0, "0.0%"), (0.333, "33.3%"), (7.0, "100.0%")])
def test_meter_stays_in_its_track(share: float, width: str) -> None:
    assert f"width:{width}" in meter(share)
