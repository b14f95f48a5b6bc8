"""Claims about the HTML page of an explanation: it is whole, self-contained, and shows a dump without obeying it."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.records import Article
from pipeline.report.explain_page import render_page
from pipeline.report.explanation import Copy, Cut, Explanation, LineNote, LineStatus

BODY = "The council met on Monday.AFP"


def explanation(article: Article, headline: str = "Bridge to close", **copies: Copy) -> Explanation:
    lines = (
        LineNote(
            line_no=1,
            text=headline,
            status=LineStatus.REMOVED,
            article_no=None,
            cuts=(
                Cut(start=0, end=len(headline), line_class="headline", rule="headline.choice", evidence="best title"),
            ),
        ),
        LineNote(line_no=2, text="", status=LineStatus.BLANK, article_no=None),
        LineNote(
            line_no=3,
            text=BODY,
            status=LineStatus.PARTLY,
            article_no=1,
            cuts=(Cut(start=26, end=29, line_class="source", rule="source.glued_tail", evidence="AFP"),),
        ),
    )
    return Explanation(
        dump_id="d",
        source_path="a.txt",
        source_record="7",
        lines=lines,
        articles=(article,),
        copies=copies,
        quarantines=(),
    )


def test_the_page_names_rule_and_evidence_of_each_line_taken_out(make_article: Callable[..., Article]) -> None:
    page = render_page(explanation(make_article()))

    assert "a.txt#7" in page
    assert "<b>headline</b> · headline.choice · best title" in page
    assert "The council met on Monday.<del>AFP</del>" in page
    assert "1 of 2 lines kept, in 1 article" in page


def test_the_page_asks_nothing_of_any_network_and_runs_nothing(make_article: Callable[..., Article]) -> None:
    page = render_page(explanation(make_article()))

    assert re.findall(r"<script|<link|<img|https?://|@import|url\(", page) == []


def test_markup_in_a_dump_is_shown_and_not_obeyed(make_article: Callable[..., Article]) -> None:
    page = render_page(explanation(make_article(headline="<img src=x>"), headline="<script>alert(1)</script>"))

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;img src=x&gt;" in page


def test_a_copy_says_what_it_is_a_copy_of(make_article: Callable[..., Article]) -> None:
    article = make_article()
    copy = Copy(duplicate_of="x", relation="abridged", jaccard=0.41, containment=1.0, headline="The long one")

    page = render_page(explanation(article, **{article.article_id: copy}))

    assert "abridged copy of “The long one”" in page
    assert "Jaccard 0.41, containment 1.00" in page
