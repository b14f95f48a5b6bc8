"""Weights that come with Broadsheet: files of ``rules/model``, read once and refused whole when they do not fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, TypeVar

from pipeline.errors import RulebookError
from pipeline.text import hash128

Made = TypeVar("Made")


def model_file(name: str) -> str:
    """Return the text of a file of ``rules/model``."""
    return (resources.files("pipeline") / "rules" / "model" / name).read_text(encoding="utf-8")


def read_weights(text: str, name: str, make: Callable[[Mapping[str, Any], str], Made], *beside: str) -> Made:
    """Return what ``make`` makes of a weights file's JSON and of the digest of ``text`` and of what stands ``beside``.

    Raises:
        RulebookError: it is no such file, or ``make`` finds it made for other features; it tells how to make it anew.
    """
    try:
        return make(json.loads(text), hash128(text, *beside))
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise RulebookError(f"{name}: {exc}: make it anew with `make train`", file=name) from exc
