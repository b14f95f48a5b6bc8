"""Builds the compiled kernels where there is a C compiler; without one the install is pure Python.

A kernel only makes the same numbers sooner, so a failure here is a line of output and never a failed install.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = tuple(Path("pipeline", room, "kernel.c") for room in ("clean", "dedup", "words"))
# Multiplying and adding in one step rounds once instead of twice, and would tell the kernel from numpy.
FLAGS = ("-O3", "-std=gnu99", "-ffp-contract=off", "-shared", "-fPIC", "-fvisibility=hidden")


class KernelHook(BuildHookInterface):
    """Compiles each ``kernel.c`` beside its source and puts the result into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is put together; ``version`` is "editable" or "standard"."""
        del version
        if self.target_name != "wheel":
            return
        made = [source.with_name("_kernel.so") for source in SOURCES if self._compile(source)]
        if made:
            build_data["artifacts"].extend(target.as_posix() for target in made)
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"

    def _compile(self, source: Path) -> bool:
        root = Path(self.root)
        target = root / source.with_name("_kernel.so")
        compiler = shlex.split(os.environ.get("CC") or "cc")
        made = target.with_suffix(f".{os.getpid()}")
        try:
            subprocess.run([*compiler, *FLAGS, "-o", str(made), str(root / source), "-lm"], check=True)
            made.replace(target)
        except (OSError, subprocess.CalledProcessError) as exc:
            target.unlink(missing_ok=True)
            made.unlink(missing_ok=True)
            self.app.display_warning(f"no compiled {source.parent.name} kernel ({exc}): the numpy one is used")
            return False
        return True
