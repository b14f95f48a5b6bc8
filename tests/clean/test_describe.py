"""Claims about metadata: taken from the line that shows it, from record or markup else, and null unless sure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from pipeline.clean.describe import Description, describe
from pipeline.clean.label import Labelled
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import CrawlPrefix, Label
from pipeline.clean.page import Page
from pipeline.clean.strip import strip_lines
from pipeline.records import LineClass
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

BOOK, LEXICON = Rulebook.load(), Lexicon.load()
BODY = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches.",
    "Engineers told the council that two of the seven arches had moved by a hand's breadth since last spring.",
)
HEADLINE = ("headline", "Bridge to close for a year")
NEVER_AFTER = dt.date(2026, 3, 11)


def described(*lines: tuple[str, str], **page: Any) -> Description:
    """Return what a segment of these (class or class/rule, text) lines says; ``page`` are facts of the page around it."""
    texts = read_lines([text for _, text in lines])
    parted = [name.partition("/") for name, _ in lines]
    labels = tuple(Label(line_class=LineClass(name), rule=rule or "test", evidence="") for name, _, rule in parted)
    headline = next((i for i, (name, _) in enumerate(lines) if name == "headline"), None)
    labelled = Labelled(lines=tuple(texts), labels=labels, headline=headline)
    shown = Page(lines=tuple(text for _, text in lines), **page)
    return describe(labelled, strip_lines(labelled, BOOK), shown, LEXICON, not_after=NEVER_AFTER)


def story(*lines: tuple[str, str], body: tuple[str, ...] = BODY, **page: Any) -> Description:
    """Return what the story of the bridge says with ``lines`` between its headline and its body."""
    return described(HEADLINE, *lines, *(("body", text) for text in body), **page)


# ---------------------------------------------------------------- headline, standfirst, section


def test_headline_is_the_line_that_shows_it_even_where_the_page_has_another_title() -> None:
    assert story(title="Millers Bridge | The Herald").headline == "Bridge to close for a year"


def test_titles_of_the_page_stand_in_where_no_line_shows_them() -> None:
    found = described(
        *(("body", text) for text in BODY), title="Bridge shut", standfirst="Arches move.", section="Region"
    )

    assert (found.headline, found.standfirst, found.section) == ("Bridge shut", "Arches move.", "Region")


def test_a_piece_of_a_menu_names_no_writer_and_one_with_a_byline_s_marks_does() -> None:
    lines = tuple(replace(line, is_piece=True) for line in read_lines(["Selling Fenwick", "By Ann Quill", *BODY]))
    model = Label(line_class=LineClass.BYLINE, rule="model", evidence="")
    body = Label(line_class=LineClass.BODY, rule="model", evidence="")

    def authors(*labels: Label) -> tuple[str, ...]:
        labelled = Labelled(lines=lines, labels=(*labels, body, body), headline=None)
        page = Page(lines=tuple(line.text for line in lines))
        return describe(labelled, strip_lines(labelled, BOOK), page, LEXICON, not_after=NEVER_AFTER).authors

    assert authors(model, replace(body, line_class=LineClass.SHARE)) == ()
    assert authors(model, replace(model, rule="byline.line")) == ("Ann Quill",)


def test_page_of_several_stories_says_nothing_of_any_one() -> None:
    facts: dict[str, Any] = {
        "title": "Bridge shut",
        "standfirst": "Arches move.",
        "section": "Region",
        "authors": ("Ada Quill",),
        "author_line": "Ben Reed",
        "record_date": "2026-03-01",
        "meta_dates": ("2026-03-02",),
        "url": "https://a.example/2026/03/03/a",
    }

    found = described(*(("body", text) for text in BODY), is_single=False, **facts)

    assert (found.headline, found.standfirst, found.section, found.authors) == (None, None, None, ())
    assert found.published.date is None


def test_standfirst_is_its_line() -> None:
    assert story(("standfirst", "Two arches have moved.")).standfirst == "Two arches have moved."


def test_section_nearest_to_the_headline_is_meant() -> None:
    found = described(
        ("section", "World"),
        ("reading_time", "2 min read"),
        ("section", "Region"),
        HEADLINE,
        *(("body", text) for text in BODY),
    )

    assert found.section == "Region"


@pytest.mark.parametrize(
    "lines",
    [
        [("section", "World"), ("section", "Sport"), ("section", "Culture"), ("reading_time", "2 min read"), HEADLINE],
        [("section", "World"), *[("caption", "The bridge at dusk")] * 5, HEADLINE],
        [("section", "Region " * 12), HEADLINE],
        [("recommended", "• Videos"), ("section", "• Features"), ("share", "Follow us"), HEADLINE],
    ],
    ids=["a menu", "far above", "too long for a name", "of a list"],
)
def test_section_of_the_menu_is_not_the_storys(lines: list[tuple[str, str]]) -> None:
    assert described(*lines, *(("body", text) for text in BODY)).section is None


# ---------------------------------------------------------------- authors and agency


def test_writers_are_those_of_the_byline_before_those_of_the_markup() -> None:
    assert story(("byline", "By Nora Finch and Ben Reed"), authors=("Ada Quill",)).authors == ("Nora Finch", "Ben Reed")


@pytest.mark.parametrize(("cue", "name"), [("By", "Nora Finch"), ("by", "Nora Finch"), ("Written by", "Nora Finch")])
def test_an_opening_word_alone_is_of_the_line_below(cue: str, name: str) -> None:
    menu = (("byline", "Water Matters"), HEADLINE, ("byline/byline.line", cue), ("widget", name), ("body", BODY[0]))

    assert described(*menu, ("body", BODY[1])).authors == (name,)


@pytest.mark.parametrize("below", ["headline", "share", "body"])
def test_an_opening_word_above_anything_else_names_nobody(below: str) -> None:
    lines = (("byline/byline.line", "By"), (below, "Share Article"))

    assert described(*lines, *(("body", text) for text in BODY)).authors == ()


def test_of_names_the_one_nearest_to_the_headline_is_the_writers() -> None:
    menu = (("byline", "Water Matters"), *[("navigation", f"Place {i}") for i in range(4)])

    assert described(*menu, HEADLINE, ("byline", "Nora Finch"), *[("body", text) for text in BODY]).authors == (
        "Nora Finch",
    )


def test_what_the_story_is_about_is_not_its_writer() -> None:
    def authors(byline: str, line: str, mentions: int) -> tuple[str, ...]:
        text = [f"{BODY[0]} Nora Finch was there." if n < mentions else BODY[1] for n in range(4)]
        return described(HEADLINE, (byline, line), *[("body", one) for one in text]).authors

    assert authors("byline", "Nora Finch", 3) == ()
    assert authors("byline", "Nora Finch", 2) == ("Nora Finch",)  # who writes "I" is named by others
    assert authors("byline", "“Nora Finch”", 0) == ()
    assert authors("byline/byline.line", "Nora Finch", 3) == ("Nora Finch",)


def test_who_wrote_it_is_no_contributor_above_the_text() -> None:
    named = ("source/source.contributors", "Written by Nora Finch")

    assert story(named).authors == ("Nora Finch",)
    assert described(HEADLINE, *[("body", text) for text in BODY], named).authors == ()


def test_writers_of_markup_stand_in_for_a_byline_then_the_records() -> None:
    assert story(authors=("Ada Quill",), author_line="By Ben Reed").authors == ("Ada Quill",)
    assert story(author_line="By Ben Reed").authors == ("Ben Reed",)


@pytest.mark.parametrize("line", ["By Staff", "By our correspondent"])
def test_nobody_is_named_where_the_byline_names_nobody(line: str) -> None:
    assert story(("byline", line)).authors == ()


def test_agency_of_the_record_is_an_agency_and_no_writer() -> None:
    found = story(author_line="Reuters")

    assert (found.authors, found.agency) == ((), "Reuters")


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ([("source", "SOURCE: Reuters")], BODY),
        ([("byline", "By Nora Finch, Reuters")], BODY),
        ([], (f"HARROW MILL, March 3 (Reuters) - {BODY[0]}", BODY[1])),
        ([], (BODY[0], f"{BODY[1]} (Reuters)")),
    ],
    ids=["source line", "byline", "dateline", "behind the last sentence"],
)
def test_agency_is_named_by(lines: list[tuple[str, str]], body: tuple[str, ...]) -> None:
    assert story(*lines, body=body).agency == "Reuters"


def test_credit_of_a_photo_names_no_agency_above_the_body_and_does_alone_below_it() -> None:
    credit = ("credit", "Reuters")

    assert story(credit).agency is None
    assert described(HEADLINE, *(("body", text) for text in BODY), credit).agency == "Reuters"


@pytest.mark.parametrize(("rule", "agency"), [("source.syndication", "AA"), ("source.label", None)])
def test_an_agency_that_speaks_of_its_subscribers_is_the_source(rule: str, agency: str | None) -> None:
    notice = "Anadolu Ajansı sitesinde, AA Haber Akış Sistemi (HAS) üzerinden abonelere sunulan haberler kısaltılır."

    assert story((f"source/{rule}", notice)).agency == agency


def test_agency_of_the_markup_stands_in() -> None:
    assert story(agency="AFP").agency == "AFP"
    assert story(("source", "SOURCE: Reuters"), agency="AFP").agency == "Reuters"


# ---------------------------------------------------------------- language


def test_language_is_that_of_the_text_before_that_of_the_page() -> None:
    assert story(language="de").language == "en"


def test_language_of_the_page_stands_in_where_the_text_does_not_tell() -> None:
    assert described(("body", "Zxq vrtl mnk 123."), language="fi").language == "fi"


# ---------------------------------------------------------------- dates

CRAWLED = CrawlPrefix(end=10, date=dt.date(2026, 3, 9))
ADDRESS = "https://a.example/2026/03/04/bridge"


@pytest.mark.parametrize(
    ("lines", "page", "day", "source"),
    [
        ([], {"record_date": "2026-03-01", "meta_dates": ("2026-03-02",)}, 1, "record"),
        ([("date", "March 3, 2026")], {"meta_dates": ("2026-03-02",), "url": ADDRESS}, 2, "meta"),
        ([("date", "March 3, 2026")], {"url": ADDRESS, "crawl_prefix": CRAWLED}, 3, "page"),
        ([("byline", "By Nora Finch, 3 March 2026")], {"url": ADDRESS}, 3, "page"),
        ([], {"url": ADDRESS, "crawl_prefix": CRAWLED}, 4, "url"),
        ([], {"crawl_prefix": CRAWLED}, 9, "crawl"),
    ],
    ids=["record", "markup", "date line", "byline", "address", "crawl prefix"],
)
def test_date_is_the_first_that_is_told_of(
    lines: list[tuple[str, str]], page: dict[str, Any], day: int, source: str
) -> None:
    published = story(*lines, **page).published

    assert (published.date, published.source) == (dt.date(2026, 3, day), source)


def test_dateline_tells_the_date_where_no_line_does() -> None:
    published = story(body=(f"HARROW MILL, March 3, 2026 (Reuters) - {BODY[0]}", BODY[1]), url=ADDRESS).published

    assert (published.date, published.source) == (dt.date(2026, 3, 3), "dateline")


@pytest.mark.parametrize(
    ("line", "date", "precision"),
    [
        ("Published: March 3, 2026 10:20 GMT", dt.datetime(2026, 3, 3, 10, 20, tzinfo=dt.UTC), "minute"),
        ("March 3, 2026", None, "day"),
        ("March 3, 2026 10:20", None, "minute"),
    ],
    ids=["time and zone", "a day", "time without a zone"],
)
def test_moment_is_known_with_time_and_zone_alone(line: str, date: dt.datetime | None, precision: str) -> None:
    published = story(("date", line)).published

    assert published.date == dt.date(2026, 3, 3)
    assert published.at == date
    assert published.precision == precision


def test_zone_of_the_settings_makes_a_moment_of_a_time() -> None:
    published = story(("date", "March 3, 2026 10:20"), time_zone="Europe/Athens").published

    assert published.at == dt.datetime(2026, 3, 3, 8, 20, tzinfo=dt.UTC)


def test_published_is_meant_and_not_updated() -> None:
    published = story(("date", "Updated: March 5, 2026"), ("date", "Published: March 3, 2026")).published

    assert published.date == dt.date(2026, 3, 3)


def test_date_above_the_body_is_the_storys_and_one_below_it_perhaps_anothers() -> None:
    lines = (("date", "March 3, 2026"), *(("body", text) for text in BODY), ("date", "March 5, 2026"))

    assert described(HEADLINE, *lines).published.date == dt.date(2026, 3, 3)


def test_the_day_at_the_top_of_the_page_is_not_that_of_the_story() -> None:
    head = (
        ("date", "Thursday, March 5, 2026"),
        ("navigation", "Sport"),
        HEADLINE,
        ("byline", "by Ann Lee | 3 March 2026"),
    )

    assert described(*head, *(("body", text) for text in BODY)).published.date == dt.date(2026, 3, 3)


def test_a_date_right_above_the_headline_is_the_storys() -> None:
    head = (("date", "March 5, 2026"), ("navigation", "Sport"), ("date", "March 3, 2026"), HEADLINE)

    assert described(*head, *(("body", text) for text in BODY)).published.date == dt.date(2026, 3, 3)


@pytest.mark.parametrize(
    ("lines", "page"),
    [
        ([("date", "March 12, 2026")], {}),
        ([], {"record_date": "2026-03-12"}),
        ([], {"url": "https://a.example/2026/03/12/a"}),
        ([], {"url": "https://a.example/2026/02/30/a"}),
        ([], {"crawl_prefix": CrawlPrefix(end=10, date=dt.date(2026, 3, 12))}),
        ([], {"crawl_prefix": CrawlPrefix(end=10, date=None)}),
    ],
    ids=["page", "record", "address", "no such day", "crawl", "a month alone"],
)
def test_date_beyond_the_bound_or_of_no_day_is_null(lines: list[tuple[str, str]], page: dict[str, Any]) -> None:
    published = story(*lines, **page).published

    assert (published.date, published.at, published.precision, published.source) == (None, None, None, None)


def test_the_signature_of_a_quoted_post_names_no_writer() -> None:
    assert story(body=(*BODY[:1], "By Ada Quill (@adaquill) January 26, 2019", *BODY[1:])).authors == ()
    assert story(("byline", "Ada Quill (@adaquill) January 26, 2019"), ("byline", "By Bo Marsh")).authors == (
        "Bo Marsh",
    )


def test_a_kicker_with_a_colon_is_no_section() -> None:
    assert described(("section", "Old bridges:"), HEADLINE, *(("body", text) for text in BODY)).section is None


@pytest.mark.parametrize("told", ["bridges, stone, harrow mill", "culture_culture-lifestyle", "Bridges " * 9])
def test_tags_and_names_for_machines_are_no_section(told: str) -> None:
    assert described(HEADLINE, *(("body", text) for text in BODY), section=told).section is None


# ---------------------------------------------------------------- what is taken for something it is not


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        pytest.param("Bridge to close bySauli Quill", "Bridge to close", id="writer-glued"),
        pytest.param("Bridge to close By Ada Quill Monday", "Bridge to close", id="writer-and-weekday"),
        pytest.param("Bridge to close by Ada Quill", "Bridge to close", id="writer-of-the-byline"),
        pytest.param("Poems by Ben Reed", "Poems by Ben Reed", id="what-it-is-about"),
        pytest.param("Ten jobs to finish by New York Friday", "Ten jobs to finish by New York Friday", id="a-place"),
    ],
)
def test_headline_ends_before_the_writer_behind_it(title: str, headline: str) -> None:
    assert story(("byline", "By Ada Quill")).headline == HEADLINE[1]
    found = described(("byline", "By Ada Quill"), *(("body", text) for text in BODY), title=title)

    assert found.headline == headline


@pytest.mark.parametrize(
    "stamp",
    [
        "Updated on: March 9, 2026 / 10:07 AM / Mill News",
        "Geschrieben am 9. März 2026 in Nachrichten",
        "March 9, 2026/0 Comments/in Bridges /by admin",
    ],
)
def test_stamp_is_no_standfirst_but_tells_the_day(stamp: str) -> None:
    found = story(("standfirst", stamp))

    assert found.standfirst is None
    assert found.published.date == dt.date(2026, 3, 9)


def test_standfirst_below_a_stamp_is_found() -> None:
    found = story(("standfirst", "Updated on: March 9, 2026 / Mill News"), ("standfirst", "Two arches have moved."))

    assert found.standfirst == "Two arches have moved."


def test_the_writers_name_above_the_headline_is_no_section() -> None:
    found = described(
        ("section", "Nora Finch"), HEADLINE, ("byline", "By Nora Finch"), *[("body", text) for text in BODY]
    )

    assert (found.section, found.authors) == (None, ("Nora Finch",))


@pytest.mark.parametrize("kicker", ["60.9K", "November 18", "05 Oct", "HomePoliticsWorld News"])
def test_figure_day_or_glued_menu_above_the_headline_is_no_section(kicker: str) -> None:
    assert described(("section", kicker), HEADLINE, *(("body", text) for text in BODY)).section is None


def test_section_loses_the_arrow_of_its_path() -> None:
    assert described(("section", "Bridges >"), HEADLINE, *(("body", text) for text in BODY)).section == "Bridges"


@pytest.mark.parametrize(
    ("path", "section"),
    [
        pytest.param("Home > News > Politics", "Politics", id="arrows"),
        pytest.param("Startseite / Politik", "Politik", id="slashes"),
        pytest.param("Home › Politics › Bridge to close for a…", "Politics", id="ends-in-the-title"),
        pytest.param("Home > Bridge to close for a year", None, id="title-alone"),
        pytest.param("Home | News | Sport | Money", None, id="menu"),
        pytest.param("HomeNewsPolitics", "Politics", id="glued"),
        pytest.param("HomeNewsSportMoney", None, id="glued-menu"),
        pytest.param("HomeKit", None, id="glued-name"),
    ],
)
def test_path_above_the_headline_names_the_section(path: str, section: str | None) -> None:
    found = described(("navigation/navigation.breadcrumb", path), HEADLINE, *(("body", text) for text in BODY))

    assert found.section == section


def test_agency_at_a_teaser_below_the_text_is_a_photos() -> None:
    teaser = (("recommended", "Ferry runs again"), ("credit", "Reuters"))

    assert described(HEADLINE, *(("body", text) for text in BODY), *teaser).agency is None
    assert described(HEADLINE, *(("body", text) for text in BODY), ("credit", "Reuters"), *teaser).agency == "Reuters"


@pytest.mark.parametrize(
    ("line", "standfirst"),
    [
        pytest.param(", but the ferry is not always the right way.", None, id="behind-a-comma"),
        pytest.param("slumped by a tenth, and then the arches moved", None, id="behind-half-a-sentence"),
        pytest.param("iPhone maker buys the old mill", "iPhone maker buys the old mill", id="a-name-in-lower-case"),
    ],
)
def test_half_a_sentence_is_no_standfirst(line: str, standfirst: str | None) -> None:
    assert story(("standfirst", line)).standfirst == standfirst
