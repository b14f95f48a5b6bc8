"""The line model: a linear chain over the lines of a segment, its weights a data file, its answer posteriors.

Each line's score for a class is the sum of the weights of the features that hold of it, each step from class to class
has a weight of its own, one table of them for a line right below another and one for a line below a blank one
(Lafferty, McCallum and Pereira 2001). ``benchmarks/training`` makes the weights, ``rules/model/CARD.md`` tells from
what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean import chain
from pipeline.clean.features import NAMES
from pipeline.clean.headline_model import NAMES as HEADLINE_NAMES
from pipeline.clean.headline_model import HeadlineModel
from pipeline.clean.weights import model_file, read_weights
from pipeline.records import LineClass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WEIGHTS_FILE = "line.json"
SCALE = 100  # weights are written as hundredths
CLASSES = (
    LineClass.BODY,
    LineClass.SUBHEAD,
    LineClass.STANDFIRST,
    LineClass.SUMMARY,
    LineClass.HEADLINE,
    LineClass.HEADLINE_AGAIN,
    LineClass.CAPTION,
    LineClass.CREDIT,
    LineClass.BYLINE,
    LineClass.DATE,
    LineClass.SECTION,
    LineClass.READING_TIME,
    LineClass.RELATED,
    LineClass.RECOMMENDED,
    LineClass.SHARE,
    LineClass.SOURCE,
    LineClass.NEWSLETTER,
    LineClass.ADVERT,
    LineClass.NAVIGATION,
    LineClass.COPYRIGHT,
    LineClass.COMMENT,
    LineClass.TAG,
    LineClass.BIO,
    LineClass.WIDGET,
    LineClass.PAYWALL,
    LineClass.APPEAL,
)
KEPT = np.array([kind.kept for kind in CLASSES])
_REASONS = 3
_NEVER = 1e-12  # the score of a class that a rule has ruled out
_FACTORS = np.where([[False], [True]] & KEPT, _NEVER, 1.0)  # of a line that is free, of one that a rule has taken out


@dataclass(frozen=True, slots=True)
class LineModel:
    """The weights, ready for use.

    ``weights`` has shape (features and a last row of zeros, classes), ``moves`` and ``back``, the same steps seen from
    below, (2, class, class), ``begins`` (class); these three are factors, no logs. ``leans`` are the words it knows,
    ``unsure_rules`` the rules it may overrule, ``headlines`` chooses the line that others are seen from.
    """

    digest: str
    weights: NDArray[np.float32] = field(repr=False, compare=False)
    moves: Floats = field(repr=False, compare=False)
    back: Floats = field(repr=False, compare=False)
    begins: Floats = field(repr=False, compare=False)
    leans: Mapping[str, float] = field(repr=False, compare=False)
    unsure_rules: frozenset[str] = field(repr=False, compare=False)
    headlines: HeadlineModel = field(repr=False, compare=False)

    @classmethod
    def load(cls) -> LineModel:
        """Return the model that comes with Broadsheet.

        Raises:
            RulebookError: the file is damaged, or made for other features or classes.
        """
        return _load()

    def posteriors(self, active: Ints, gaps: Sequence[bool], dropped: Sequence[bool]) -> Floats:
        """Return how likely each line is of each class: float64, shape (lines, classes), rows sum to 1.

        ``active`` is what :func:`features` gave, ``gaps`` says which lines have a blank line above, ``dropped`` which
        ones a rule has taken out already.
        """
        logs = chain.sums(self.weights, active)
        scores: Floats = np.exp(logs - np.maximum.reduce(logs, axis=1, keepdims=True))
        scores *= _FACTORS.take(dropped, axis=0)
        return chain.posteriors(scores, gaps, self.moves, self.back, self.begins)

    def reasons(self, active: Ints, chosen: Ints, against: Ints) -> list[str]:
        """Return, for each line of ``active``, the features that speak most for ``chosen`` against ``against``."""
        found = chain.strongest(self.weights, active, chosen, against, _REASONS).tolist()
        return ["; ".join([NAMES[name] for name in own if name >= 0]) or "its neighbours" for own in found]


@cache
def _load() -> LineModel:
    return read_model(model_file(WEIGHTS_FILE))


def read_model(text: str) -> LineModel:
    """Return the model of a weights file.

    Raises:
        RulebookError: it is no such file, or made for other features or classes.
    """
    return read_weights(text, WEIGHTS_FILE, _model)


def _model(told: Mapping[str, Any], digest: str) -> LineModel:
    if told["classes"] != [kind.value for kind in CLASSES]:
        raise ValueError("made for other classes")
    unknown = sorted(told["features"].keys() - set(NAMES))
    if unknown:
        raise ValueError(f"made for other features: {unknown[0]!r} is none")
    size = len(CLASSES)
    weights = np.zeros((len(NAMES) + 1, size), np.float32)
    place = {name: number for number, name in enumerate(NAMES)}
    for name, row in told["features"].items():
        weights[place[name]] = row
    moves = np.array(told["moves"], np.float64)
    begins = np.array(told["begins"], np.float64)
    if moves.shape != (2, size, size) or begins.shape != (size,):
        raise ValueError("its steps are of another shape")
    return LineModel(
        digest,
        weights / np.float32(SCALE),
        np.exp(moves / SCALE),
        chain.turned(np.exp(moves / SCALE)),
        np.exp(begins / SCALE),
        {str(word): float(lean) for word, lean in told["words"].items()},
        frozenset(told["unsure_rules"]),
        read_headlines(told["headline"]),
    )


def read_headlines(told: Mapping[str, int]) -> HeadlineModel:
    """Return the headline's weights, told by name in hundredths.

    Raises:
        ValueError: they are made for other features.
    """
    unknown = sorted(told.keys() - set(HEADLINE_NAMES))
    if unknown:
        raise ValueError(f"made for other features: {unknown[0]!r} is none")
    return HeadlineModel(tuple(told.get(name, 0) / SCALE for name in HEADLINE_NAMES))
