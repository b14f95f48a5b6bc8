"""Every page cleaned by a line model that has seen no page of its site: what the scores say of other sites.

The sites are parted in five; ``make train`` keeps, beside the weights that are installed, those made without each part.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import lzma
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks.quality.bench import PROJECT
from benchmarks.quality.predict import CleansDumps
from pipeline.clean import Cleaned, Cleaner
from pipeline.clean.break_model import BreakModel, read_break_model
from pipeline.clean.html_model import read_html_model
from pipeline.clean.model import read_model
from pipeline.clean.splitter import read_splitter
from pipeline.clean.templates import NO_TEMPLATES, Templates
from pipeline.limits import Limits
from pipeline.records import Dump
from pipeline.settings import CleanSettings
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

FOLDS = 5
FOLDS_FILE = PROJECT / "benchmarks" / "training" / "held_out.json.xz"


def fold_of(site: str) -> int:
    """Return which part of the sites a site is in: always the same, whatever other sites there are.

    A site and its namesakes under other top domains go together.
    """
    name = max(site.split("."), key=len)
    return hashlib.blake2b(name.encode(), digest_size=4).digest()[0] % FOLDS


def write_folds(kind: str, texts: Mapping[int, str], path: Path = FOLDS_FILE) -> None:
    """Write the weights files of one kind, made without each part of the sites, by part; those of others stay.

    ``kind`` is ``line``, ``split``, ``html`` or ``break``. Same texts, same bytes.
    """
    told = json.loads(lzma.decompress(path.read_bytes())) if path.exists() else {}
    told[kind] = {str(fold): texts[fold] for fold in sorted(texts)}
    path.write_bytes(lzma.compress(json.dumps(told, ensure_ascii=False, sort_keys=True).encode(), preset=6))


def read_folds(kind: str, path: Path = FOLDS_FILE) -> dict[int, str]:
    """Return the weights files of one kind made without each part of the sites, by part."""
    return {int(fold): text for fold, text in json.loads(lzma.decompress(path.read_bytes()))[kind].items()}


def held_out_breaks(path: Path = FOLDS_FILE) -> dict[int, BreakModel]:
    """Return the models of line ends made without each part of the sites, by part."""
    return {fold: read_break_model(text) for fold, text in read_folds("break", path).items()}


class HeldOutCleaner:
    """A cleaner that takes for each page the models made without its site."""

    def __init__(self, site_by_key: Mapping[str, str], path: Path = FOLDS_FILE) -> None:
        """``site_by_key`` has the site of each dump by its ``source_path``.

        Raises:
            RulebookError: the models are made for other features or classes: ``make train``.
        """
        book, lexicon, min_words = Rulebook.load(), Lexicon.load(), CleanSettings().min_words
        line, split, html = (read_folds(kind, path) for kind in ("line", "split", "html"))
        breaks = held_out_breaks(path)
        self._sites = site_by_key
        self._cleaners = {
            fold: Cleaner(
                book,
                lexicon,
                Limits(),
                min_words,
                read_model(line[fold]),
                read_splitter(split[fold]),
                read_html_model(html[fold]),
                breaks[fold],
            )
            for fold in line
        }

    def clean(self, dump: Dump, as_of: dt.date, templates: Templates = NO_TEMPLATES) -> Cleaned:
        """Return the articles, quarantined segments and removals of ``dump``."""
        return self._cleaners[fold_of(self._sites[dump.source_path])].clean(dump, as_of, templates)


def held_out(site_by_key: Mapping[str, str]) -> Callable[[], CleansDumps]:
    """Return what makes the cleaner in a worker process; ``site_by_key`` as in :class:`HeldOutCleaner`."""
    return partial(HeldOutCleaner, dict(site_by_key))
