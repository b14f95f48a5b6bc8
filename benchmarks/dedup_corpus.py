"""A corpus of invented news with planted copies, the same for one seed: what the speed of deduplication is measured on.

    python -m benchmarks.dedup_corpus 100000 FILE.arrow [--seed 7]

Words are made of syllables and drawn by Zipf's law; a third of each story is phrases from a common stock, so that
stories share shingles as real ones do. Lengths are lognormal (median 430 words, mean 493). A quarter of the documents
are copies: exact, lightly or heavily edited, cut, briefs, lengthened; in families of two to eight and in a few of two
thousand. Columns: id, text, text_hash (of the words, as a run makes it), site, day, story (the truth).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.normalise import text_hash

Words = NDArray[np.int32]

_VOCABULARY = 60_000
_NAMES = 12_000  # the last of the vocabulary begin with a capital
_PHRASES = 150_000
_FIGURES = 2_000
_BATCH = 4_000
_WIRE = 2_000
HOSTILE = ("equal", "almost", "form", "chain", "short")
_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("text_hash", pa.string()),
        ("site", pa.string()),
        ("day", pa.int32()),
        ("story", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What stories are made of. ``spellings``: uint8, all words with a blank behind each, from ``starts`` on."""

    spellings: NDArray[np.uint8]
    starts: NDArray[np.int64]
    phrases: list[Words]
    ranks: NDArray[np.float64]

    @classmethod
    def make(cls, seed: int) -> Stock:
        """Return the words and phrases of a seed."""
        draw = np.random.default_rng([seed, 0])
        syllables = [
            a + b
            for a in ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr", "ch"]
            for b in ["a", "e", "i", "o", "u", "an", "er", "in"]
        ]
        sizes = np.clip(draw.poisson(1.0, _VOCABULARY) + 1, 1, 5)
        words = ["".join(syllables[at] for at in draw.integers(0, len(syllables), size)) for size in sizes]
        words[-_NAMES:] = [word.capitalize() + "en" for word in words[-_NAMES:]]
        words += [f"{figure:,}" for figure in draw.integers(2, 90_000, _FIGURES)]
        lengths = np.array([len(word) + 1 for word in words])
        weights = 1 / (np.arange(_VOCABULARY) + 2.7) ** 1.05
        ranks = np.cumsum(weights) / weights.sum()
        order = draw.permutation(_VOCABULARY)
        stock = cls(
            spellings=np.frombuffer((" ".join(words) + " ").encode(), dtype=np.uint8),
            starts=np.concatenate([[0], np.cumsum(lengths)]),
            phrases=[],
            ranks=ranks,
        )
        ids = order[np.searchsorted(ranks, draw.random(_PHRASES * 12))].astype(np.int32)
        cuts = np.concatenate([[0], np.cumsum(draw.integers(3, 12, _PHRASES))])
        stock.phrases.extend(ids[low:high] for low, high in pairwise(cuts.tolist()))
        return stock

    def words(self, draw: np.random.Generator, count: int) -> Words:
        """Return so many words by Zipf's law, one in forty a figure."""
        found = np.searchsorted(self.ranks, draw.random(count)) * 7919 % _VOCABULARY
        figures = draw.random(count) < 0.025
        found[figures] = _VOCABULARY + draw.integers(0, _FIGURES, int(figures.sum()))
        return found.astype(np.int32)

    def story(self, draw: np.random.Generator, count: int) -> Words:
        """Return a story of about so many words, a third of it in phrases of the stock."""
        parts: list[Words] = []
        size = 0
        fresh = self.words(draw, count)
        popular = (draw.random(count // 10 + 1) ** 2 * _PHRASES).astype(np.int64)
        for at in popular.tolist():
            own = fresh[size : size + 14]
            parts += [own, self.phrases[at]]
            size += len(own) + len(self.phrases[at])
            if size >= count:
                break
        return np.concatenate(parts)

    def spell(self, words: Words) -> str:
        """Return words as a text in sentences and paragraphs."""
        lengths = (self.starts[1:] - self.starts[:-1])[words]
        ends = np.cumsum(lengths)
        source = np.arange(ends[-1]) - np.repeat(ends - lengths - self.starts[words], lengths)
        text = self.spellings[source].copy()
        # Sentences end after words that a hash picks, so that an edit moves none of the others.
        closing = np.flatnonzero((words * 40503 >> 3) % 17 == 0)
        closing = closing[closing < len(words) - 1]
        text[ends[closing] - 1] = ord("\n")
        firsts = ends[closing]
        small = (text[firsts] >= 97) & (text[firsts] <= 122)
        text[firsts[small]] -= 32
        return text.tobytes().decode().strip().replace("\n", ". ") + "."


def edited(stock: Stock, draw: np.random.Generator, words: Words) -> Words:
    """Return what a newsroom makes of a story."""
    kind = draw.choice(7, p=[0.2, 0.2, 0.15, 0.15, 0.15, 0.05, 0.1])
    if kind == 0:
        return words
    if kind <= 3:
        low, high = ((0.001, 0.012), (0.012, 0.03), (0.03, 0.08))[kind - 1]
        changed = words.copy()
        at = np.flatnonzero(draw.random(len(words)) < draw.uniform(low, high))
        changed[at] = stock.words(draw, len(at))
        return changed
    if kind == 4:
        return words[: max(60, int(len(words) * draw.uniform(0.4, 0.97)))]
    if kind == 5:
        return words[: max(45, int(len(words) * 0.12))]
    return np.concatenate([words, stock.story(draw, len(words) // 5 + 10)])


def stories(stock: Stock, count: int, seed: int) -> Iterator[tuple[int, Words]]:
    """Yield (story, words) of so many documents, copies beside what they are made of."""
    draw = np.random.default_rng([seed, 1])
    number = made = 0
    wires = count // 100_000 + (count >= 10_000)
    while made < count:
        words = stock.story(draw, int(np.clip(draw.lognormal(np.log(430), 0.52), 60, 4000)))
        copies = 0 if draw.random() > 0.09 else int(draw.integers(1, 8))
        if wires and made % 9_000 < 2:
            copies, wires = min(_WIRE, count // 20) - 1, wires - 1
        yield number, words
        for _ in range(min(copies, count - made - 1)):
            yield number, edited(stock, draw, words)
        made += copies + 1
        number += 1


def hostile(kind: str, stock: Stock, count: int, seed: int) -> Iterator[tuple[int, str]]:
    """Yield (story, text) of documents that make a careless matcher slow.

    ``equal``: one page, over and over. ``almost``: the same with another number at its end. ``form``: one form with
    other names and figures each. ``chain``: each shares most with the next, the ends nothing. ``short``: two words.
    """
    draw = np.random.default_rng([seed, 3])
    page = stock.spell(stock.story(draw, 400))
    lines = [stock.spell(stock.words(draw, 40)) for _ in range(count + 12)] if kind == "chain" else []
    names = [name.capitalize() for name in stock.spell(stock.words(draw, 5_000)).lower().split()]
    for at in range(count):
        if kind in {"equal", "almost"}:
            yield 0, page if kind == "equal" else f"{page} Copy {at} of many."
        elif kind == "form":
            a, b, c = (names[pick] for pick in draw.integers(0, len(names), 3).tolist())
            x, y, z = draw.integers(1, 900, 3).tolist()
            yield (
                at,
                f"Stocks in {a} closed {x} points higher on the day as dealers weighed the results of {b}. The index"
                f" ended at {y} and {z} million shares changed hands. Trade was calm ahead of the meeting of the bank,"
                f" and the currency was little changed. {c} was the busiest share of the session, dealers said.",
            )
        elif kind == "chain":
            yield at, " ".join(lines[at : at + 12])
        else:
            yield at % 2_500, f"{names[at % 50]} {names[50 + at // 50 % 50]}"


def write_corpus(path: Path, count: int, seed: int = 7, kind: str = "news") -> None:
    """Write the corpus of ``count`` documents to an Arrow file, in an order of its own."""
    stock = Stock.make(seed)
    draw = np.random.default_rng([seed, 2])
    if kind == "news":
        texts = ((story, stock.spell(words)) for story, words in stories(stock, count, seed))
    else:
        texts = hostile(kind, stock, count, seed)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, _SCHEMA) as writer:
        rows: list[tuple[int, str]] = []
        made = 0
        for row in texts:
            rows.append(row)
            if len(rows) == _BATCH or made + len(rows) == count:
                writer.write_batch(_batch(rows, made, draw))
                made += len(rows)
                rows = []


def _batch(rows: list[tuple[int, str]], made: int, draw: np.random.Generator) -> pa.RecordBatch:
    texts = [text for _, text in rows]
    columns = [
        [f"{(made + at) * 0x9E3779B97F4A7C15 % (1 << 64):016x}{made + at:016x}" for at in range(len(rows))],
        texts,
        [text_hash(text) for text in texts],
        [f"site{site}.example" for site in draw.integers(0, 40, len(rows))],
        draw.integers(0, 5, len(rows)).tolist(),
        [story for story, _ in rows],
    ]
    return pa.record_batch(
        [pa.array(values, field.type) for values, field in zip(columns, _SCHEMA, strict=True)], _SCHEMA
    )


def main() -> None:
    """Write the corpus named on the command line."""
    parser = argparse.ArgumentParser(description="Write a corpus of invented news with planted copies.")
    parser.add_argument("count", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kind", default="news", choices=["news", *HOSTILE])
    args = parser.parse_args()
    write_corpus(args.file, args.count, args.seed, args.kind)


if __name__ == "__main__":
    main()
