"""What the values of closed lists mean: reasons of quarantine, classes of removed lines, for ``docs/columns.md``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from pipeline.records import LineClass, Reason

REASONS: Final[Mapping[Reason, str]] = {
    Reason.EMPTY: "no text at all",
    Reason.TOO_SHORT: "fewer words of body than `clean.min_words`",
    Reason.BOILERPLATE_ONLY: "furniture of a page and no line of body",
    Reason.TOO_LARGE: "over a limit of bytes, lines, characters of a line or elements",
    Reason.TOO_DEEP: "elements or archives inside each other over the limit",
    Reason.BOMB: "unpacks to absurd size, or has absurdly many members",
    Reason.TRUNCATED: "ends before it should",
    Reason.CORRUPT: "damaged: a checksum, a length or the framing is wrong",
    Reason.NOT_TEXT: "binary data",
    Reason.BAD_ENCODING: "no encoding gives sound text",
    Reason.BAD_RECORD: "no record of its form: broken JSON or CSV, no text field, one of a wrong type",
    Reason.UNSAFE_PATH: "a member's name leads out of its archive",
    Reason.SPECIAL_FILE: "no regular file",
    Reason.UNREADABLE: "disk, rights or network forbid reading",
    Reason.SYMLINK_LOOP: "a link that leads to itself",
    Reason.SYMLINK_OUTSIDE: "a link that leads out of the raw root",
    Reason.CHANGED_WHILE_READ: "written to while it was read",
    Reason.TIMEOUT: "over its CPU time or the wide net of wall time, twice, the second time alone",
    Reason.MEMORY: "over the memory of a worker, twice, the second time alone",
    Reason.CRASH: "ended its worker twice, the second time alone, or failed in cleaning",
    Reason.UNSUPPORTED: "a form, packing or coding that is not read",
    Reason.DUPLICATE_ID: "an id that another record has, where ids must differ",
    Reason.NOT_AN_ARTICLE: "text, but no story: a few words over and over",
}
"""Every value of ``quarantine.reason``."""

CLASSES: Final[Mapping[LineClass, str]] = {
    LineClass.BODY: "body of the story: kept",
    LineClass.SUBHEAD: "heading inside the body: kept",
    LineClass.HEADLINE: "headline, in its own column",
    LineClass.HEADLINE_AGAIN: "headline said again",
    LineClass.STANDFIRST: "summary under the headline, in its own column",
    LineClass.SUMMARY: "key points above or beside the story",
    LineClass.CAPTION: "words under a picture",
    LineClass.CREDIT: "whose picture it is",
    LineClass.DATELINE: "place, date and agency before the first sentence",
    LineClass.BYLINE: "who wrote it",
    LineClass.DATE: "when it was published or changed",
    LineClass.SECTION: "section of the paper, breadcrumbs",
    LineClass.READING_TIME: "minutes to read, counts of words or views",
    LineClass.RELATED: "link to another story inside the body",
    LineClass.RECOMMENDED: "list of other stories",
    LineClass.SHARE: "share buttons",
    LineClass.SOURCE: "agency or source named on a line of its own",
    LineClass.NEWSLETTER: "sign-up for a newsletter, app or channel",
    LineClass.ADVERT: "advertisement or its label",
    LineClass.NAVIGATION: "menus, links to the parts of a site",
    LineClass.COPYRIGHT: "rights and legal notices",
    LineClass.COMMENT: "readers' comments and their form",
    LineClass.TAG: "keywords",
    LineClass.BIO: "about the author",
    LineClass.WIDGET: "player, gallery, map, poll, ticker",
    LineClass.PAYWALL: "subscribe to read on",
    LineClass.APPEAL: "asks for money or support",
    LineClass.NOTE: "note of the editors: corrections, translations, contributors",
    LineClass.EMBED: "post of a social network",
    LineClass.CRAWL_PREFIX: "what the crawler put before the first line",
    LineClass.HTML: "markup's text that the extractor left out",
    LineClass.BOILERPLATE: "other furniture",
}
"""Every value of ``removals.class``, and the two classes that are no removal."""


def values_markdown() -> list[str]:
    """Return the lines of the two tables, as ``docs/columns.md`` ends with them."""
    lines: list[str] = []
    lists: tuple[tuple[str, Iterable[tuple[StrEnum, str]]], ...] = (
        ("Values of `quarantine.reason`", REASONS.items()),
        ("Values of `removals.class`", CLASSES.items()),
    )
    for title, meanings in lists:
        lines += [f"## {title}", "", "| value | meaning |", "|---|---|"]
        lines += [f"| {value} | {meaning} |" for value, meaning in meanings]
        lines.append("")
    return lines
