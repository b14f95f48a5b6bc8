"""Claims about the cleaner that is loaded once: others are made of its parts."""

from __future__ import annotations

from pipeline.clean import Cleaner
from pipeline.clean.loaded import CLEANER
from pipeline.limits import Limits


def test_a_cleaner_with_limits_of_its_own_shares_all_that_takes_time_to_load() -> None:
    other = Cleaner.load(limits=Limits(max_lines=7), min_words=5)

    assert other.limits.max_lines == 7
    assert (other.book, other.lexicon, other.model) == (CLEANER.book, CLEANER.lexicon, CLEANER.model)
    assert other.lexicon is CLEANER.lexicon
