"""Write a corpus of invented news dumps of any size, the same for the same seed, with the truth beside it.

    python benchmarks/make_corpus.py OUT --dumps 2000 [--seed 7] [--days 30] [--truth FILE]

Stories come from stories.py, page furniture from corpus.toml. About a quarter of the dumps are near-duplicates of a
recent story, 3 % hold several stories, 1 % are broken. Most are text dumps under ``OUT/site/date/``; a tenth is HTML, a
tenth goes as JSON lines into ``OUT/feeds/date.jsonl``. The truth (default ``OUT/../truth.jsonl``) has a line for each
story of a dump: path, record, article_no, story, kind; copies carry the story of their original. Memory stays flat in
the number of dumps.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import html
import json
import random
import re
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from stories import SLOT, Grammar, Story, capital, load_grammar, person, vary, write_story

FIRST_DAY = dt.date(2026, 3, 1)
WINDOW = 400  # originals a copy may be of: reprints come within days, and memory stays flat
# Shares of the dumps, per mille. Copies together 250; an update is a copy whose figures moved on.
KINDS = {
    "original": 710,
    "reprint": 100,
    "edited": 60,
    "abridged": 40,
    "exact": 20,
    "update": 30,
    "glued": 30,
    "broken": 10,
}
BROKEN = ("empty", "binary", "cut", "boilerplate", "short")


def values_of(story: Story, site: str, agency: str) -> dict[str, str]:
    """Return what a layout's slots of the story itself hold."""
    return {
        "headline": story.headline,
        "standfirst": story.standfirst,
        "caption": story.caption,
        "author": story.author,
        "town": story.town,
        "section": story.section,
        "site": capital(site.replace("-", " ")),
        "agency": agency,
        "iso": story.day.isoformat(),
        "year": str(story.day.year),
        "date": f"{story.day:%B} {story.day.day}, {story.day.year}",
    }


def render_text(story: Story, site: str, grammar: Grammar, rng: random.Random, others: list[str]) -> str:
    """Return the story as a text dump in its site's layout."""
    settings = grammar.sites[site]
    values = values_of(story, site, rng.choice(settings.get("agencies", ["AFP"])))
    drawn = {"other": lambda: rng.choice(others), "author2": lambda: person(grammar, rng)}

    def put(match: re.Match[str]) -> str:
        return drawn[match[1]]() if match[1] in drawn else values[match[1]]

    layout = grammar.layouts[settings["layout"]]
    before, middle, after = ([SLOT.sub(put, line) for line in layout[part]] for part in ("before", "middle", "after"))
    body = list(story.paragraphs)
    if settings["layout"] == "wire":
        body[0] = f"{story.town.upper()}, {story.day:%B} {story.day.day} (AFP) - {body[0]}"
    cut = rng.randint(2, len(body) - 1)
    lines = [*before, *spaced(body[:cut]), *middle, *spaced(body[cut:]), *after]
    return "\n".join(lines).rstrip("\n") + "\n"


def spaced(paragraphs: list[str]) -> list[str]:
    """Return the paragraphs with a blank line before the first and after each."""
    return ["", *(line for paragraph in paragraphs for line in (paragraph, ""))]


def render_html(story: Story, site: str, others: list[str], rng: random.Random) -> str:
    """Return the story as an HTML page with navigation, metadata, caption and links to other stories."""
    title, author, caption = html.escape(story.headline), html.escape(story.author), html.escape(story.caption)
    links = (f'<li><a href="/{rng.randint(1, 9999)}">{html.escape(rng.choice(others))}</a></li>' for _ in range(4))
    lines = [
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title} | {site}</title>',
        f'<meta property="article:published_time" content="{story.day}T12:00:00+00:00">',
        f'<meta name="author" content="{author}"></head>',
        '<body><nav><a href="/">Home</a> <a href="/news">News</a> <a href="/sport">Sport</a></nav>',
        f'<main><h1>{title}</h1><p class="by">By {author}</p>',
        f'<figure><img src="1.jpg"><figcaption>{caption}</figcaption></figure>',
        *(f"<p>{html.escape(paragraph)}</p>" for paragraph in story.paragraphs),
        f"</main><aside><h3>Most read</h3><ul>{''.join(links)}</ul></aside>",
        f"<footer>© {site}. Privacy. Contact.</footer></body></html>",
    ]
    return "\n".join(lines) + "\n"


def broken(kind: str, story: Story, site: str, rng: random.Random) -> tuple[str, bytes]:
    """Return suffix and bytes of a dump that can give no article."""
    menu = [site, "Home", "News", "Sport", "Log in", "Accept all cookies", "Reject all", "Privacy policy", f"© {site}"]
    packed = gzip.compress("\n\n".join(story.paragraphs).encode(), mtime=0)
    made = {
        "empty": (".txt", b""),
        "binary": (".txt", b"\x89PNG\r\n\x1a\n" + rng.randbytes(900)),
        "cut": (".txt.gz", packed[: len(packed) // 2]),
        "boilerplate": (".txt", "\n".join(menu).encode()),
        "short": (".txt", f"{story.headline}\nMore follows.\n".encode()),
    }
    return made[kind]


@dataclass(slots=True)
class Writer:
    """Writes dumps and truth lines; JSON lines of a day are one file."""

    out: Path
    truth: TextIO

    def file(self, site: str, day: dt.date, number: int, suffix: str, data: bytes) -> str:
        """Write one file and return its path relative to the corpus."""
        path = self.out / site / day.isoformat() / f"{number:07d}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path.relative_to(self.out).as_posix()

    def record(self, story: Story, site: str, number: int, text: str) -> str:
        """Append one JSON line to the day's feed and return the feed's path."""
        path = self.out / "feeds" / f"{story.day}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        row = {
            "id": str(number),
            "url": f"https://{site}.example/{number}",
            "site": f"{site}.example",
            "title": story.headline,
        }
        row |= {"date": story.day.isoformat(), "author": story.author, "text": text}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return path.relative_to(self.out).as_posix()

    def tell(self, path: str, record: str | None, article_no: int, story: int | None, kind: str) -> None:
        """Append one line to the truth."""
        row = {"path": path, "record": record, "article_no": article_no, "story": story, "kind": kind}
        self.truth.write(json.dumps(row) + "\n")


@dataclass(slots=True)
class Press:
    """Makes one dump after the other; remembers recent originals for copies and recent headlines for link lists."""

    grammar: Grammar
    rng: random.Random
    writer: Writer
    dumps: int
    recent: deque[tuple[Story, str]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    headlines: deque[str] = field(default_factory=lambda: deque(maxlen=20))

    def make(self, number: int, day: dt.date) -> None:
        """Write dump ``number`` and its lines of truth."""
        (kind,) = self.rng.choices(list(KINDS), weights=list(KINDS.values())) if self.recent else ("original",)
        site = self.rng.choice(sorted(self.grammar.sites))
        story = write_story(self.grammar, self.rng, number, day)
        if kind == "glued":
            self._glue(story, site, number)
        elif kind == "broken":
            damage = self.rng.choice(BROKEN)
            path = self.writer.file(site, day, number, *broken(damage, story, site, self.rng))
            self.writer.tell(path, None, 0, None, f"broken-{damage}")
        elif kind == "original":
            text = self._publish(story, site, number, kind)
            self.recent.append((story, text))
            self.headlines.append(story.headline)
        else:
            self._copy(kind, site, number, day)

    def _copy(self, kind: str, site: str, number: int, day: dt.date) -> None:
        original, text = self.rng.choice(self.recent)
        if kind == "exact":
            path = self.writer.file(site, day, number, ".txt", text.encode())
            self.writer.tell(path, None, 1, original.story, kind)
        else:
            self._publish(vary(kind, original, self.grammar, self.rng, day), site, number, kind)

    def _publish(self, story: Story, site: str, number: int, kind: str) -> str:
        text, record, form = self._text(story, site), None, self.rng.random()
        if form < 0.8:
            path = self.writer.file(site, story.day, number, ".txt", text.encode())
        elif form < 0.9:
            page = render_html(story, site, self._others(), self.rng)
            path = self.writer.file(site, story.day, number, ".html", page.encode())
        else:
            path, record = self.writer.record(story, site, number, text), str(number)
        self.writer.tell(path, record, 1, story.story, kind)
        return text

    def _glue(self, story: Story, site: str, number: int) -> None:
        # Stories behind the first one need numbers that no dump has.
        later = (self.dumps * nth + number for nth in range(1, self.rng.randint(2, 3)))
        stories = [story, *(write_story(self.grammar, self.rng, nth, story.day) for nth in later)]
        text = "\n\n\n".join(self._text(part, site) for part in stories)
        path = self.writer.file(site, story.day, number, ".txt", text.encode())
        for article_no, part in enumerate(stories, 1):
            self.writer.tell(path, None, article_no, part.story, "glued")

    def _text(self, story: Story, site: str) -> str:
        return render_text(story, site, self.grammar, self.rng, self._others())

    def _others(self) -> list[str]:
        return list(self.headlines) or ["The week in pictures"]


def make_corpus(out: Path, truth: Path, *, dumps: int, seed: int, days: int) -> None:
    """Write ``dumps`` dumps under ``out`` and the truth file, dates rising over ``days`` days from 1 March 2026."""
    grammar = load_grammar()
    with truth.open("w", encoding="utf-8") as lines:
        press = Press(grammar, random.Random(seed), Writer(out, lines), dumps)
        for number in range(dumps):
            press.make(number, FIRST_DAY + dt.timedelta(days=number * days // dumps))


def main(argv: list[str] | None = None) -> int:
    """Run the command line; 2 when OUT is not empty."""
    parser = argparse.ArgumentParser(description="Write a corpus of invented news dumps.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--dumps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--truth", type=Path, default=None, help="default: truth.jsonl beside OUT")
    args = parser.parse_args(argv)
    if args.out.exists() and any(args.out.iterdir()):
        print(f"{args.out} is not empty: name a new folder", file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    truth = args.truth or args.out.parent / "truth.jsonl"
    make_corpus(args.out, truth, dumps=args.dumps, seed=args.seed, days=args.days)
    print(f"{args.dumps} dumps in {args.out}, truth in {truth}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
