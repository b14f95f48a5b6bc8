"""The command line: ``broadsheet``, a module a group of commands. Light to import; what is heavy loads when it runs."""

from __future__ import annotations

from pipeline.cli.commands import app, main, terminate

__all__ = ["app", "main", "terminate"]
