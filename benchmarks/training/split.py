"""From pages made of single ones to the splitter's weights, each page read by a line model that has not seen its sites.

Which line of a gap a story begins with tells a conditional logit (McFadden 1974) that may have several right answers;
whether one begins in a gap at all, trees over all signs, and before them a logistic regression over the first.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.glue import SINGLE, MadePage
from benchmarks.quality.held_out import FOLDS, held_out_breaks
from benchmarks.quality.predict import page_dump
from benchmarks.training.trees import grow
from pipeline.clean.cleaner import text_lines
from pipeline.clean.gaps import FIRST_SIGNS, SIGNS, find_gaps
from pipeline.clean.label import read_segment, stopword_bits
from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.model import LineModel
from pipeline.clean.openers import OPENER_SIGNS, Openers
from pipeline.clean.page import text_page
from pipeline.clean.second_look import Look, look_again
from pipeline.clean.splitter import Splitter
from pipeline.clean.trees import Tree
from pipeline.limits import Limits
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

Floats = NDArray[np.float64]

ALL = -1  # the fold that leaves nothing out
L2 = 1.0
ROUNDS = 500  # of L-BFGS
FIRST_LEAST = -5.0  # log odds by the first signs: hardly a joint lies below, and all but few gaps of dumps
LEAST = 0.2  # log odds of a cut: on held-out sites 98 of 100 single pages stay whole there
SINGLE_WEIGHT = 4.0  # of a gap on a page with one story, to the trees: there are more seeds of the others
LOOKALIKE_WEIGHT = 0.5  # of a gap on a page that was made to look glued
GLUED_LINES, GLUED_WEIGHT = "lxml", 0.5  # the form whose paragraphs run together
DIGITS = 2  # of a weight


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A made page as the line model sees it."""

    page: MadePage
    lines: Sequence[Line]
    marks: Sequence[Mark | None]
    look: Look

    def number(self, i: int) -> int:
        """Return the place of line ``i`` in the page's texts."""
        return self.lines[i].no - 1

    def joint(self, above: int, below: int) -> int | None:
        """Return which of the page's stories, from 1, begins between two lines; None for none."""
        starts = self.page.starts
        first, last = self.number(above), self.number(below)
        return next((k for k in range(1, len(starts)) if first < starts[k] <= last), None)


def read_pages(pages: Iterable[MadePage], models: Mapping[int, LineModel]) -> Iterator[ReadPage]:
    """Yield ``pages`` read by the model of their fold, which has not seen it; a page without a line is left out."""
    book, lexicon, breaks = Rulebook.load(), Lexicon.load(), held_out_breaks()
    nothing = np.empty((0, 0), np.int64)
    for page in pages:
        dump = text_page(page_dump(page.key, page.text), Limits())
        lines, marks = text_lines(dump, book, lexicon, breaks[page.fold])
        if lines:
            read = partial(read_segment, model=models[page.fold], stopwords=stopword_bits(lexicon))
            look = look_again(lines, marks, read(lines, marks), read)
            # The features are the bulk of a reading, and nothing here asks for them.
            yield ReadPage(page, lines, marks, replace(look, reading=replace(look.reading, active=nothing)))


def fit_splitters(pages: Sequence[ReadPage], more: Iterable[ReadPage] = ()) -> dict[int, str]:
    """Return the weights files by the fold that was left out of the training, and under :data:`ALL` that of all.

    Of the pages ``more`` only the gaps are learnt from, one page after the other.
    """
    stopwords = stopword_bits(Lexicon.load())
    choices = [(page.page.fold, list(_choices(page, stopwords))) for page in pages]
    openers = {
        fold: fit_openers([choice for own, found in choices if own != fold for choice in found])
        for fold in (*range(FOLDS), ALL)
    }
    gaps = [
        (page.page.fold, list(_gaps(page, openers[page.page.fold], stopwords))) for page in itertools.chain(pages, more)
    ]
    return {
        fold: splitter_text(openers[fold], [gap for own, found in gaps if own != fold for gap in found])
        for fold in (*range(FOLDS), ALL)
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of a gap in which a story begins: the signs of each, and which of them it may begin with."""

    signs: Floats
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Told:
    """A gap's signs, whether a story begins in it, and what it weighs in the training."""

    signs: tuple[float, ...]
    begins: bool
    weight: float
    is_single: bool


def _choices(page: ReadPage, stopwords: Mapping[str, int]) -> Iterator[Choice]:
    found: list[Choice] = []

    def record(openers: Openers, above: int, below: int) -> int:
        joint = page.joint(above, below)
        if joint is not None:
            lines = range(above + 1, below + 1)
            right = np.array([_is_right(page.page, joint, page.number(i)) for i in lines])
            if right.any():
                found.append(Choice(np.array([openers.signs(i, above + 1, below) for i in lines]), right))
        return below

    find_gaps(page.lines, page.marks, page.look, stopwords, record)
    return iter(found)


def _is_right(page: MadePage, joint: int, number: int) -> bool:
    """Return whether a story may begin with a line: its headline where it shows one, else any line between texts."""
    headline = page.headlines[joint]
    if headline is not None:
        return number == headline
    return page.spans[joint - 1][1] < number <= page.spans[joint][0]


def _gaps(page: ReadPage, openers: Floats, stopwords: Mapping[str, int]) -> Iterator[Told]:
    is_single = page.page.kind == SINGLE
    weight = 1.0 if is_single or len(page.page.zones) > 1 else LOOKALIKE_WEIGHT
    weight *= GLUED_WEIGHT if page.page.form == GLUED_LINES else 1.0
    splitter = Splitter("", (), tuple(openers), (), 0.0, 0.0, 0.0, 0.0)
    for gap in find_gaps(page.lines, page.marks, page.look, stopwords, splitter.opener):
        yield Told(gap.signs, page.joint(gap.above, gap.below) is not None, weight, is_single)


def fit_openers(choices: Sequence[Choice], l2: float = L2) -> Floats:
    """Return a weight for each of :data:`OPENER_SIGNS` that makes the right lines of ``choices`` likely."""
    table = np.concatenate([choice.signs for choice in choices])
    right = np.concatenate([choice.right for choice in choices])
    sizes = [len(choice.right) for choice in choices]
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    group = np.repeat(np.arange(len(choices)), sizes)

    def value(theta: Floats) -> tuple[float, Floats]:
        logs = table @ theta
        odds = np.exp(logs - np.maximum.reduceat(logs, starts)[group])
        whole, hit = np.add.reduceat(odds, starts), np.add.reduceat(odds * right, starts)
        slope = table.T @ (odds / whole[group] - odds * right / hit[group])
        return float((np.log(whole) - np.log(hit)).sum() + l2 / 2 * theta @ theta), slope + l2 * theta

    return _smallest(value, table.shape[1])


def fit_gaps(gaps: Sequence[Told], l2: float = L2) -> Floats:
    """Return a weight for each of :data:`FIRST_SIGNS`, and the bias behind them."""
    table = np.array([(*gap.signs[: len(FIRST_SIGNS)], 1.0) for gap in gaps])
    begins = np.array([gap.begins for gap in gaps], np.float64)
    weights = np.array([gap.weight for gap in gaps])
    pull = np.full(table.shape[1], l2)
    pull[-1] = 0.0

    def value(theta: Floats) -> tuple[float, Floats]:
        logs = table @ theta
        loss = weights @ (np.logaddexp(0.0, logs) - begins * logs) + (pull * theta) @ theta / 2
        slope = table.T @ (weights * (1 / (1 + np.exp(-logs)) - begins))
        return float(loss), slope + pull * theta

    return _smallest(value, table.shape[1])


def _smallest(value: Callable[[Floats], tuple[float, Floats]], size: int) -> Floats:
    found = minimize(value, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return np.asarray(found.x)


def grow_trees(gaps: Sequence[Told]) -> tuple[float, list[Tree]]:
    """Return the log odds to begin with and the trees over :data:`SIGNS`."""
    table = np.array([gap.signs for gap in gaps])
    begins = np.array([gap.begins for gap in gaps], np.float64)
    weights = np.array([gap.weight * (SINGLE_WEIGHT if gap.is_single else 1.0) for gap in gaps])
    return grow(table, begins, weights)


def splitter_text(openers: Floats, gaps: Sequence[Told]) -> str:
    """Return the text of the weights file: a line a sign and a tree."""
    weights, (start, trees) = fit_gaps(gaps), grow_trees(gaps)
    rows = (f"  {json.dumps([*tree[:-1], *tree.adds])}" for tree in trees)
    parts = [
        f' "least": {LEAST}',
        f' "first": {FIRST_LEAST}',
        f' "bias": {round(float(weights[-1]), DIGITS)}',
        f' "start": {start}',
        f' "gap": {_table(FIRST_SIGNS, weights[:-1])}',
        f' "opener": {_table(OPENER_SIGNS, openers)}',
        f' "signs": {json.dumps(SIGNS)}',
        ' "trees": [\n' + ",\n".join(rows) + "\n ]",
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _table(names: Sequence[str], weights: Floats) -> str:
    rows = (
        f"  {json.dumps(name)}: {round(float(weight), DIGITS)}" for name, weight in zip(names, weights, strict=True)
    )
    return "{\n" + ",\n".join(rows) + "\n }"
