"""The cleaner's rules, words and weights, loaded by importing this: workers forked from a process that did share them.

A worker that loads them itself takes 0.13 s of CPU for it, and a run of one page took 1.5 s in place of 1.1.
"""

from __future__ import annotations

from typing import Final

import trafilatura  # noqa: F401 - what a page is extracted with, else imported with the first one of each worker

from pipeline.clean.cleaner import Cleaner

CLEANER: Final = Cleaner.load()
"""With the limits as they are by default; another with limits of its own is made of the same parts at once."""
