"""The HTML line model: a linear chain of three classes over the lines of a page, its weights a data file.

It is the chain of ``model`` (Lafferty, McCallum and Pereira 2001) over what markup tells: a line is kept, the
standfirst, or dropped; there is a table of steps for a line whose parent is that of the line above, and one for others.
``benchmarks/training`` makes the weights, ``rules/model/HTML.md`` tells from what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.chain import posteriors, turned
from pipeline.clean.compiled_html import features
from pipeline.clean.html_features import Told
from pipeline.clean.html_fields import FLAG_START, NAMES
from pipeline.clean.html_names import names_text
from pipeline.clean.html_voices import Leans
from pipeline.clean.lines import Line
from pipeline.clean.render import Rendered
from pipeline.clean.weights import model_file, read_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WEIGHTS_FILE = "html.json"
SCALE = 100  # weights are written as hundredths
CLASSES = ("kept", "standfirst", "dropped")
KEPT, STANDFIRST, DROPPED = range(3)
PLACES = ("words", "own", "around", "path")  # the tables of leans, as Leans has them
_REASONS = 3
_BATCH = 4_096  # lines


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model makes of a page.

    ``posteriors`` are float64, lines by classes; ``fields`` are places in ``NAMES``, one a field, ``flags`` what holds.
    """

    posteriors: Floats
    fields: Ints
    flags: Bools


@dataclass(frozen=True, slots=True)
class HtmlModel:
    """The weights, ready for use.

    ``weights`` has shape (features, classes), ``moves`` (2, class, class), ``begins`` (class);
    the last two are factors, no logs. ``for_drop`` says how much each feature speaks for a line's being dropped.
    ``unsure_rules`` are the rules for text that are wrong too often on lines of a story told by its markup.
    """

    digest: str
    weights: Floats = field(repr=False, compare=False)
    for_drop: Floats = field(repr=False, compare=False)
    moves: Floats = field(repr=False, compare=False)
    begins: Floats = field(repr=False, compare=False)
    leans: Leans = field(repr=False, compare=False)
    unsure_rules: frozenset[str] = field(repr=False, compare=False)

    @classmethod
    def load(cls) -> HtmlModel:
        """Return the model that comes with Broadsheet.

        Raises:
            RulebookError: the file is damaged, or made for other features.
        """
        return _load()

    def judge(self, rendered: Rendered, lines: Sequence[Line], told: Told) -> Judged:
        """Return how likely each line of a page is of each class; ``lines`` are its lines, measured, none left out."""
        seen = features(rendered, lines, told, self.leans)
        logs = np.concatenate(
            [
                # Fields first: then whole pages are added to each other, and not three numbers at a time.
                self.weights.take(seen.fields[rows].T, axis=0).sum(axis=0)
                + seen.flags[rows] @ self.weights[FLAG_START:]
                for rows in _batches(len(lines))
            ]
        )
        scores = np.exp(logs - logs.max(axis=1, keepdims=True))
        return Judged(
            posteriors(scores, seen.gaps.tolist(), self.moves, turned(self.moves), self.begins), seen.fields, seen.flags
        )

    def reasons(self, judged: Judged, asked: Bools) -> list[str]:
        """Return, for each line that is ``asked``, the features that speak most for its being dropped."""
        # What holds of all lines of the page alike tells none from another.
        count = len(judged.fields)
        usual = np.sum([self.for_drop[judged.fields[rows]].sum(axis=0) for rows in _batches(count)], axis=0) / count
        fields, flags = judged.fields[asked], judged.flags[asked]
        batches = _batches(len(fields))
        return [reason for rows in batches for reason in _reasons(self.for_drop, usual, fields[rows], flags[rows])]


def _batches(count: int) -> Iterator[slice]:
    """Yield runs of lines: a page of 100,000 would else take 600 MB at once."""
    return (slice(start, start + _BATCH) for start in range(0, count, _BATCH))


def _reasons(for_drop: Floats, usual: Floats, fields: Ints, flags: Bools) -> list[str]:
    speaks = np.concatenate((for_drop[fields] - usual, flags * for_drop[FLAG_START:]), axis=1)
    count, rows = fields.shape[1], np.arange(len(fields))[:, None]
    best = np.argpartition(-speaks, _REASONS, axis=1)[:, :_REASONS]
    best = best[rows, np.argsort(-speaks[rows, best], axis=1, kind="stable")]
    weights = speaks[rows, best]
    places = np.where(best < count, fields[rows, np.minimum(best, count - 1)], FLAG_START + best - count)
    return [
        " · ".join([NAMES[place] for place, weight in zip(named, shares, strict=True) if weight > 0])
        or "its neighbours"
        for named, shares in zip(places.tolist(), weights.tolist(), strict=True)
    ]


@cache
def _load() -> HtmlModel:
    return read_html_model(model_file(WEIGHTS_FILE))


def read_html_model(text: str) -> HtmlModel:
    """Return the model of a weights file.

    Raises:
        RulebookError: it is no such file, or made for other features.
    """
    return read_weights(text, WEIGHTS_FILE, _model, names_text())


def _model(told: Mapping[str, Any], digest: str) -> HtmlModel:
    size = len(CLASSES)
    place = {name: number for number, name in enumerate(NAMES)}
    unknown = sorted(told["features"].keys() - place.keys())
    if unknown:
        raise ValueError(f"made for other features: {unknown[0]!r} is none")
    weights = np.zeros((len(NAMES), size), np.float64)
    for name, row in told["features"].items():
        weights[place[name]] = row
    moves, begins = np.array(told["moves"], np.float64), np.array(told["begins"], np.float64)
    if moves.shape != (2, size, size) or begins.shape != (size,):
        raise ValueError("its steps are of another shape")
    weights /= SCALE
    leans = {name: {str(word): float(lean) for word, lean in told[name].items()} for name in PLACES}
    return HtmlModel(
        digest,
        weights,
        weights[:, DROPPED] - np.maximum(weights[:, KEPT], weights[:, STANDFIRST]),
        np.exp(moves / SCALE),
        np.exp(begins / SCALE),
        Leans(**leans),
        frozenset(told["unsure_rules"]),
    )
