"""Claims about a dump cleaned: articles with names that stay, and every line kept once or taken out whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import Cleaned, Cleaner
from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.records import Dump, Reason
from pipeline.store.law import check_dump
from pipeline.text import fold, hash128, split_lines, words

Clean = Callable[..., Cleaned]
BODY = [
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its stone arches.",
    "Engineers told the council that two of the seven arches of the bridge had moved by a hand's breadth since last spring.",
    "Traffic will be sent over the new crossing at Fenwick, four miles up the river, until the masons have done their work.",
    "The repairs to the bridge will cost about nine million crowns, a third of which the county has promised to pay for.",
    "Shopkeepers on the east bank fear for their trade and have asked for a foot bridge of planks while the work goes on.",
]
PAGE = "\n".join(["Bridge to close for a year", "", *BODY])
CLEANER = Cleaner.load()


def hold(cleaned: Cleaned) -> None:
    """Hold the lines of a dump against what was kept and removed: the law, down to the characters."""
    kept = [row.kept_lines for row in (*cleaned.articles, *cleaned.quarantined)]
    in_text = {number for numbers in kept for number in numbers}
    removed = {one.line_no for one in cleaned.removals}
    nonblank = [number for number, line in enumerate(cleaned.lines, 1) if line.strip()]
    check_dump("d", nonblank, kept=kept, removed=sorted(removed - in_text), cut=sorted(removed & in_text))
    taken: Counter[int] = Counter()
    for one in cleaned.removals:
        assert cleaned.lines[one.line_no - 1][one.start : one.end] == one.text
        taken[one.line_no] += len(one.text)
    assert all(taken[number] == len(cleaned.lines[number - 1]) for number in removed - in_text)


def test_article_is_named_after_its_dump_and_its_place_on_the_page(clean: Clean) -> None:
    (article,) = clean(PAGE, dump_id="d" * 32, source_path="a/b.txt", source_record="7", source_id="x-1").articles

    assert article.article_id == hash128("d" * 32, "1")
    assert (article.dump_id, article.source_path, article.source_record, article.source_id) == (
        "d" * 32,
        "a/b.txt",
        "7",
        "x-1",
    )
    assert (article.page_article_no, article.page_article_count) == (1, 1)


@pytest.mark.parametrize(
    "sentence", ["It’s about time.", "The old bridge has had its day.", "Stop me if you have heard this."]
)
def test_first_sentence_of_a_text_without_a_headline_stays_in_the_text(clean: Clean, sentence: str) -> None:
    (article,) = clean("\n\n".join([sentence, *BODY])).articles

    assert (article.headline, article.text.split("\n")[0]) == (None, sentence)


def test_measures_of_an_article_are_those_of_its_text(clean: Clean) -> None:
    (article,) = clean(PAGE).articles

    assert article.text == "\n\n".join(BODY)
    assert article.word_count == len(words(article.text))
    assert article.text_hash == hash128(fold(article.text))
    assert (article.first_line, article.last_line, article.kept_lines) == (1, 7, (3, 4, 5, 6, 7))
    assert 0 < article.confidence <= 1


def test_equal_words_have_an_equal_hash_whatever_stands_around_them(clean: Clean) -> None:
    one, other = clean(PAGE).articles, clean(PAGE.upper().replace(".", " !") + "\n\nAdvertisement\n").articles

    assert [row.text_hash for row in one] == [row.text_hash for row in other]


def test_glued_page_gives_an_article_a_story_and_the_records_words_to_none(
    clean: Clean, stories: dict[str, str]
) -> None:
    caption = "A page of a seed catalogue at the archive in Velm on March 5, 2026. (Almar Photos)"
    title = "Stolen Seed Catalogues of Velm Found in a Shed"
    second = [title, "", caption, caption, "TT", "20", "", title, "", stories["archive"]]
    page = "\n".join(["Night Ferry to Sail Again", "", stories["ferry"], "", "", "", *second])

    cleaned = clean(page, title="Night Ferry to Sail Again", date="2026-03-03", author="Ada Quill")

    assert [row.text for row in cleaned.articles] == [stories["ferry"], stories["archive"]]
    assert [(row.page_article_no, row.page_article_count) for row in cleaned.articles] == [(1, 2), (2, 2)]
    assert [(row.published_date, row.authors) for row in cleaned.articles] == [(None, ())] * 2
    assert cleaned.articles[0].last_line < cleaned.articles[1].first_line
    hold(cleaned)


WHO = ("The harbour trust backs", "Border police halt", "The water board reopens", "Masons of Fenwick welcome")
WHAT = ("a plan to dredge the channel", "the lease of an old silo", "new limits on night freight", "the safety report")


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("count", [8, 12, 16])
def test_a_list_of_titles_is_no_article(clean: Callable[..., Cleaned], count: int, gap: str) -> None:
    titles = [f"{WHO[at % 4]} {WHAT[(at + at // 4) % 4]}" for at in range(count)]
    cleaned = clean(gap.join(titles))

    assert not cleaned.articles
    assert {row.reason for row in cleaned.quarantined} <= {Reason.NOT_AN_ARTICLE, Reason.BOILERPLATE_ONLY}


@pytest.mark.parametrize(
    ("text", "reason", "kept_text"),
    [
        ("", Reason.EMPTY, None),
        (" \n\t\n", Reason.EMPTY, None),
        (" date 2026-03-03 \n\n", Reason.EMPTY, None),
        ("Share\nTweet\nAdvertisement\n", Reason.BOILERPLATE_ONLY, None),
        (
            "Bridge to close\n\nThe bridge closes on Monday for a year.\n",
            Reason.TOO_SHORT,
            "The bridge closes on Monday for a year.",
        ),
        ("news " * 400, Reason.NOT_AN_ARTICLE, ("news " * 400).strip()),
    ],
    ids=["no bytes", "blank", "a crawl prefix alone", "furniture alone", "a sentence", "one word over and over"],
)
def test_page_without_an_article_is_quarantined_with_its_reason(
    text: str, reason: Reason, kept_text: str | None, clean: Clean
) -> None:
    cleaned = clean(text)

    (row,) = cleaned.quarantined
    assert (cleaned.articles, row.stage, row.reason, row.text) == ((), "clean", reason, kept_text)
    hold(cleaned)


def test_least_words_of_an_article_are_a_setting(make_dump: Callable[..., Dump]) -> None:
    text = "Bridge to close\n\nThe bridge closes on Monday for a year.\n"

    (article,) = Cleaner.load(min_words=5).clean(make_dump(text), dt.date(2026, 3, 10)).articles

    assert article.text == "The bridge closes on Monday for a year."


def test_page_over_a_limit_is_refused(make_dump: Callable[..., Dump]) -> None:
    with pytest.raises(RecordError):
        Cleaner.load(limits=Limits(max_lines=3)).clean(make_dump(PAGE), dt.date(2026, 3, 10))


@pytest.mark.parametrize(
    ("text", "fields", "date"),
    [
        (PAGE, {}, dt.date(2026, 3, 10)),
        (f" date 2026-03-03 WORLD\n{PAGE}", {}, dt.date(2026, 3, 3)),
        (f" date 2026-03-03 WORLD\n{PAGE}", {"crawl_date": dt.date(2026, 3, 5)}, dt.date(2026, 3, 5)),
    ],
    ids=["as-of", "crawl prefix", "record"],
)
def test_rows_carry_the_crawl_date_else_the_as_of(
    text: str, fields: dict[str, object], date: dt.date, clean: Clean
) -> None:
    cleaned = clean(text, **fields)

    assert cleaned.articles[0].date == date
    assert {one.date for one in cleaned.removals} == {date}


def test_crawl_prefix_is_cut_off_its_line_and_the_rest_is_read(clean: Clean) -> None:
    cleaned = clean(f" date 2026-03-03 {PAGE}")

    prefix = cleaned.removals[0]
    assert (prefix.line_class, prefix.line_no, prefix.start, prefix.end) == ("crawl_prefix", 1, 0, 17)
    assert cleaned.articles[0].headline == "Bridge to close for a year"
    hold(cleaned)


def test_date_more_than_a_day_beyond_the_crawl_is_not_believed(clean: Clean) -> None:
    page = "\n".join(["Bridge to close for a year", "March 5, 2026", "", *BODY])

    dates = [clean(page, crawl_date=dt.date(2026, 3, day)).articles[0].published_date for day in (3, 4, 5)]

    assert dates == [None, dt.date(2026, 3, 5), dt.date(2026, 3, 5)]


def test_marked_up_page_is_one_article_and_obeys_the_law(clean: Clean) -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in BODY)
    page = (
        f"<html><head><title>Bridge to close for a year</title></head><body><nav>Home</nav><article>{paragraphs}</article>"
        "</body></html>"
    )

    cleaned = clean(page, kind="html")

    assert [(row.headline, row.text) for row in cleaned.articles] == [("Bridge to close for a year", "\n\n".join(BODY))]
    hold(cleaned)


def test_digest_names_rules_and_word_lists_and_not_the_settings() -> None:
    assert len(CLEANER.digest) == 16
    assert Cleaner.load(min_words=3, limits=Limits(max_lines=5)).digest == CLEANER.digest


# ---------------------------------------------------------------- what holds on any text

PIECES = st.sampled_from(
    [
        *BODY,
        "Bridge to close for a year",
        " date 2026-03-03 WORLD",
        "Share",
        "Advertisement",
        "RECOMMENDED",
        "By Nora Finch",
        "March 3, 2026",
        "SOURCE: Reuters",
        "The bridge, seen from the quay. (Reuters)",
        "the county has asked",
        "Fenwick",
        ", and more of it.",
        "• an item of a list",
        "© 2026 The Mill Herald",
        "",
        "",
        "\t",
        "It was said.AFP",
        "桥梁将于五月关闭，工程师们说。",
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=24).map("\n".join),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200),
)


@given(TEXTS)
def test_every_line_of_any_text_is_kept_once_or_taken_out_whole(text: str) -> None:
    hold(CLEANER.clean(_dump(text), dt.date(2026, 3, 10)))


@given(TEXTS)
def test_kept_lines_are_lines_of_the_input_in_order(text: str) -> None:
    cleaned = CLEANER.clean(_dump(text), dt.date(2026, 3, 10))

    assert cleaned.lines == tuple(split_lines(text))
    kept = [number for row in cleaned.articles for number in row.kept_lines]
    assert kept == sorted(set(kept))


@given(TEXTS)
def test_same_dump_gives_the_same_rows(text: str) -> None:
    assert CLEANER.clean(_dump(text), dt.date(2026, 3, 10)) == CLEANER.clean(_dump(text), dt.date(2026, 3, 10))


@given(st.lists(st.sampled_from(BODY), min_size=3, max_size=5, unique=True))
def test_cleaning_an_articles_own_text_keeps_all_of_it(paragraphs: list[str]) -> None:
    once = CLEANER.clean(_dump("\n\n".join(["Bridge to close for a year", *paragraphs])), dt.date(2026, 3, 10))

    again = CLEANER.clean(_dump(once.articles[0].text), dt.date(2026, 3, 10))

    assert [row.text for row in again.articles] == [row.text for row in once.articles]


def _dump(text: str) -> Dump:
    return Dump(
        dump_id="d" * 32,
        source_path="a.txt",
        source_record=None,
        kind="text",
        text=text,
        size_bytes=len(text.encode()),
        encoding="utf-8",
    )
