"""Claims about the tree of errors."""

import pickle

import pytest

from pipeline import errors
from pipeline.errors import InputError, LockedError, PipelineError, SettingsError, StoreError


def test_an_error_survives_the_way_home_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(InputError("no such folder: 'x'", source="x")))

    assert (type(error), str(error), error.facts) == (InputError, "no such folder: 'x'", {"source": "x"})


def test_a_message_is_one_line_whatever_a_library_said() -> None:
    error = StoreError("table 'runs': Generic error\n   \x1b[31m↳\x1b[0m Unable to rename\n; run again")

    assert str(error) == error.message == "table 'runs': Generic error ↳ Unable to rename ; run again"


@pytest.mark.parametrize(("kind", "code"), [(SettingsError, 2), (LockedError, 75), (PipelineError, 1)])
def test_exit_codes_are_those_of_the_contract(kind: type[PipelineError], code: int) -> None:
    assert kind("x").exit_code == code


def test_the_tree_in_the_docstring_names_every_error() -> None:
    kinds = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, PipelineError)]

    assert [name for name in kinds if name not in (errors.__doc__ or "")] == []
