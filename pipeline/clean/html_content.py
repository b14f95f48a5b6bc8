"""Which lines of a rendered page are its story: the HTML line model's answer, and trafilatura's where it is unsure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from pipeline.clean.extract import Extraction, extract
from pipeline.clean.html_features import Told
from pipeline.clean.html_furniture import furniture
from pipeline.clean.html_model import KEPT, STANDFIRST, HtmlModel, Judged
from pipeline.clean.lines import Line, read_lines
from pipeline.clean.marks import Label
from pipeline.clean.render import Rendered
from pipeline.limits import Limits
from pipeline.records import LineClass

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MODEL_RULE = "html.model"
FURNITURE_RULE = "html.furniture"
HEADING_RULE = "html.heading"
NOTICE_RULE = "html.notice"
_MIN_DOUBT = 0.2  # posterior of a heading
_MIN_SAID = 3
# Below this expected F1 (in characters) of the model's own answer trafilatura is asked: 27 of 193 held-out pages, among
# them all that it gets wrong from end to end. Below .90 F is .007 lower on 141 pages.
_MIN_SURE = 0.93


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The label of each line of a page, by number: of its story or not; ``method`` is who said so.

    ``lines`` are those of the story, measured, and those beside it that were looked at.
    """

    lines: tuple[Line, ...]
    inside: Mapping[int, Label]
    outside: Mapping[int, Label]
    method: str


def find_content(tree: HtmlElement, rendered: Rendered, told: Told, model: HtmlModel, limits: Limits) -> Content:
    """Return what of a page is its story; ``tree`` is what ``rendered`` was made from, and is used up."""
    reasons = furniture(rendered)
    shared = {reason: _furniture_label(reason) for reason in set(reasons.values())}
    labels = {index + 1: shared[reason] for index, reason in reasons.items()}
    lines = lines_to_judge(rendered, reasons)
    if not lines:
        return Content(lines=(), inside={}, outside=labels, method="none")
    judged = model.judge(rendered, lines, told)
    kept = judged.posteriors[:, KEPT] + judged.posteriors[:, STANDFIRST]
    is_kept = kept >= 0.5
    if sureness(kept, is_kept, np.array([len(line.bare) for line in lines])) < _MIN_SURE:
        extraction = extract(tree, rendered, limits)
        if extraction.content_lines:
            return _by_extractor(rendered, extraction)
    labels |= _by_model(rendered, lines, judged, model, is_kept)
    labels |= _sub_headings(rendered, lines, kept, is_kept)
    labels |= _notices(rendered, [line for line, keep in zip(lines, is_kept.tolist(), strict=True) if keep])
    return _content(lines, labels, "model")


def _furniture_label(reason: str) -> Label:
    return Label(line_class=LineClass.HTML, rule=FURNITURE_RULE, evidence=reason, score=0.99)


def lines_to_judge(rendered: Rendered, without: Collection[int]) -> list[Line]:
    """Return the lines of a page, measured, numbered as on the page, but for those with an index in ``without``."""
    return read_lines(["" if index in without else text for index, text in enumerate(rendered.lines)])


def sureness(kept: Floats, is_kept: Bools, chars: NDArray[np.int64]) -> float:
    """Return the F1, in characters, that the answer ``is_kept`` expects by the posteriors ``kept``; 0 to 1."""
    taken = float(chars[is_kept].sum())
    hoped = float((chars * kept).sum())
    right = float((chars * kept)[is_kept].sum())
    return 2 * right / (taken + hoped) if taken else 0.0


def _by_model(
    rendered: Rendered, lines: Sequence[Line], judged: Judged, model: HtmlModel, is_kept: Bools
) -> dict[int, Label]:
    reasons = iter(model.reasons(judged, ~is_kept))
    shares = (judged.posteriors[:, KEPT] + judged.posteriors[:, STANDFIRST]).tolist()
    opens_as_intro = judged.posteriors[:, STANDFIRST] > judged.posteriors[:, KEPT]
    first = int(is_kept.argmax())
    labels = {}
    for i, (line, share, keep) in enumerate(zip(lines, shares, is_kept.tolist(), strict=True)):
        if keep:
            kind = _kind(rendered, line, is_intro=i == first and bool(opens_as_intro[i]))
            evidence = f"main content, <{rendered.tag(line.no - 1)}>"
        else:
            kind, share, evidence = LineClass.HTML, 1 - share, next(reasons)
        labels[line.no] = Label(line_class=kind, rule=MODEL_RULE, evidence=evidence, score=round(share, 4))
    return labels


def _sub_headings(rendered: Rendered, lines: Sequence[Line], kept: Floats, is_kept: Bools) -> dict[int, Label]:
    """Return the labels of headings that the model was in doubt of, but that have paragraphs of the story for siblings.

    A box right below a heading makes it doubt; of 193 held-out pages this concerns four headings, three of stories.
    """
    parents = [rendered.blocks.parents[rendered.places[line.no - 1]] for line in lines]
    stories = np.flatnonzero(is_kept)
    found = {}
    for i in np.flatnonzero(~is_kept & (kept >= _MIN_DOUBT)).tolist():
        after = int(np.searchsorted(stories, i))
        if 0 < after < len(stories) and rendered.heading_level(lines[i].no - 1) > 1:
            above, below = stories[after - 1], stories[after]
            if parents[above] == parents[i] == parents[below]:
                evidence = f"heading beside lines {lines[above].no} and {lines[below].no}"
                score = round(float(kept[i]), 4)
                found[lines[i].no] = Label(
                    line_class=LineClass.SUBHEAD, rule=HEADING_RULE, evidence=evidence, score=score
                )
    return found


def _notices(rendered: Rendered, kept: Sequence[Line]) -> dict[int, Label]:
    """Return the labels of paragraphs said three times or more, each time in a box of its own.

    No story does that; the notice that stands in place of each embedded video does.
    """
    boxes: dict[str, set[int]] = defaultdict(set)
    said: dict[str, list[int]] = defaultdict(list)
    for line in kept:
        if line.is_paragraph:
            said[line.folded].append(line.no)
            boxes[line.folded].add(rendered.blocks.parents[rendered.places[line.no - 1]])
    return {
        number: Label(line_class=LineClass.HTML, rule=NOTICE_RULE, evidence=f"said in {len(numbers)} boxes", score=0.9)
        for text, numbers in said.items()
        if _MIN_SAID <= len(numbers) == len(boxes[text])
        for number in numbers
    }


def _kind(rendered: Rendered, line: Line, *, is_intro: bool) -> LineClass:
    if is_intro:
        return LineClass.STANDFIRST
    return LineClass.SUBHEAD if rendered.is_inside(line.no - 1, "heading") else LineClass.BODY


def _by_extractor(rendered: Rendered, extraction: Extraction) -> Content:
    lines = read_lines(rendered.lines)
    taken = frozenset(extraction.content_lines)
    rule = f"html.{extraction.method}"
    out = Label(line_class=LineClass.HTML, rule=rule, evidence="not main content by its markup", score=0.9)
    labels = dict.fromkeys((line.no for line in lines), out)
    for line in lines:
        if line.no in taken:
            evidence = f"main content, <{rendered.tag(line.no - 1)}>"
            kind = _kind(rendered, line, is_intro=False)
            labels[line.no] = Label(line_class=kind, rule=rule, evidence=evidence, score=0.9)
    return _content(lines, labels, extraction.method)


def _content(lines: Sequence[Line], labels: Mapping[int, Label], method: str) -> Content:
    inside: dict[int, Label] = {}
    outside: dict[int, Label] = {}
    for no, label in labels.items():
        (outside if label.line_class is LineClass.HTML else inside)[no] = label
    return Content(lines=tuple(lines), inside=inside, outside=outside, method=method)
