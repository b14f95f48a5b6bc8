"""Claims about weight files: one that does not fit is refused by name, with what makes it anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.clean.weights import model_file, read_weights
from pipeline.errors import RulebookError


def only_bias(told: Mapping[str, Any], digest: str) -> tuple[float, str]:
    return float(told["bias"]), digest


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"bias": []}', '{"bias": "much"}'])
def test_file_that_does_not_fit_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(RulebookError, match=r"split\.json: .*: make it anew with `make train`"):
        read_weights(text, "split.json", only_bias)


def test_digest_tells_the_file_and_what_stands_beside_it_apart() -> None:
    text = '{"bias": 1.5}'

    found = [read_weights(text, "x", only_bias, *beside) for beside in ((), ("names",), ("other names",))]

    assert [bias for bias, _ in found] == [1.5] * 3
    assert len({digest for _, digest in found}) == 3


def test_files_of_the_models_come_with_the_package() -> None:
    assert {name: model_file(name)[:1] for name in ("line.json", "html.json", "split.json")} == {
        "line.json": "{",
        "html.json": "{",
        "split.json": "{",
    }
