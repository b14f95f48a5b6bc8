"""The cleaner: a dump becomes articles, and every line that is in none of them a removal with its reason."""

from __future__ import annotations

from pipeline.clean.cleaner import Cleaned, Cleaner

__all__ = ["Cleaned", "Cleaner"]
