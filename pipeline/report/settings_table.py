"""Every setting as it stands: its value, who set it, what is allowed and what it means."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rich.table import Table
from rich.text import Text

from pipeline.settings import Settings

_PREFIX = "BROADSHEET_"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingLine:
    """A setting by its dotted name. ``origin``: default, file, or the variable's name; ``allowed`` may be empty."""

    name: str
    value: object
    default: object
    origin: str
    allowed: str
    meaning: str


def setting_lines(settings: Settings, config: Path | None, environment: Mapping[str, str]) -> list[SettingLine]:
    """Return all settings in the order they are declared; ``config`` and ``environment`` are those loaded from."""
    given = tomllib.loads(config.read_text(encoding="utf-8")) if config is not None else {}
    variables = {name.upper() for name in environment}
    return [
        SettingLine(
            name=name,
            value=value,
            default=default,
            origin=_origin(name, given, variables),
            allowed=allowed,
            meaning=meaning,
        )
        for name, value, default, allowed, meaning in _leaves(settings)
    ]


def _leaves(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, object, object, str, str]]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        elif dataclasses.is_dataclass(value):
            for one in dataclasses.fields(value):
                # The bounds say what they are for beside their declaration; the page on settings tells it to users.
                yield f"{name}.{one.name}", getattr(value, one.name), one.default, "1 or more", "see docs/settings.md"
        else:
            yield f"{prefix}{name}", value, field.default, allowed(field), field.description or ""


def allowed(field: FieldInfo) -> str:
    """Return what a setting may be, in words."""
    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(str(one) for one in get_args(kind))
    if kind is bool:
        return "true, false"
    least = next((one.ge for one in field.metadata if hasattr(one, "ge")), None)
    most = next((one.le for one in field.metadata if hasattr(one, "le")), None)
    if least is None:
        return ""
    return f"{least:g} or more" if most is None else f"{least:g} to {most:g}"


def _origin(name: str, given: Mapping[str, Any], variables: set[str]) -> str:
    variable = _PREFIX + name.replace(".", "__").upper()
    group = _PREFIX + name.partition(".")[0].upper()
    if variable in variables:
        return variable
    if group in variables:
        return group
    found: Any = given
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return "default"
        found = found[part]
    return "file"


def settings_table(lines: list[SettingLine], *, explain: bool) -> Table:
    """Return the settings for a terminal; those that are not the default stand out. ``explain`` adds what they mean."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("setting", "value", "from", *(("allowed", "meaning") if explain else ())):
        table.add_column(title, overflow="fold")
    for one in lines:
        style = "" if one.origin == "default" else "bold"
        cells = [one.name, _shown(one.value), one.origin, *((one.allowed, one.meaning) if explain else ())]
        table.add_row(*(Text(cell) for cell in cells), style=style)
    return table


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ", ".join(str(getattr(one, "pattern", one)) for one in value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
