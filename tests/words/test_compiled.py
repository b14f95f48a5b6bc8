"""Claims about the compiled kernel of the rules."""

from __future__ import annotations

import pytest

from pipeline.words.compiled import LIBRARY
from pipeline.words.needles import Needles
from pipeline.words.openings import needs_of
from pipeline.words.rulebook import Rulebook


@pytest.mark.skipif(LIBRARY is None, reason="no compiled kernel here")
def test_the_kernel_finds_in_the_examples_of_the_rules_what_python_finds() -> None:
    rules = Rulebook.load().rules
    needles = {need for rule in rules for pattern in rule.anchored for need in needs_of(pattern)}
    lines = [example for rule in rules for example in (*rule.removes, *rule.keeps)]

    found = list(Needles(needles).find("\n".join(lines)))

    assert len(found) > len(rules)
    assert sorted(map(tuple, found)) == sorted(Needles(needles, None).find("\n".join(lines)))
