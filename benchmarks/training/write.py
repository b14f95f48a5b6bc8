"""Trained weights as the data file that the cleaner reads: one line a feature, hundredths, nothing that is zero."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.features import NAMES
from pipeline.clean.model import CLASSES, SCALE


def weights_text(
    theta: NDArray[np.float64], leans: Mapping[str, float], unsure_rules: Iterable[str], headline: Mapping[str, int]
) -> str:
    """Return the file's text for the flat weights of :func:`benchmarks.training.crf.train`.

    ``headline`` has the weights of :func:`benchmarks.training.headlines.fit_headlines`, by name, as hundredths.
    """
    count, size = len(CLASSES), len(NAMES) * len(CLASSES)
    whole = np.rint(theta * SCALE).astype(int)
    features = whole[:size].reshape(len(NAMES), count).tolist()
    moves = whole[size : size + 2 * count * count].reshape(2, count, count).tolist()
    begins = whole[size + 2 * count * count :].tolist()
    rows = [f"  {_text(name)}: {_text(row)}" for name, row in zip(NAMES, features, strict=True) if any(row)]
    parts = [
        f' "classes": {_text([kind.value for kind in CLASSES])}',
        f' "scale": {SCALE}',
        ' "features": {\n' + ",\n".join(rows) + "\n }",
        ' "moves": [\n'
        + ",\n".join("  [\n" + ",\n".join(f"   {_text(row)}" for row in kind) + "\n  ]" for kind in moves)
        + "\n ]",
        f' "begins": {_text(begins)}',
        ' "headline": {\n' + ",\n".join(f"  {_text(name)}: {weight}" for name, weight in headline.items()) + "\n }",
        f' "unsure_rules": {_text(sorted(unsure_rules))}',
        ' "words": {\n' + ",\n".join(f"  {_text(word)}: {lean}" for word, lean in sorted(leans.items())) + "\n }",
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
