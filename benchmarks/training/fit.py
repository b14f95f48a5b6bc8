"""From labelled pages to a weights file, with the settings that cross-validation chose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.quality.bench import Bench
from benchmarks.quality.held_out import fold_of
from benchmarks.training.corpus import TURNS, Example, WordCounts, examples, of_turn, unsure_rules, with_headline
from benchmarks.training.crf import pack, train
from benchmarks.training.headlines import fit_headlines
from benchmarks.training.write import weights_text
from pipeline.clean.features import NAMES
from pipeline.clean.model import CLASSES, read_headlines

# L2 3, 6 and 12 give the innertext dumps of held-out sites .939 and .905 (fundus, zyte), .942 and .908, .935 and .906.
L2 = 6.0
# Of L-BFGS. At 200 with L2 10 held-out dumps and glued pages lose .003 to .008: the early end is half the pull.
ROUNDS = 80
# The pages come in six forms each and are many; long ones are mostly menus. So a form weighs as many lines as the
# square root of the page's length says, and half of a labelled dump; one whose lines are glued less still.
DUMP_WEIGHT = 1.5
SHORTENED_WEIGHT = 0.25
FORM_WEIGHT = 0.55
GLUED_WEIGHT = 0.2
GLUED_FORMS = ("lxml:", "html2txt:")
SHORT_PAGE = 60  # lines


def fit(pages: Sequence[Example], *, l2: float = L2, rounds: int = ROUNDS) -> str:
    """Return the text of the weights file for ``pages``; same pages, same text.

    The weights are the mean of those of all turns (bagging, Breiman 1996): a single training ends early, and where it
    ends hangs on little things.
    """
    first = of_turn(pages, 0)
    headline = fit_headlines(first)
    counts, chooser = WordCounts(first), read_headlines(headline)
    thetas = []
    for turn in range(TURNS):
        told = [with_headline(counts.told(page), chooser) for page in of_turn(pages, turn)]
        packed = pack(told, [_weight(page) for page in told], len(NAMES))
        thetas.append(train(packed, len(CLASSES), l2, rounds))
    return weights_text(np.mean(thetas, axis=0), counts.leans(), unsure_rules(pages), headline)


def _weight(page: Example) -> float:
    if page.source == "dumps":
        return DUMP_WEIGHT
    if page.source == "shortened":
        return SHORTENED_WEIGHT
    weight = GLUED_WEIGHT if page.key.startswith(GLUED_FORMS) else FORM_WEIGHT
    return float(weight * min(1.0, (SHORT_PAGE / len(page.lines)) ** 0.5))


class FitFold:
    """Trains on all sites but those of one fold, a fold a call; the labelled pages are read once a process."""

    def __init__(self, root: Path, l2: float) -> None:
        """Read the labelled pages of ``root``."""
        self._pages, self._l2 = list(examples(Bench(root))), l2

    def __call__(self, fold: int) -> str:
        """Return the weights file made without the sites of ``fold``."""
        return fit([page for page in self._pages if fold_of(page.site) != fold], l2=self._l2)
