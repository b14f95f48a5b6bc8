"""Claims about which line is the headline and where it is said again."""

import pytest

from pipeline.clean.headline import find_headline, headline_again
from pipeline.clean.lines import read_lines

BODY = "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches."


def found(*lines: str, title: str | None = None) -> str | None:
    read = read_lines(lines)
    first_body = next(i for i, line in enumerate(read) if line.is_paragraph)
    at = find_headline(read, [None] * len(read), first_body, title)
    return None if at is None else read[at].bare


def test_the_title_whose_words_the_body_takes_up_wins_over_the_menu() -> None:
    assert (
        found("Latest offers for you today", "Millers Bridge to close for a year", BODY)
        == "Millers Bridge to close for a year"
    )


def test_the_first_of_two_titles_is_the_headline_and_not_the_standfirst() -> None:
    assert found("Millers Bridge to close for a year", "Council votes for repairs to the arches", BODY).startswith(
        "Millers"
    )


def test_the_title_that_the_record_gives_settles_it() -> None:
    lines = ("Council votes for repairs to the arches", "Millers Bridge to close for a year", BODY)

    assert found(*lines, title="millers bridge to close for a year") == "Millers Bridge to close for a year"


@pytest.mark.parametrize("line", ["14:53 GMT 20 November 2019", BODY], ids=["figures", "paragraph"])
def test_a_date_or_a_paragraph_is_no_headline(line: str) -> None:
    assert found(line, BODY) is None


def test_a_paragraph_of_the_body_that_holds_the_headline_is_not_the_headline_again() -> None:
    lines = read_lines(["Millers Bridge to close", f"Millers Bridge to close, and more: {BODY}"])

    assert headline_again(lines, lines[0], 0) == {}
