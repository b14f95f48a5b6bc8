from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest

from pipeline.records import Article, QuarantineRow
from pipeline.report.explain import render_terminal, to_dict
from pipeline.report.explanation import Copy, Explanation

Make = Callable[..., Explanation]
Show = Callable[..., str]
COPY = Copy(duplicate_of="a1", relation="near", jaccard=0.8, containment=0.93, headline="Otters leave")


def line_of(text: str, number: int) -> str:
    """Return the first row of a line of the page, blanks squashed."""
    rows = (" ".join(row.split()) for row in text.splitlines())
    return next(row for row in rows if row.startswith(f"{number} ") or row == str(number))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "1 - Home | World | Sport navigation · line-model · p 0.99"),
        (3, "3"),
        (4, "4 ~ [-WEALD (HNS) — -]The post office of Weald reopened on Wednesday. dateline · dateline-agency · WEALD"),
        (5, "5 - Share this story share · share-block · “Share this story”"),
        (6, "6 - Tweet ″"),
        (8, "8 ? Too short."),
    ],
    ids=["removed", "blank", "partly removed", "removed block", "for the same reason", "quarantined"],
)
def test_line_shows_mark_text_and_reason(make_explanation: Make, shown: Show, number: int, expected: str) -> None:
    assert line_of(shown(render_terminal(make_explanation()), 120), number).startswith(expected)


def test_kept_line_is_marked_and_given_no_reason(make_explanation: Make, shown: Show) -> None:
    text = shown(render_terminal(make_explanation(removals=())), 120)

    assert line_of(text, 4) == "4 + WEALD (HNS) — The post office of Weald reopened on Wednesday."


@pytest.mark.parametrize("width", [60, 80, 120])
def test_fits_the_terminal_and_loses_no_word(make_explanation: Make, shown: Show, width: int) -> None:
    text = shown(render_terminal(make_explanation()), width)

    assert max(map(len, text.splitlines())) <= width
    assert {"Wednesday.", "Sport", "otters.txt"} <= set(text.replace("/", " ").split())


def test_removed_line_is_dim_and_kept_line_plain(make_explanation: Make, shown: Show) -> None:
    text = shown(render_terminal(make_explanation()), 120, color=True)

    assert "\x1b[2mShare this story" in text
    assert "\x1b[2m[-WEALD (HNS) — -]\x1b[0mThe post office" in text


def test_control_characters_of_the_page_are_shown_not_sent(make_explanation: Make, shown: Show) -> None:
    text = shown(render_terminal(make_explanation(lines=("\x1b]0;owned\x07 [bold]x[/bold]",), removals=())), 80)

    assert "\x1b" not in text
    assert "␛]0;owned␇ [bold]x[/bold]" in text


def test_panel_stands_before_the_first_line_of_its_story(make_explanation: Make, shown: Show) -> None:
    text = shown(render_terminal(make_explanation()))

    places = [text.index(part) for part in ("article 1 of 2", "Home | World", "quarantined as too_short", "A second")]
    assert places == sorted(places)


def test_panel_shows_the_metadata(make_explanation: Make, make_article: Callable[..., Article], shown: Show) -> None:
    article = make_article(
        headline="Otters reopen village post office",
        standfirst="A family of otters moved out.",
        authors=("Mara Quill", "Tom Fenn"),
        agency="HNS",
        section="World",
        language="en",
        published_date=dt.date(2026, 3, 4),
        published_at=dt.datetime(2026, 3, 4, 14, 5, tzinfo=dt.UTC),
        published_precision="minute",
        published_from="page",
    )

    text = shown(render_terminal(make_explanation(articles=(article,))), 120)

    assert "A family of otters moved out." in text
    assert "by Mara Quill, Tom Fenn · agency HNS · section World" in text
    assert "published 2026-03-04 14:05:00 UTC to the minute, from page" in text
    assert "language en" in text


def test_panel_gives_the_day_alone_where_the_zone_is_unknown(
    make_explanation: Make, make_article: Callable[..., Article], shown: Show
) -> None:
    article = make_article(published_date=dt.date(2026, 3, 4), published_precision="minute", published_from="url")

    text = shown(render_terminal(make_explanation(articles=(article,))), 120)

    assert "published 2026-03-04, from url" in text


def test_panel_of_a_bare_article_says_what_is_unknown(
    make_explanation: Make, make_article: Callable[..., Article], shown: Show
) -> None:
    text = shown(render_terminal(make_explanation(articles=(make_article(headline=None, language=None),))))

    assert "(no headline)" in text
    assert "no published date" in text
    assert "language unsure" in text


def test_panel_of_a_duplicate_names_the_kept_copy_and_the_scores(make_explanation: Make, shown: Show) -> None:
    article_id = make_explanation().articles[0].article_id

    text = shown(render_terminal(make_explanation(copies={article_id: COPY})), 120)

    assert "duplicate 1 of 2" in text
    assert "near copy of a1 “Otters leave” (Jaccard 0.80, containment 0.93)" in text


def test_record_that_could_not_be_read_shows_reason_and_place(
    make_explanation: Make, make_quarantine: Callable[..., QuarantineRow], shown: Show
) -> None:
    row = make_quarantine(
        stage="read",
        reason="corrupt",
        message="gzip ends early",
        page_article_no=None,
        first_line=None,
        last_line=None,
        kept_lines=(),
        text=None,
        byte_start=1024,
        byte_end=None,
    )

    text = shown(render_terminal(make_explanation(lines=(), articles=(), removals=(), quarantines=(row,))))

    assert "quarantined as corrupt" in text
    assert "gzip ends early" in text
    assert "bytes 1,024" in text


def test_legend_counts_the_lines(make_explanation: Make, shown: Show) -> None:
    text = shown(render_terminal(make_explanation()))

    assert "8 lines: ~ 1 kept in part, - 5 removed, ? 1 quarantined, 1 blank" in text


def test_removed_line_without_row_says_that_counts_only_were_kept(make_explanation: Make, shown: Show) -> None:
    assert "not recorded: counts only" in shown(render_terminal(make_explanation(removals=())), 120)


def test_dict_is_json_with_every_line_and_cut(make_explanation: Make) -> None:
    found = json.loads(json.dumps(to_dict(make_explanation()), allow_nan=False))

    assert [line["status"] for line in found["lines"]] == [
        "removed",
        "removed",
        "blank",
        "partly",
        "removed",
        "removed",
        "removed",
        "quarantined",
    ]
    assert found["lines"][3]["cuts"] == [
        {"start": 0, "end": 14, "line_class": "dateline", "rule": "dateline-agency", "evidence": "WEALD (HNS) —"}
    ]
    assert found["quarantined"][0]["reason"] == "too_short"


def test_dict_puts_the_copy_beside_its_story(make_explanation: Make) -> None:
    article_id = make_explanation().articles[0].article_id

    found = to_dict(make_explanation(copies={article_id: COPY}))

    assert json.loads(json.dumps(found))["articles"][0]["copy"]["duplicate_of"] == "a1"
