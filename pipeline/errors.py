"""The errors of Broadsheet, one tree.

::

    PipelineError
    ├── SettingsError        a setting is unknown or out of range; nothing was read        exit 2
    ├── RulebookError        a rule file is wrong; nothing was read                         exit 2
    ├── InputError           an input named by the user cannot be opened                    exit 2
    ├── RecordError          one record cannot be read: becomes a quarantine row            (never leaves the run)
    ├── FetchError           one request gave no answer to keep: becomes a URL's state      (never leaves the scrape)
    ├── StoreError           the tables or their state cannot be read or written            exit 1
    │   ├── LockedError      another run holds the clean folder                             exit 75
    │   ├── LawBrokenError   the books of a run do not balance; nothing was published       exit 1
    │   └── IndexMismatchError  the stored index was made with another scheme               exit 1
    └── EngineError          the workers could not be run                                   exit 1

An error carries its facts as attributes and survives pickling, because workers send it home.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


class PipelineError(Exception):
    """Anything Broadsheet raises on purpose; its text is one line that says what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, **facts: object) -> None:
        # What a library said may stand in it: deltalake's own errors are a coloured tree of several lines.
        self.message = " ".join(line.strip() for line in _COLOUR.sub("", message).splitlines())
        super().__init__(self.message)
        self.facts = facts

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.facts)


def _rebuild(cls: type[PipelineError], message: str, facts: dict[str, object]) -> PipelineError:
    return cls(message, **facts)


class SettingsError(PipelineError):
    """A setting is unknown or out of range; the message names key, value and what is allowed."""

    exit_code = 2


class RulebookError(PipelineError):
    """A rule file is wrong; facts hold ``file`` and, where known, ``rule_id``."""

    exit_code = 2


class InputError(PipelineError):
    """An input the user named cannot be opened; facts hold ``source``."""

    exit_code = 2


class RecordError(PipelineError):
    """One record cannot be read; facts hold ``reason``, a ``records.Reason``."""


class FetchError(PipelineError):
    """A request gave no answer to keep; facts hold ``why``, a ``scrape.states.Why``, and ``is_transient`` if it may."""


class StoreError(PipelineError):
    """The tables or their private state cannot be read or written."""


class LockedError(StoreError):
    """Another run holds the clean folder; facts hold ``owner``."""

    exit_code = 75


class LawBrokenError(StoreError):
    """The books of a run do not balance, so it was not published; facts hold ``dump_id``."""


class IndexMismatchError(StoreError):
    """The stored index was made with another scheme; ``broadsheet index rebuild`` makes it anew."""


class EngineError(PipelineError):
    """The workers could not be run."""
