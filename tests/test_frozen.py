"""Claims about records that are quickly made: they are what dataclass makes of them."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from pipeline.frozen import maker, quickly_made


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    no: int
    text: str = "none"
    size: int = field(init=False, compare=False)
    kind: str = field(init=False, default="plain")

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    no: int
    text: str = "none"
    size: int = field(init=False, compare=False)
    kind: str = field(init=False, default="plain")

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.text))


@quickly_made
@dataclass(frozen=True, slots=True)
class Pair:
    first: int
    second: int = 2


def test_a_record_is_as_dataclass_makes_it() -> None:
    quick = Quick(no=1, text="mill")

    assert repr(quick) == repr(Usual(no=1, text="mill")).replace("Usual", "Quick")
    assert (type(quick), hash(quick), quick) == (Quick, hash(Usual(no=1, text="mill")), Quick(no=1, text="mill"))
    assert inspect.signature(Quick) == inspect.signature(Usual)
    assert Pair(1) == Pair(1, second=2)


def test_a_function_makes_what_the_class_makes() -> None:
    made = maker(Quick)(no=1, text="mill")

    assert (type(made), made, made.size, made.kind) == (Quick, Quick(no=1, text="mill"), 4, "plain")
    assert maker(Pair)(1) == Pair(1)


def test_a_record_that_a_function_made_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        maker(Quick)(no=1).no = 2  # type: ignore[misc]


def test_a_record_stays_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Quick(no=1).no = 2  # type: ignore[misc]


def test_a_record_is_replaced_and_sent_to_other_processes() -> None:
    quick = replace(Quick(no=1), text="mill")

    assert quick == pickle.loads(pickle.dumps(quick)) == Quick(no=1, text="mill")


@pytest.mark.parametrize("arguments", [{}, {"no": 1, "size": 4}, {"no": 1, "more": 2}], ids=str)
def test_wrong_arguments_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Quick(**arguments)  # type: ignore[arg-type]


def test_fields_may_have_any_names() -> None:
    @quickly_made
    @dataclass(frozen=True, slots=True)
    class Named:
        open: int
        set: int = 2
        frozen: int = 3

    assert repr(Named(1)).endswith("Named(open=1, set=2, frozen=3)")


def test_a_record_with_some_fields_given_by_name_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Mixed:
        first: int
        second: int = field(kw_only=True)

    with pytest.raises(TypeError, match="Mixed"):
        quickly_made(Mixed)


def test_a_field_with_a_factory_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Listed:
        members: list[int] = field(default_factory=list)

    with pytest.raises(TypeError, match="Listed"):
        quickly_made(Listed)
