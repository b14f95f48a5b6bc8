"""Claims about the text that is left: paragraphs joined where they were broken, credits cut off their ends."""

from collections.abc import Callable

import pytest

from pipeline.clean import Cleaned

BODY = [
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its stone arches.",
    "Engineers told the council that two of the seven arches of the bridge had moved by a hand's breadth since last spring.",
]


def test_a_sentence_broken_over_two_lines_is_one_paragraph_again(clean: Callable[..., Cleaned]) -> None:
    broken = [
        "The masons of the town of Harrow Mill have been asked to look at the arches of",
        "Fenwick crossing as well.",
    ]
    text = "\n".join(["Bridge to close", "", *BODY, broken[0], broken[1].replace("Fenwick", "the Fenwick")])

    (article,) = clean(text).articles

    assert f"{broken[0]} the Fenwick crossing as well." in article.text.split("\n\n")


def test_an_agency_glued_behind_the_last_stop_is_cut_off_and_kept_as_a_removal(clean: Callable[..., Cleaned]) -> None:
    cleaned = clean("\n".join(["Bridge to close", "", BODY[0], "", BODY[1] + "AFP"]))

    assert cleaned.articles[0].text.endswith("since last spring.")
    assert [(one.line_no, one.text, one.line_class) for one in cleaned.removals if one.text == "AFP"] == [
        (5, "AFP", "source")
    ]
    assert cleaned.articles[0].agency == "AFP"


def test_kept_lines_name_the_lines_of_the_dump(clean: Callable[..., Cleaned]) -> None:
    (article,) = clean("\n".join(["Bridge to close", "", BODY[0], "", "Advertisement", "", BODY[1]])).articles

    assert article.kept_lines == (3, 7)
    assert article.text == f"{BODY[0]}\n\n{BODY[1]}"


def test_bullets_are_no_part_of_the_text(clean: Callable[..., Cleaned]) -> None:
    items = ["  • The Millers Bridge closes on the first of May.", "  • The new crossing at Fenwick stays open."]

    (article,) = clean("\n".join(["Bridge to close", "", BODY[0], *items, BODY[1]])).articles

    assert (
        "\n\nThe Millers Bridge closes on the first of May.\n\nThe new crossing at Fenwick stays open.\n\n"
        in article.text
    )


def test_the_numbers_of_items_are_part_of_the_text(clean: Callable[..., Cleaned]) -> None:
    items = ["1. The Millers Bridge closes on the first of May.", "2) The new crossing at Fenwick stays open."]

    (article,) = clean("\n".join(["Bridge to close", "", BODY[0], *items, BODY[1]])).articles

    assert "\n\n".join(items) in article.text


@pytest.mark.parametrize("dash", ["–", "—", "-"])
def test_the_dash_of_what_somebody_says_is_part_of_the_text(clean: Callable[..., Cleaned], dash: str) -> None:
    said = f"{dash} Nobody asked us, says Nora Finch, who keeps the toll house by the bridge."

    (article,) = clean("\n\n".join(["Bridge to close", BODY[0], said, BODY[1]])).articles

    assert said in article.text


def test_sentences_of_a_page_on_one_line_come_out_as_they_stood_with_the_menu_named(
    clean: Callable[..., Cleaned],
) -> None:
    menu = "Home News Sport Weather Harrow Mill Fenwick Ashby Culture Food Travel Puzzles Jobs Homes Motors Obituaries "
    places = ("Ashby", "Fenwick", "Orsk", "Talvia", "Brack", "Selwyn", "Harrow", "Quillon", "Marsh End", "Dunmore")
    told = " ".join(
        [
            *BODY,
            *(
                f"In {place} the masons found {9 + no} stones that the flood of last year had moved, and turned them round with care."
                for no, place in enumerate(places)
            ),
        ]
    )

    cleaned = clean(menu + told)

    (article,) = cleaned.articles
    assert (article.text, article.kept_lines) == (told, (1,))
    assert "".join(one.text for one in cleaned.removals) == menu
    assert {one.line_no for one in cleaned.removals} == {1}


def test_a_sentence_glued_to_the_one_before_begins_a_paragraph(clean: Callable[..., Cleaned]) -> None:
    glued = BODY[0] + "It" + BODY[1][len("Engineers") :] * 3

    (article,) = clean("\n".join(["Bridge to close", "", glued])).articles

    assert article.text.split("\n\n")[0] == BODY[0]
