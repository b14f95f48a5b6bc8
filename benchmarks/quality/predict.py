"""Labelled pages through the cleaner, on several cores, in the order they were given."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pipeline.clean import Cleaned, Cleaner
from pipeline.clean.lines import read_lines
from pipeline.clean.templates import NO_TEMPLATES, Templates, count, sight, templates
from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.records import Article, Dump
from pipeline.settings import CleanSettings
from pipeline.text import hash128, split_lines

# The labelled pages are older than this day; a later one would change nothing, today's date would make runs differ.
AS_OF = dt.date(2026, 12, 31)

Item = TypeVar("Item")
Result = TypeVar("Result")


class CleansDumps(Protocol):
    """What the harness asks of a cleaner."""

    def clean(self, dump: Dump, as_of: dt.date, templates: Templates = NO_TEMPLATES) -> Cleaned:
        """Return the articles, quarantined segments and removals of ``dump``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the cleaner made of one page: its articles (empty if quarantined), why not, and CPU seconds spent."""

    key: str
    articles: tuple[Article, ...]
    reasons: tuple[str, ...]
    seconds: float

    @property
    def text(self) -> str:
        """The bodies of all articles of the page, in order."""
        return "\n\n".join(article.text for article in self.articles)


class _Worker:
    """The state of a worker process: built once by its initializer, used by every call."""

    call: Callable[[Any], Any]


def load_cleaner() -> CleansDumps:
    """Return the cleaner with default settings, as a run would use it."""
    return Cleaner.load(limits=Limits(), min_words=CleanSettings().min_words)


def page_dump(key: str, text: str, kind: str = "text", **known: Any) -> Dump:  # noqa: ANN401 - fields of Dump
    """Return a labelled page as the reader would hand it over; ``known`` are fields that the input told."""
    return Dump(
        dump_id=hash128(key),
        source_path=key,
        source_record=None,
        kind=kind,
        text=text,
        size_bytes=len(text.encode("utf-8", "surrogatepass")),
        encoding="utf-8",
        **known,
    )


def predict(
    dumps: Sequence[Dump], *, workers: int, make_cleaner: Callable[[], CleansDumps] = load_cleaner
) -> dict[str, Prediction]:
    """Return the prediction for each dump by its ``source_path``; ``make_cleaner`` is called once a worker.

    The dumps are one batch, as in a run: the furniture of sites with enough pages among them is learnt first.
    """
    done = fan_out(_Clean, (make_cleaner, learn(dumps)), dumps, workers=workers)
    return {prediction.key: prediction for prediction in done}


def learn(dumps: Iterable[Dump]) -> Templates:
    """Return the site templates that a run over ``dumps`` would use."""
    sightings = (
        sight(dump.site, read_lines(split_lines(dump.text)), url=dump.url, title=dump.title)
        for dump in dumps
        if dump.site and dump.kind == "text"
    )
    return templates(count([one for one in sightings if one is not None]))


class _Clean:
    """Cleans one dump a call."""

    def __init__(self, make_cleaner: Callable[[], CleansDumps], known: Templates) -> None:
        self._cleaner = make_cleaner()
        self._templates = known

    def __call__(self, dump: Dump) -> Prediction:
        begun = time.process_time()
        articles, reasons = self._articles(dump)
        seconds = time.process_time() - begun
        return Prediction(key=dump.source_path, articles=articles, reasons=reasons, seconds=seconds)

    def _articles(self, dump: Dump) -> tuple[tuple[Article, ...], tuple[str, ...]]:
        """Return the articles and why segments are none; any error but a quarantined record is a bug and goes on up."""
        try:
            cleaned = self._cleaner.clean(dump, AS_OF, self._templates)
        except RecordError as exc:
            return (), (str(exc.facts["reason"]),)
        return cleaned.articles, tuple(row.reason for row in cleaned.quarantined)


def fan_out(
    make_call: Callable[..., Callable[[Item], Result]],
    args: tuple[object, ...],
    items: Iterable[Item],
    *,
    workers: int,
    chunk: int = 4,
) -> list[Result]:
    """Return ``make_call(*args)(item)`` for each item, in order; the callable is made once a process.

    ``chunk`` items go to a process at a time: few where an item takes long.

    With one worker all is done in this process. Processes are spawned, not forked, so that a worker starts like a fresh
    run whatever threads the parent has; everything must therefore be picklable and importable by name.
    """
    if workers == 1:
        call = make_call(*args)
        return [call(item) for item in items]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(make_call, args)) as pool:
        return list(pool.map(_work, items, chunksize=chunk))


def _start(make_call: Callable[..., Callable[[Any], Any]], args: tuple[object, ...]) -> None:
    _Worker.call = staticmethod(make_call(*args))


def _work(item: Any) -> Any:  # noqa: ANN401 - the pool knows no types
    return _Worker.call(item)
