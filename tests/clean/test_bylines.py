"""The people a byline names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.bylines import Byline, is_byline, parse_byline
from pipeline.text import squash
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()


@pytest.mark.parametrize(
    ("line", "language", "authors", "agency"),
    [
        pytest.param("By Asha S Rao", "en", ["Asha S Rao"], None, id="initial in the middle"),
        pytest.param("Jane Doe", "en", ["Jane Doe"], None, id="name alone"),
        pytest.param("Ann Lee and AP", "en", ["Ann Lee"], "AP", id="with agency"),
        pytest.param("By Ann Lee with Reuters", "en", ["Ann Lee"], "Reuters", id="name before an agency's full name"),
        pytest.param("Von Eva Berg mit dpa", "de", ["Eva Berg"], "dpa", id="German name with an agency's code"),
        pytest.param("Por Ana Gil con EFE", "es", ["Ana Gil"], "EFE", id="Spanish name with an agency"),
        pytest.param("By Ann Lee@annlee Nov 19, 2025, 7:53pm", "en", ["Ann Lee"], None, id="handle glued to the name"),
        pytest.param("By Ann Lee alee@millpost", "en", ["Ann Lee"], None, id="address without a dot"),
        pytest.param("By Tim Roe - Science Contributor", "en", ["Tim Roe"], None, id="name that is a word elsewhere"),
        pytest.param("By Tom Roe - Associated Press - Friday, April 3, 2026", "en", ["Tom Roe"], "AP", id="in a row"),
        pytest.param("By Ann Lee and Bo Roe The Canadian Press", "en", ["Ann Lee", "Bo Roe"], "CP", id="agency behind"),
        pytest.param("Associated Press in Valencia", "en", [], "AP", id="agency and place"),
        pytest.param("Reuters, New York", "en", [], "Reuters", id="place that looks like a name"),
        pytest.param("By REUTERS", "en", [], "Reuters", id="agency alone"),
        pytest.param(
            "ANN LEE, JOHN Q. PUBLIC and MARY O'NEIL",
            "en",
            ["ANN LEE", "JOHN Q. PUBLIC", "MARY O'NEIL"],
            None,
            id="capitals",
        ),
        pytest.param("Monday March 3, 2026 7:45 am PST by Jane Doe", "en", ["Jane Doe"], None, id="date before"),
        pytest.param("11/19/2026By Jane Doe", "en", ["Jane Doe"], None, id="date glued before"),
        pytest.param("3 mars 2026 par Jean Roe", "fr", ["Jean Roe"], None, id="French date before"),
        pytest.param("byJane Doe", "en", ["Jane Doe"], None, id="opening word glued"),
        pytest.param("PorJuan Pérez García", "es", ["Juan Pérez García"], None, id="Spanish opening word glued"),
        pytest.param("by Paul Doe Jul. 19, 2026 9:45 am", "en", ["Paul Doe"], None, id="date glued"),
        pytest.param("Kim Roe 7 hours", "en", ["Kim Roe"], None, id="age glued"),
        pytest.param("Ann Lee / EXAMPLE.COM / Sep 2, 2026, 17:07 IST", "en", ["Ann Lee"], None, id="site and date"),
        pytest.param("Ann Lee · CBC News ·", "en", ["Ann Lee"], None, id="outlet"),
        pytest.param("Ann Lee|Published", "en", ["Ann Lee"], None, id="lost date"),
        pytest.param("Thabo Roe Parliamentary editor", "en", ["Thabo Roe"], None, id="role without comma"),
        pytest.param("By Jane Doe, News Reporter", "en", ["Jane Doe"], None, id="role with comma"),
        pytest.param("By Jane Doe in Kyiv and John Roe in London", "en", ["Jane Doe", "John Roe"], None, id="places"),
        pytest.param("National, News 1 | | | Written by Eli Roe", "en", ["Eli Roe"], None, id="opening word inside"),
        pytest.param(
            "Reporting by Ann Lee in Delhi and Bo Roe; Editing by Cy Poe",
            "en",
            ["Ann Lee", "Bo Roe"],
            None,
            id="reporting by",
        ),
        pytest.param("By and", "en", [], None, id="names lost"),
        pytest.param("Political Correspondent", "en", [], None, id="role alone"),
        pytest.param("News reporter @annlee1", "en", [], None, id="role and handle"),
        pytest.param("By Staff Reporter", "en", [], None, id="nobody named"),
        pytest.param("World News", "en", [], None, id="desk"),
        pytest.param("With files from Ann Lee", "en", [], None, id="contributor"),
        pytest.param("Editor : Heryadi Roe", "id", [], None, id="editor"),
        pytest.param("Oleh: Budi Santoso", "id", ["Budi Santoso"], None, id="Indonesian"),
        pytest.param("von Jan Müller und Eva Schmidt, Berlin", "de", ["Jan Müller", "Eva Schmidt"], None, id="German"),
        pytest.param("Par Le Courrier avec AFP", "fr", [], "AFP", id="paper with article"),
        pytest.param("Corresponsal en Atenas", "es", [], None, id="Spanish role"),
        pytest.param("Por Juan Pérez y Ana Gómez", "es", ["Juan Pérez", "Ana Gómez"], None, id="Spanish pair"),
        pytest.param("Haber: Ali Veli / ANKARA (DHA)", "tr", ["Ali Veli"], "DHA", id="Turkish"),
        pytest.param("Автор: Иван Петров", "ru", ["Иван Петров"], None, id="Russian"),
        pytest.param("بقلم: محمد علي", "ar", ["محمد علي"], None, id="Arabic"),
        pytest.param("新华社记者 张三 李四", "zh", ["张三", "李四"], "Xinhua", id="Chinese"),
        pytest.param("新华社记者", "zh", [], "Xinhua", id="Chinese, names lost"),
        pytest.param("(责编：张三、李四)", "zh", [], None, id="Chinese editors"),
        pytest.param("홍길동 기자 hong@example.com", "ko", ["홍길동"], None, id="Korean"),
        pytest.param("Text: Anna Svensson Foto: Per Berg", "sv", ["Anna Svensson"], None, id="photographer"),
    ],
)
def test_parse(line: str, language: str, authors: list[str], agency: str | None) -> None:
    assert parse_byline(line, LEXICON, language) == Byline(authors=tuple(authors), agency=agency)


@pytest.mark.parametrize("line", ["", "  ", "***", "word " * 80])
def test_says_nothing(line: str) -> None:
    assert parse_byline(line, LEXICON) is None


@pytest.mark.parametrize(
    "line",
    [
        "By Jane Doe",
        "by",
        "By and",
        "Von t-online, jse",
        "By Al Jazeera Staff",
        "von Eva Schmidt",
        "Par Anne Roux",
        "Adam Roe and AP",
        "Associated Press in Valencia",
        "Political Correspondent",
        "Corresponsal en Atenas",
        "新华社记者",
        "(责编：张三)",
        "Editor : Heryadi",
        "Jane Doe, BBC diplomatic correspondent",
        "Ann Lee · CBC News ·",
        "By Our Foreign Staff",
        "Ann Lee|Published",
        "Ann Lee | 05.04.2026 - Güncelleme : 05.04.2026",
        "홍길동 기자",
        pytest.param("Kim Roe 7 hours", id="name and age"),
        pytest.param("Kim Roe, 2 days ago", id="name and age with a comma"),
    ],
)
def test_is_a_byline(line: str) -> None:
    assert is_byline(line, LEXICON)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("By CNN in the house", id="an outlet and more"),
        pytest.param("By Al Jazeera and me", id="an outlet and somebody"),
        pytest.param("Duncan Roe", id="bare name may be a tag"),
        pytest.param("IDENTIFIED AS PRESS", id="heading in capitals"),
        pytest.param("Copyright © 2026 The Daily Roe, LLC.", id="copyright"),
        pytest.param("View CBS News In", id="menu"),
        pytest.param("By the time the ferry left, the harbour was empty.", id="sentence with by"),
        pytest.param("The editor, Jane Doe, said on Friday that the paper would go on.", id="sentence with a role"),
        pytest.param("Von der Leyen reist nach Ankara und trifft dort den Minister.", id="sentence with von"),
        pytest.param("Editorial", id="section"),
        pytest.param("Jane Doe's 100-day plan, as shown on October 22, 2026", id="name and date in a heading"),
        pytest.param("Harbour Run 42 Metres", id="name and number"),
        pytest.param("The Harbour 3 hours", id="age without a name"),
        pytest.param("", id="empty"),
    ],
)
def test_is_no_byline(line: str) -> None:
    assert not is_byline(line, LEXICON)


@given(st.text(max_size=150))
def test_authors_stand_in_the_line(line: str) -> None:
    byline = parse_byline(line, LEXICON)

    assert byline is None or all(len(author) > 1 and author[0] in squash(line) for author in byline.authors)


@given(
    st.lists(
        st.sampled_from(
            ["By ", "von ", "Ann Lee", " and ", ", ", "(AP)", "Reuters", "Editor", " | ", "3 May 2026", "记者"]
        ),
        max_size=12,
    )
)
def test_asking_whether_it_is_a_byline_never_fails(pieces: list[str]) -> None:
    assert is_byline("".join(pieces), LEXICON) in {True, False}


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        pytest.param("Von Jo Beispiel, Landespolitische Korrespondentin", ("Jo Beispiel",), id="German-adjective"),
        pytest.param("Jo Beispiel Stellvertretender Chefredakteur", ("Jo Beispiel",), id="German-role-behind"),
        pytest.param("3/19/2026 by Jo Bell", ("Jo Bell",), id="day-in-front"),
        pytest.param("5:45 AM PST 3/19/2026 by Jo Bell", ("Jo Bell",), id="time-and-day-in-front"),
        pytest.param("By Jo Bell On 3/19/26 at 4:00 PM EST", ("Jo Bell",), id="on-a-day"),
        pytest.param("By Jo BellMILLPOST", ("Jo Bell",), id="house-glued"),
        pytest.param("Jo Bell, Ap Auto Writer", ("Jo Bell",), id="agency-in-the-role"),
    ],
)
def test_writer_stands_without_what_is_put_beside_the_name(line: str, authors: tuple[str, ...]) -> None:
    byline = parse_byline(line, LEXICON, "de" if "Beispiel" in line else "en")

    assert is_byline(line, LEXICON)
    assert byline is not None
    assert byline.authors == authors


@pytest.mark.parametrize(
    "line",
    [
        "Stellvertretende Ressortleiterin Politik",
        "Wednesday's Mill Headlines",
        "Harrow Bank",
        "Contributing: The Associated Press",
    ],
)
def test_what_is_no_person_is_no_writer(line: str) -> None:
    byline = parse_byline(line, LEXICON, "de" if "Politik" in line else "en")

    assert byline is not None
    assert byline.authors == ()
    assert byline.agency is None


def test_sentence_about_somebody_with_a_role_is_no_byline() -> None:
    line = "Jo B. Quill, director of the Harrow Institute of Politics, was full of praise for the old mayor."

    assert not is_byline(line, LEXICON)
