"""Builds the compiled kernel of deduplication where there is a C compiler; without one the install is pure Python.

The kernel only makes the same numbers sooner, so a failure here is a line of output and never a failed install.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("pipeline/dedup/kernel.c")
TARGET = SOURCE.with_name("_kernel.so")
FLAGS = ("-O3", "-std=gnu99", "-shared", "-fPIC", "-fvisibility=hidden")


class KernelHook(BuildHookInterface):
    """Compiles ``kernel.c`` beside its source and puts the result into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is put together; ``version`` is "editable" or "standard"."""
        del version
        if self.target_name != "wheel" or not self._compile():
            return
        build_data["artifacts"].append(TARGET.as_posix())
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"

    def _compile(self) -> bool:
        root = Path(self.root)
        compiler = shlex.split(os.environ.get("CC") or "cc")
        made = root / TARGET.with_suffix(f".{os.getpid()}")
        try:
            subprocess.run([*compiler, *FLAGS, "-o", str(made), str(root / SOURCE)], check=True)
            made.replace(root / TARGET)
        except (OSError, subprocess.CalledProcessError) as exc:
            (root / TARGET).unlink(missing_ok=True)
            made.unlink(missing_ok=True)
            self.app.display_warning(f"no compiled deduplication kernel ({exc}): the numpy one is used")
            return False
        return True
