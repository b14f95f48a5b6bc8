"""Where the lines of a page ended that has lost its line ends: a logistic regression over the gaps between its words.

Each gap's log odds are the sum of the weights of its features and of the words around it. ``benchmarks/training`` makes
the weights from pages whose markup tells where lines end, ``rules/model/BREAK.md`` tells from what.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.breaks import FIELDS, OFFSETS, SIGNS, WORD_PLACES, Gaps, read_gaps
from pipeline.clean.weights import model_file, read_weights

WEIGHTS_FILE = "break.json"
SCALE = 100  # weights are written as hundredths
_SURE = 1.0  # log odds of a break behind a blank: three in four are right on pages, six in ten in a bare text


class Break(NamedTuple):
    """Where a line begins, in characters, and whether that is sure enough for a paragraph of its own."""

    place: int
    is_sure: bool


@dataclass(frozen=True, slots=True)
class BreakModel:
    """The weights, ready for use.

    ``weights`` has shape (features), ``by_word`` (words and a last row of zeros, places of :data:`WORD_PLACES`);
    ``words`` gives a word's row; ``least_seam`` and ``least_blank`` are the log odds from which on a line ended.
    """

    digest: str
    least_seam: float
    least_blank: float
    bias: float
    weights: NDArray[np.float64] = field(repr=False, compare=False)
    by_word: NDArray[np.float64] = field(repr=False, compare=False)
    words: Mapping[str, int] = field(repr=False, compare=False)

    @classmethod
    def load(cls) -> BreakModel:
        """Return the model that comes with Broadsheet.

        Raises:
            RulebookError: the file is damaged, or made for other features.
        """
        return _load()

    def odds(self, gaps: Gaps) -> NDArray[np.float64]:
        """Return the log odds that a line ended in each gap: float64, shape (gaps)."""
        found = self.bias + self.weights.take(gaps.active).sum(axis=1)
        unknown, count = len(self.words), len(gaps.words)
        rows = np.array([self.words.get(word, unknown) for word in gaps.words], np.int64)
        for column, place in zip(self.by_word.T, WORD_PLACES, strict=True):
            own = column.take(rows)
            # The word that stands `place` words behind the gap; past the page's ends there is none.
            found[max(0, -place) : max(0, count - place)] += own[max(0, place) : max(0, count + place)]
        return np.asarray(found, np.float64)

    def breaks(self, text: str, common: Container[str]) -> list[Break]:
        """Return where in ``text``, lines with a line end between them, further lines begin, in order.

        ``common`` are the common words of all languages, in small letters. No break is told where a line ends anyway.
        """
        gaps = read_gaps(text, common)
        odds = self.odds(gaps)
        is_break = self.is_break(gaps, odds)
        is_sure = gaps.at_seam | (odds >= _SURE)
        return [Break(*one) for one in zip(gaps.starts[is_break].tolist(), is_sure[is_break].tolist(), strict=True)]

    def is_break(self, gaps: Gaps, odds: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return where a line ended, by the :meth:`odds`, that is not told by a line end: bool, shape (gaps)."""
        found: NDArray[np.bool_] = odds >= np.where(gaps.at_seam, self.least_seam, self.least_blank)
        found &= ~gaps.at_line_end
        found[:1] = False
        return found


@cache
def _load() -> BreakModel:
    return read_break_model(model_file(WEIGHTS_FILE))


def read_break_model(text: str) -> BreakModel:
    """Return the model of a weights file.

    Raises:
        RulebookError: it is no such file, or made for other features.
    """
    return read_weights(text, WEIGHTS_FILE, _model)


def _model(told: Mapping[str, Any], digest: str) -> BreakModel:
    if list(told["fields"]) != field_names():
        raise ValueError("made for other features")
    weights = np.zeros(int(OFFSETS[-1]))
    for offset, signs, own in zip(OFFSETS.tolist(), FIELDS, told["fields"].values(), strict=False):
        sizes = [len(SIGNS[sign]) for sign in signs]
        for values, weight in own.items():
            weights[offset + int(np.ravel_multi_index([int(value) for value in values.split()], sizes))] = weight
    words = {str(word): row for row, word in enumerate(told["words"])}
    by_word = np.zeros((len(words) + 1, len(WORD_PLACES)))
    by_word[:-1] = list(told["words"].values()) or by_word[:-1]
    least = told["least"]
    return BreakModel(
        digest,
        least_seam=float(least["seam"]),
        least_blank=float(least["blank"]),
        bias=told["bias"] / SCALE,
        weights=weights / SCALE,
        by_word=by_word / SCALE,
        words=words,
    )


def field_names() -> list[str]:
    """Return the names of :data:`FIELDS` as the weights file has them."""
    return [", ".join(signs) for signs in FIELDS]
