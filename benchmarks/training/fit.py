"""From labelled pages to a weights file, with the settings that cross-validation chose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality.bench import Bench
from benchmarks.quality.held_out import fold_of
from benchmarks.training.corpus import Example, WordCounts, examples, unsure_rules, with_headline
from benchmarks.training.crf import pack, train
from benchmarks.training.headlines import fit_headlines
from benchmarks.training.write import weights_text
from pipeline.clean.features import NAMES
from pipeline.clean.model import CLASSES, read_headlines

# L2 3, 6 and 12 give the innertext dumps of held-out sites .939 and .905 (fundus, zyte), .942 and .908, .935 and .906.
L2 = 6.0
ROUNDS = 80  # of L-BFGS
# The pages come in six forms each and are many; long ones are mostly menus. So a form weighs as many lines as the
# square root of the page's length says, and half of a labelled dump; one whose lines are glued less still.
DUMP_WEIGHT = 1.5
SHORTENED_WEIGHT = 0.25
FORM_WEIGHT = 0.55
GLUED_WEIGHT = 0.2
GLUED_FORMS = ("lxml:", "html2txt:")
SHORT_PAGE = 60  # lines


def fit(pages: Sequence[Example], *, l2: float = L2, rounds: int = ROUNDS) -> str:
    """Return the text of the weights file for ``pages``; same pages, same text."""
    headline = fit_headlines(pages)
    counts, chooser = WordCounts(pages), read_headlines(headline)
    told = [with_headline(counts.told(page), chooser) for page in pages]
    packed = pack(told, [_weight(page) for page in pages], len(NAMES))
    theta = train(packed, len(CLASSES), l2, rounds)
    return weights_text(theta, counts.leans(), unsure_rules(pages), headline)


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
