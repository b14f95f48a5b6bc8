"""The agency a story came from."""

from __future__ import annotations

import datetime as dt
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.agencies import (
    _Spellings,
    agencies_named,
    agency_of_dateline,
    agency_of_source_line,
    agency_of_tail,
    dateline_of,
    opens_with_agency,
)
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("SOURCE:AA", "AA"),
        ("AA", "AA"),
        ("Anadolu Ajansı", "AA"),
        ("Source: Reuters", "Reuters"),
        ("Quelle: ntv.de, ino/dpa", "dpa"),
        ("Quelle: Mit Material der dpa", "dpa"),
        ("2026年3月3日23:52 | 来源：新华网", "Xinhua"),
        ("المصدر: رويترز", "Reuters"),
        ("Источник: ТАСС", "TASS"),
        ("Fuente: EFE / Foto: AFP", "EFE"),
        ("Associated PressApril 28, 2026 GMT", "AP"),
        ("Associated Press writers Ann Lee and Bo Roe contributed to this report.", "AP"),
        pytest.param("The Associated Press contributed to this report.", None, id="contributed only"),
        pytest.param("With files from The Canadian Press", None, id="files only"),
        pytest.param("/ CBS News", None, id="broadcaster"),
        pytest.param("red, ORF.at/Agenturen", None, id="agencies without a name"),
        pytest.param("Source: AFP, Reuters", None, id="several: not sure which"),
        pytest.param("Foto: PAP", None, id="photo credit"),
        pytest.param("© REUTERS / POOL", None, id="photo credit with sign"),
        pytest.param("Image: Ann Lee/AFP", None, id="photo credit with name"),
        pytest.param("Reuters reported on Monday that the bridge had been closed to all lorries.", None, id="prose"),
        pytest.param("", None, id="empty"),
    ],
)
def test_source_line(line: str, agency: str | None) -> None:
    assert agency_of_source_line(line, LEXICON) == agency


@pytest.mark.parametrize(
    ("dateline", "agency", "author"),
    [
        ("MEXICO CITY (AP) — ", "AP", None),
        ("BEIRUT/THE HAGUE, March 7 (Reuters) - ", "Reuters", None),
        ("LA CROSSE, Wis. (AP) — ", "AP", None),
        ("Madrid, 3 mar (EFE).- ", "EFE", None),
        ("Berlin (dpa) - ", "dpa", None),
        ("(ANSA) - ROMA, 03 MAR - ", "ANSA", None),
        ("МОСКВА, 3 марта. /ТАСС/. ", "TASS", None),
        ("МОСКВА, 3 мар — РИА Новости. ", "RIA Novosti", None),
        ("İSTANBUL, (DHA)- ", "DHA", None),
        ("دمشق، سوريا (CNN) -- ", None, None),
        ("Hong Kong (CNN Business)", None, None),
        ("NEW DELHI: ", None, None),
        ("PUTRAJAYA, Nov 22 — ", None, None),
        ("KYIV, Ukraine — ", None, None),
        ("【ソウル＝山田太郎】", None, "山田太郎"),
        ("【ソウル共同】", "Kyodo", None),
        ("(서울=연합뉴스) 홍길동 기자 = ", "Yonhap", "홍길동"),
        ("新华社北京3月3日电（记者张三）", "Xinhua", "张三"),
    ],
)
def test_dateline(dateline: str, agency: str | None, author: str | None) -> None:
    found = dateline_of(f"{dateline}A ferry left the old harbour.", LEXICON)

    assert found is not None
    assert (found.end, found.agency, found.author) == (len(dateline), agency, author)


@pytest.mark.parametrize(
    "line",
    [
        "CHINA has sent a ship - and a crew.",
        "WARNING: This story has pictures of an operation.",
        "READ MORE: The ferry that left",
        "MAYOR THROWS GAUNTLET: NO REASON TO WAIT",
        "FILE - A ferry leaves the old harbour.",
        "BBC: The minister said nothing.",
        "UN chief - who arrived late - said nothing.",
        "He said: it is over.",
        "The Pentagon (Reuters) said nothing.",
        "【独自】政府は三日、発表した。",
        "INSTITUTE of Gold (IGI School) was founded",
        "Ankara",
        "",
    ],
)
def test_prose_has_no_dateline(line: str) -> None:
    assert dateline_of(line, LEXICON) is None


def test_a_dateline_alone_on_its_line_is_one() -> None:
    assert dateline_of("AUBURN, Wash. —", LEXICON) is not None


def test_a_full_date_in_the_dateline_is_read() -> None:
    found = dateline_of("LONDON, 3 March 2026 (Reuters) - A ferry left.", LEXICON)

    assert found is not None
    assert found.date == dt.date(2026, 3, 3)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("新华社记者张三", id="a name in a script without blanks"),
        pytest.param("新华社 北京", id="with a blank behind it"),
        pytest.param("Anadolu Ajansı – Ankara", id="two words"),
    ],
)
def test_a_line_that_an_agency_opens_is_told_before_it_is_read(line: str) -> None:
    assert agencies_named(line, LEXICON)[0].start == 0
    assert opens_with_agency(line, LEXICON)


def test_a_line_with_an_agency_inside_is_not_opened_by_it() -> None:
    assert not opens_with_agency("据新华社报道", LEXICON)


def test_a_dateline_begins_behind_the_white_space() -> None:
    found = dateline_of("  PARIS (AFP) - A ferry left.", LEXICON)

    assert found is not None
    assert found.start == 2


def test_agency_of_a_line_without_dateline_is_none() -> None:
    assert agency_of_dateline("A ferry left the old harbour (Reuters).", LEXICON) is None


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("ntv.de, ino/dpa", "dpa"),
        ("(dpa)", "dpa"),
        ("– Reuters", "Reuters"),
        ("The case was put off until June. (Sputnik/NAN)", "NAN"),
        ("Both deny the accusations of hindering them.AFP", "AFP"),
        ("The ferry left at noon, he said. ANI", "ANI"),
        ("Skibet sejlede ved middagstid. /ritzau/", "Ritzau"),
        ("会议于当日结束。（新华社）", "Xinhua"),
        pytest.param("He works for Reuters.", None, id="prose"),
        pytest.param("Ships left the harbour, said the AP.", None, id="prose with code"),
        pytest.param("The harbour at noon. (AP Photo/Ann Lee)", None, id="photo credit"),
        pytest.param("The ferry left. (With inputs from PTI)", None, id="inputs only"),
        pytest.param("The ferry left the EU.", None, id="letters of no agency"),
        pytest.param("", None, id="empty"),
    ],
)
def test_tail(line: str, agency: str | None) -> None:
    assert agency_of_tail(line, LEXICON) == agency


@given(st.text(max_size=120))
def test_a_dateline_stays_inside_its_line(line: str) -> None:
    found = dateline_of(line, LEXICON)

    assert found is None or 0 <= found.start <= found.end <= len(line)


@given(st.text(alphabet="AP afpREUTERS(),./-–—:;&*", max_size=200))
def test_no_row_of_signs_breaks_the_readers(line: str) -> None:
    known = {agency.short for agency in LEXICON.agencies} | {None}

    assert agency_of_source_line(line, LEXICON) in known
    assert agency_of_tail(line, LEXICON) in known


PIECES = st.sampled_from(
    [
        *(
            "Source:",
            "Quelle: ",
            "With",
            "Jane Doe",
            "and",
            "/",
            ",",
            "(",
            ")",
            "|",
            "by",
            "ino",
            "contributed",
            "Foto:",
        ),
        *(
            "AP",
            "A.P.",
            "dpa",
            "Reuters",
            "The Associated Press",
            "associated press",
            "АР",
            "İHA",
            "iha",
            "ТАСС",
            "EPA-EFE",
        ),
        *("رويترز", "新华社", "연합뉴스", "Press", "2026", "3 March 2026", "Harbour", "“AP”", "AFP/Getty Images"),
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=6), st.sampled_from([" ", ""]))
def test_no_agency_is_passed_over_by_its_words(pieces: list[str], gap: str) -> None:
    line = gap.join(pieces)
    found = agency_of_source_line(line, LEXICON)

    with patch.object(_Spellings, "may_name", return_value=True):
        assert found == agency_of_source_line(line, LEXICON)
