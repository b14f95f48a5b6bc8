"""Frozen records that are made in half the time, for those that are made by the hundred a dump."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, ParamSpec, TypeVar

Fields = ParamSpec("Fields")
Record = TypeVar("Record")


def quickly_made(record: type[Record]) -> type[Record]:
    """Return ``record``, a frozen dataclass with slots, with an ``__init__`` of its own that does the same faster.

    A frozen dataclass sets each field by a call of ``object.__setattr__``: 1.2 µs for twelve fields, as many as a line
    has. Here the object is of a class that has the same slots and is not frozen for as long as its fields are set:
    0.6 µs. Nobody but ``__init__`` ever sees it so.

    Raises:
        TypeError: a field has a factory, the class has a base, or only some fields are given by name: such records are
            made the usual way.
    """
    taken = [one.kw_only for one in fields(record) if one.init]  # type: ignore[arg-type]  # any dataclass
    if any(taken) != all(taken):
        raise TypeError(f"{record.__name__}: of a record that is quickly made all fields are given by name, or none")
    if record.__bases__ != (object,) or any(one.default_factory is not MISSING for one in fields(record)):  # type: ignore[arg-type]  # any dataclass
        raise TypeError(
            f"{record.__name__}: a record that is quickly made has neither a base nor a field with a factory"
        )
    made = _function(record, "__init__", ["self"], "_set(self, '__class__', _open)", "")
    made.__annotations__ = record.__init__.__annotations__
    made.__qualname__ = f"{record.__qualname__}.__init__"
    record.__init__ = made  # type: ignore[method-assign]  # it takes what the one before took
    return record


def maker(record: Callable[Fields, Record]) -> Callable[Fields, Record]:
    """Return a function that makes a ``record`` that is quickly made, in a third of the time that its class takes.

    Of the 0.7 µs that a line takes two thirds are the call of the class: arguments by name are put into a dict for it
    and taken out again for ``__init__``. A function is given them as they are.
    """
    return _function(record, "make", [], "self = _open()", "return self")


def _function(record: Any, name: str, taken: list[str], first: str, last: str) -> Callable[..., Any]:  # noqa: ANN401 - any dataclass
    """Return a function that sets the fields of ``self`` between ``first`` and ``last``, as ``dataclass`` writes it.

    Its arguments are those ``taken`` and then those of the ``__init__`` that ``dataclass`` wrote.
    """
    open_twin = type(record.__name__, (), {"__slots__": record.__slots__})
    names: dict[str, Any] = {"_set": object.__setattr__, "_open": open_twin, "_frozen": record}
    taken, begun = [*taken, *(["*"] if any(one.kw_only for one in fields(record) if one.init) else [])], [first]
    for one in fields(record):
        names[f"_default_{one.name}"] = one.default
        if one.init:
            taken.append(one.name if one.default is MISSING else f"{one.name}=_default_{one.name}")
        if one.init or one.default is not MISSING:
            begun.append(f"self.{one.name} = {one.name if one.init else f'_default_{one.name}'}")
    begun.append("self.__class__ = _frozen")
    if hasattr(record, "__post_init__"):
        begun.append("self.__post_init__()")
    exec("\n ".join([f"def {name}({', '.join(taken)}):", *begun, last]), names)  # noqa: S102  # as dataclasses does; of our own fields
    made: Callable[..., Any] = names[name]
    return made
