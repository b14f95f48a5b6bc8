"""A labelled set of two pages with a scorer of its own, and a cleaner that keeps every line."""

from __future__ import annotations

import datetime as dt
import json
import lzma
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.quality.bench import Bench
from benchmarks.quality.predict import Prediction
from pipeline.records import Article, Dump, QuarantineRow

# Counts as the labelled sets' scorers do, for lines that are equal to the letter.
LINE_SCORER = """
KEPT, NEUTRAL, FIELDS = {"B"}, {"ST"}, ("headline", "author")

def norm(text):
    return (text or "").lower()

def kept_lines(gold, pred):
    body = {line: n for n, a in enumerate(pred["articles"]) for line in a["body"].split("\\n")}
    return {i: body[l["text"]] for i, l in enumerate(gold["lines"]) if l["text"] in body and l["label"] != "BLANK"}

def score(gold, preds):
    hit = extra = missed = chars = extra_chars = missed_chars = 0
    pages, meta, articles = [], {f: {"gold": 0, "exact": 0, "missing": 0, "spurious": 0} for f in FIELDS}, {}
    for g in gold:
        kept, a, b, c = kept_lines(g, preds[g["id"]]), 0, 0, 0
        for i, l in enumerate(g["lines"]):
            if l["label"] in KEPT and i in kept: a += 1; chars += len(l["text"])
            elif l["label"] in KEPT: c += 1; missed_chars += len(l["text"])
            elif i in kept and l["label"] not in NEUTRAL: b += 1; extra_chars += len(l["text"])
        hit, extra, missed = hit + a, extra + b, missed + c
        pages.append(2 * a / max(1, 2 * a + b + c))
        got = preds[g["id"]]["articles"]
        kind = "several" if len(g["articles"]) > 1 else "one"
        right = len(got) == len(g["articles"])
        for key, n in ((f"{kind}: n", 1), (f"{kind}: count right", right), (f"{kind}: split right", right)):
            articles[key] = articles.get(key, 0) + n
        for n, m in enumerate(g["meta"]):
            for f in FIELDS:
                want, have = norm(m[f]), norm(got[n][f]) if n < len(got) else ""
                meta[f]["gold"] += bool(want); meta[f]["exact"] += bool(want) and want == have
                meta[f]["missing"] += bool(want) and not have; meta[f]["spurious"] += bool(have) and not want
    f1 = lambda a, b, c: 2 * a / max(1, 2 * a + b + c)
    out = {"lines": {"F1": f1(hit, extra, missed)}, "chars": {"F1": f1(chars, extra_chars, missed_chars)},
           "mean page F1": sum(pages) / len(pages), "metadata": meta, "articles": articles}
    return out, []
"""
WORD_SCORER = """
def score_page(page, text):
    want, got = set(" ".join(page["gold"]).split()), set(text.split())
    hit = len(want & got)
    return (hit / len(got) if got else None), hit / len(want), 2 * hit / (len(want) + len(got))

def total(rows):
    p = [r[0] for r in rows if r[0] is not None] or [0]
    p, r = sum(p) / len(p), sum(r[1] for r in rows) / len(rows)
    return p, r, (2 * p * r / (p + r) if p + r else 0.0)
"""
PAGES = (
    {
        "id": "one",
        "site": "one.example",
        "lang": "en",
        "render": "m",
        "constructed": False,
        "lines": [
            {"text": "Bridge opens", "label": "H"},
            {"text": "", "label": "BLANK"},
            {"text": "The bridge opened to walkers on Monday.", "label": "B"},
            {"text": "Share this story", "label": "SHR"},
        ],
        "articles": [{"start": 0, "end": 3}],
        "meta": [{"headline": "Bridge opens", "author": None}],
    },
    {
        "id": "two",
        "site": "two.example",
        "lang": "de",
        "render": "w3,4",
        "constructed": False,
        "lines": [{"text": "Der Markt bleibt am Sonntag zu.", "label": "B"}, {"text": "Ein Vorspann.", "label": "ST"}],
        "articles": [{"start": 0, "end": 1}],
        "meta": [{"headline": None, "author": "Ina Weber"}],
    },
)
HTML = "<html><body><article><p>{}</p></article></body></html>"


@dataclass(frozen=True)
class Cleaned:
    """The part of the cleaner's answer that the harness reads."""

    articles: tuple[Article, ...]
    quarantined: tuple[QuarantineRow, ...] = ()


class KeepAll:
    """A cleaner that takes the whole page for one article."""

    def __init__(self, make_article: Callable[..., Article]) -> None:
        self._make_article = make_article

    def clean(self, dump: Dump, as_of: dt.date, templates: object = None) -> Cleaned:  # noqa: ARG002 - keeps all
        return Cleaned((self._make_article(dump.text, date=as_of, headline="Bridge opens"),))


@pytest.fixture
def keep_all(make_article: Callable[..., Article]) -> Callable[[], Any]:
    return lambda: KeepAll(make_article)


@pytest.fixture
def make_prediction(make_article: Callable[..., Article]) -> Callable[..., Prediction]:
    """Return a factory: a page id and the article texts that came of it; ``fields`` go to every article."""

    def made(key: str, *texts: str, **fields: Any) -> Prediction:
        articles = tuple(make_article(text, **fields) for text in texts)
        return Prediction(key=key, articles=articles, reasons=(), seconds=0.001)

    return made


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return labelled sets for lines and extraction, of two pages each."""
    (tmp_path / "dumps").mkdir()
    (tmp_path / "extraction").mkdir()
    (tmp_path / "dumps/score.py").write_text(LINE_SCORER)
    (tmp_path / "dumps/dev.jsonl").write_text("".join(json.dumps(page) + "\n" for page in PAGES))
    (tmp_path / "extraction/score.py").write_text(WORD_SCORER)
    bodies = {"a": "Rain fell on the hills for nine days", "b": "The ferry sails again from Friday morning"}
    pages = [
        {
            "id": key,
            "source": source,
            "site": f"{key}.example",
            "url": f"https://{key}.example/1",
            "gold": [body],
            "html": HTML.format(body),
        }
        for (key, body), source in zip(bodies.items(), ("fundus-test", "zyte"), strict=True)
    ]
    write_xz(tmp_path / "extraction/pages.jsonl.xz", pages)
    write_xz(
        tmp_path / "extraction/dumps.jsonl.xz",
        [{"id": key, "dumps": {"innertext": body}} for key, body in bodies.items()],
    )
    return Bench(tmp_path)


def write_xz(path: Path, rows: list[dict[str, Any]]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
