"""A page given as named fields (JSON object, table row): ``id? url? site? title? date? author? text | html``."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.decode import tidy_text
from pipeline.read.identity import clean_url
from pipeline.read.plain import check_lines
from pipeline.read.reading import Page
from pipeline.records import Reason

SIDE_FIELDS = ("id", "url", "site", "title", "date", "author")
TEXT_FIELDS = ("text", "html")
_MAX_SIDE_CHARS = 4096


def page_of_fields(
    fields: Mapping[str, object], limits: Limits, *, encoding: str = "utf-8", repaired: bool = False
) -> Page:
    """Return the page. ``text`` goes before ``html``; a side field of a wrong type or absurd length is left out.

    Raises:
        RecordError: bad_record, there is neither text nor html or it is no string; too_large.
    """
    kind, body = _body(fields)
    if len(body) > limits.max_record_bytes:
        raise RecordError(f"{kind} of {len(body):,} characters", reason=Reason.TOO_LARGE)
    decoded = tidy_text(body)
    if kind == "text":
        check_lines(decoded.text, limits)
    side = {name: _side(name, fields.get(name)) for name in SIDE_FIELDS}
    return Page(
        kind=kind,
        text=decoded.text,
        encoding=encoding,
        repaired=repaired or decoded.repaired,
        source_id=side["id"],
        url=clean_url(side["url"]),
        site=side["site"],
        title=side["title"],
        author=side["author"],
        date=side["date"],
    )


def _body(fields: Mapping[str, object]) -> tuple[str, str]:
    given = {kind: fields[kind] for kind in TEXT_FIELDS if fields.get(kind) is not None}
    for kind, body in given.items():
        if isinstance(body, str) and (body.strip() or len(given) == 1):
            return kind, body
    if not given:
        raise RecordError("neither text nor html in the record", reason=Reason.BAD_RECORD)
    kinds = ", ".join(f"{kind} is {type(body).__name__}" for kind, body in given.items())
    if all(isinstance(body, str) for body in given.values()):
        return "text", ""
    raise RecordError(f"{kinds}; expected a string", reason=Reason.BAD_RECORD)


def _side(name: str, value: object) -> str | None:
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > _MAX_SIDE_CHARS:
        return None
    return tidy_text(value).text.strip() or None
