"""Glued pages made of single ones, and pages that only look glued: material to train and to score the splitter.

A glued page is two to four units of one site or of several: a page's text with three to nine lines above it and up to
eight below, as pages that scroll on leave them. What must stay whole: the single pages themselves, teasers below a
text, running pages with a time above each entry, lists and interviews with a title above each part. All of it is drawn
by a fixed seed, from the sites of one fold at a time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape

from benchmarks.quality.bench import Bench
from benchmarks.quality.held_out import FOLDS, fold_of
from benchmarks.training.corpus import told_lines
from pipeline.text import UNSPACED, squash

SEED = 11
MORE_SEEDS = (22, 33, 44)
MAX_UNITS = 4
MIN_PARAGRAPHS = 3  # of a page worth gluing
PARAGRAPH = 60  # characters
ABOVE, BELOW = (3, 9), (0, 8)  # non-blank lines left above and below a unit's text
WHOLE_END = 0.3  # share of glued pages that keep all that stood above the first unit's text, and below the last one's
BRIEF = 0.2  # share of glued pages whose units are briefs
BRIEF_PARAGRAPHS = (3, 5)
AGAIN = 0.15  # share of glued pages whose units say their headline twice over, as the second seed does
TOOLS = ("TT", "20")  # text size buttons, as one house's pages have them between the two
BLANKS = (0, 1, 1, 2, 3)  # blank lines at a joint
RAW = "raw"  # the form of the pages that are dumps as they came
# Glued pages of a fold and form, of one site and of several; pages of each kind that only look so.
GLUED = 14
LOOKALIKES = 6
SAME, SEVERAL = "one site", "several sites"
SINGLE, TEASERS, RUNNING, PARTS = "single", "teasers", "running page", "titled parts"
_KEPT_LABELS = frozenset("BS")
_H1 = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SENTENCE = re.compile(r"(?<=[.!?。])\s*(?=[^\W\d_])")
_UNSPACED = re.compile(f"[{UNSPACED}]")


# Not the form that has the whole page on one line: no line of it is one story's alone.
FORMS = ("innertext", "inscriptis", "html2text", "selectolax", "resiliparse", "lxml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """A page with one story: its lines, and the places of those that are its text, in order."""

    key: str
    site: str
    form: str
    texts: tuple[str, ...]
    body: tuple[int, ...]
    headline: str | None = None

    @property
    def paragraphs(self) -> list[str]:
        """The lines of its text that are paragraphs."""
        return [self.texts[i] for i in self.body if is_paragraph(self.texts[i])]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePage:
    """A page made of others, with what is known of each of its stories (places of lines from 0).

    ``zones`` holds the first and last paragraph, ``spans`` the first and last line of its text, short ones too;
    ``starts`` where its own lines begin, the first at 0; ``headlines`` the first line that says just its headline, None
    where none does.
    """

    key: str
    kind: str
    form: str
    sites: tuple[str, ...]
    texts: tuple[str, ...]
    zones: tuple[tuple[int, int], ...]
    spans: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]
    headlines: tuple[int | None, ...]

    @property
    def text(self) -> str:
        """The page as a dump."""
        return "\n".join(self.texts)

    @property
    def fold(self) -> int:
        """The fold of its sites."""
        return fold_of(self.sites[0])


def is_paragraph(text: str) -> bool:
    """Return whether a line of text is long enough for a paragraph; in the gold short ones may be anything."""
    return len(squash(text)) >= PARAGRAPH


def singles(bench: Bench) -> Iterator[Single]:
    """Yield the pages of both sets that hold one story and enough text, each form of a page by itself."""
    return (single for single in _singles(bench) if len(single.paragraphs) >= MIN_PARAGRAPHS)


def _singles(bench: Bench) -> Iterator[Single]:
    for row in bench.rows("dumps/dev.jsonl"):
        if not row["constructed"] and len(row["articles"]) == 1:
            body = tuple(i for i, line in enumerate(row["lines"]) if line["label"] in _KEPT_LABELS)
            texts = tuple(line["text"] for line in row["lines"])
            headline = next((line["text"] for line in row["lines"] if line["label"] == "H"), None)
            yield Single(key=row["id"], site=row["site"], form=RAW, texts=texts, body=body, headline=headline)
    pages = {page["id"]: page for page in bench.rows("extraction/pages.jsonl.xz")}
    for row in bench.rows("extraction/dumps.jsonl.xz"):
        page = pages[row["id"]]
        for form in FORMS:
            texts = row["dumps"][form].split("\n")
            taken = told_lines(page["gold"], texts)
            yield Single(
                key=row["id"],
                site=page["site"],
                form=form,
                texts=tuple(texts),
                body=tuple(sorted(taken)),
                headline=_h1(page["html"]),
            )


def made_pages(bench: Bench, seed: int = SEED) -> Iterator[MadePage]:
    """Yield all pages, fold by fold and form by form: single ones, glued ones, those that only look glued."""
    groups: dict[tuple[int, str], list[Single]] = {}
    for single in singles(bench):
        groups.setdefault((fold_of(single.site), single.form), []).append(single)
    for fold in range(FOLDS):
        for form in (RAW, *FORMS):
            own = groups.get((fold, form), [])
            yield from pages_of(own, random.Random(f"{seed}:{fold}:{form}"))


def more_pages(bench: Bench) -> Iterator[MadePage]:
    """Yield pages of other draws, to train on: without the single ones, which are the same in each."""
    for seed in MORE_SEEDS:
        yield from (page for page in made_pages(bench, seed) if page.kind != SINGLE)


def pages_of(own: Sequence[Single], rng: random.Random) -> Iterator[MadePage]:
    """Yield the pages made of some singles of one form."""
    yield from (_page(SINGLE, f"single:{one.key}", [one], [(one.texts, one.body)], rng) for one in own)
    by_site: dict[str, list[Single]] = {}
    for one in own:
        by_site.setdefault(one.site, []).append(one)
    several = [pages for pages in by_site.values() if len(pages) > 1]
    for number in range(GLUED):
        if several:
            pages = rng.choice(several)
            units = rng.sample(pages, min(len(pages), rng.randint(2, MAX_UNITS)))
            yield glue(units, SAME, number, rng)
        if len(by_site) > 1:
            sites = rng.sample(sorted(by_site), min(len(by_site), rng.randint(2, MAX_UNITS)))
            yield glue([rng.choice(by_site[site]) for site in sites], SEVERAL, number, rng)
    for number in range(LOOKALIKES if len(own) > 1 else 0):
        one = rng.choice(own)
        others = [other for other in own if other is not one]
        yield with_teasers(one, others, number, rng)
        yield as_running_page(one, others, number, rng)
        yield in_parts(one, number, rng)


def glue(units: Sequence[Single], kind: str, number: int, rng: random.Random) -> MadePage:
    """Return ``units`` cut out of their pages, one below the other."""
    parts = []
    again, is_brief = rng.random() < AGAIN, rng.random() < BRIEF
    for place, whole in enumerate(units):
        unit = shortened(whole, rng.randint(*BRIEF_PARAGRAPHS)) if is_brief else whole
        above = len(unit.texts) if place == 0 and rng.random() < WHOLE_END else rng.randint(*ABOVE)
        below = len(unit.texts) if place == len(units) - 1 and rng.random() < WHOLE_END else rng.randint(*BELOW)
        texts, body = cut_out(unit, above, below)
        parts.append(said_twice(unit, texts, body) if again and unit.headline else (texts, body))
    return _page(kind, f"{kind}:{number}", units, parts, rng)


def shortened(unit: Single, paragraphs: int) -> Single:
    """Return a page without what comes below the first ``paragraphs`` of its text, up to the end of its text."""
    places = [i for i in unit.body if is_paragraph(unit.texts[i])]
    last, end = places[:paragraphs][-1], unit.body[-1]
    body = tuple(i for i in unit.body if i <= last)
    return replace(unit, texts=unit.texts[: last + 1] + unit.texts[end + 1 :], body=body)


def cut_out(unit: Single, above: int, below: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return a page's lines from ``above`` non-blank ones over its text to ``below`` ones under it, and its text's."""
    start, stop = unit.body[0], unit.body[-1] + 1
    while start and above:
        start -= 1
        above -= bool(squash(unit.texts[start]))
    while stop < len(unit.texts) and below:
        below -= bool(squash(unit.texts[stop]))
        stop += 1
    return unit.texts[start:stop], tuple(i - start for i in unit.body)


def said_twice(unit: Single, texts: Sequence[str], body: Sequence[int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return a unit's lines with a headline said twice in place of what stood above its text, in one of two ways."""
    caption = unit.paragraphs[-1].split(". ")[0].rstrip(".")
    head = [unit.headline or "", "", caption, caption]
    if len(unit.paragraphs) % 2:
        top = [*head, *TOOLS, "", *head, ""]
    else:
        top = [head[0], head[0], "2 min read", f"{caption} / Reuters", "March 3, 2026", ""]
    lines = (*top, *texts[body[0] :])
    shift = len(lines) - len(texts)
    return lines, tuple(i + shift for i in body)


def with_teasers(one: Single, others: Sequence[Single], number: int, rng: random.Random) -> MadePage:
    """Return a page with the title, first sentence and perhaps a date of other stories below its text."""
    texts, body = cut_out(one, rng.randint(*ABOVE), rng.randint(*BELOW))
    lines = [*texts, "", *rng.choice([["More stories"], ["Read next", ""], []])]
    is_dated, is_spaced = rng.random() < 0.4, rng.random() < 0.5
    for other in rng.sample(list(others), min(len(others), rng.randint(3, 8))):
        first = _SENTENCE.split(squash(other.paragraphs[0]), maxsplit=1)[0]
        lines += [other.headline or _title(other.paragraphs[-1]), *([f"March {rng.randint(1, 28)}, 2026"] * is_dated)]
        lines += [first, *[""] * is_spaced]
    return _page(TEASERS, f"{TEASERS}:{number}", [one], [(tuple(lines), body)], rng)


def as_running_page(one: Single, others: Sequence[Single], number: int, rng: random.Random) -> MadePage:
    """Return a page of entries with a time above each, of one story or of many."""
    texts, body = cut_out(one, rng.randint(*ABOVE), 0)
    entries = one.paragraphs
    if rng.random() < 0.5:
        entries = [text for other in others for text in other.paragraphs[:2]]
        rng.shuffle(entries)
    lines = [*texts[: body[0]], *one.paragraphs[:2], ""]
    minute, is_titled = rng.randint(1_000, 1_400), rng.random() < 0.6
    stamp = rng.choice(["{}:{:02d}", "{}.{:02d} Uhr", "{}:{:02d} GMT", "{}h{:02d}"])
    names = rng.choice([[], ["Nora Quill", "Tom Ashby"]])
    for start in range(0, min(len(entries), 24), 2):
        minute -= rng.randint(3, 40)
        lines += [stamp.format(minute // 60, minute % 60)]
        lines += [_title(entries[start])] if is_titled else []
        lines += [rng.choice(names)] if names else []
        lines += ["", *entries[start : start + rng.randint(1, 2)], ""]
    zone = range(body[0], len(lines))
    return _page(RUNNING, f"{RUNNING}:{number}", [one], [(tuple(lines), tuple(zone))], rng)


def in_parts(one: Single, number: int, rng: random.Random) -> MadePage:
    """Return a page with a title above every second or third paragraph, as lists and interviews have them."""
    texts, body = cut_out(one, rng.randint(*ABOVE), rng.randint(*BELOW))
    form = rng.choice(["{title}", "{title}?", "{no}. {title}", "{no}", "- {title} -"])
    every, is_spaced = rng.randint(2, 3), rng.random() < 0.6
    places = [i for i in body if is_paragraph(texts[i])]
    heads = {place: no for no, place in enumerate(places[every::every], start=1)}
    lines: list[str] = []
    zone = []
    for i, text in enumerate(texts):
        if i in heads:
            lines += [*[""] * is_spaced, form.format(title=_title(text), no=heads[i]), *[""] * is_spaced]
        if i in body:
            zone.append(len(lines))
        lines.append(text)
    return _page(PARTS, f"{PARTS}:{number}", [one], [(tuple(lines), tuple(zone))], rng)


def _h1(html: str) -> str | None:
    """Return the words of a page's only first heading: its headline."""
    found = _H1.findall(html)
    return squash(unescape(_TAG.sub("", found[0]))) or None if len(found) == 1 else None


def _title(text: str) -> str:
    """Return the opening words of a paragraph, as a title may take them up."""
    bare = squash(text)
    if _UNSPACED.match(bare):
        return bare[:12]
    return " ".join(bare.split(" ")[:7]).rstrip(",.;:")


def _page(
    kind: str,
    key: str,
    units: Sequence[Single],
    parts: Sequence[tuple[Sequence[str], Sequence[int]]],
    rng: random.Random,
) -> MadePage:
    texts: list[str] = []
    zones, spans, starts, headlines = [], [], [], []
    blanks = rng.choice(BLANKS)
    for unit, (own, body) in zip(units, parts, strict=True):
        if texts:
            texts += [""] * blanks
        told = (len(texts) + i for i in range(body[0]) if unit.headline and squash(own[i]) == squash(unit.headline))
        headlines.append(next(told, None))
        starts.append(len(texts))
        paragraphs = [len(texts) + i for i in body if is_paragraph(own[i])]
        zones.append((paragraphs[0], paragraphs[-1]))
        spans.append((len(texts) + body[0], len(texts) + body[-1]))
        texts += own
    form, sites = units[0].form, tuple(dict.fromkeys(unit.site for unit in units))
    return MadePage(
        key=f"{form}:{fold_of(sites[0])}:{key}",
        kind=kind,
        form=form,
        sites=sites,
        texts=tuple(texts),
        zones=tuple(zones),
        spans=tuple(spans),
        starts=tuple(starts),
        headlines=tuple(headlines),
    )
