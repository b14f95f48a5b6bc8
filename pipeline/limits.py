"""The bounds on one input record: what the bytes decide, alike in every run, then CPU time, then memory and wall time.

The last three depend on the machine. They are wide, and a record over one is tried once more alone before it counts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds; what exceeds one is quarantined with the reason given here.

    Sizes are bytes after unpacking. Real pages stay under a depth of 60; lxml with its own limits silently loses what
    lies deeper than 256, so we parse without them and count.
    """

    max_record_bytes: int = 32 * MIB  # too_large; the largest real news page met was 6 MiB
    max_file_unpacked_bytes: int = 64 * 1024 * MIB  # bomb: one container file, all records together
    max_unpack_ratio: int = 1_000  # bomb: zstd and gzip of real pages stay under 60
    ratio_grace_bytes: int = 8 * MIB  # a ratio only counts past this many unpacked bytes
    max_archive_members: int = 200_000  # bomb; the directory of a zip is held whole, some 500 bytes a member
    max_lines: int = 20_000  # too_large; the longest labelled live blog has under 2,000
    max_line_chars: int = 200_000  # too_large; a whole long read on one line has under 60,000
    max_html_depth: int = 256  # too_deep
    max_html_elements: int = 150_000  # too_large
    max_extractor_elements: int = (
        3_000  # above this trafilatura runs without its quadratic fallbacks; real pages have < 800
    )
    max_json_depth: int = 64  # bad_record
    max_cpu_seconds: int = 30  # timeout; the slowest sound page met took 2, the slowest hostile one 8
    max_wall_seconds: int = 600  # timeout; a wide net for what waits without working: a disk or network that hangs
    max_worker_mib: int = 1_024  # memory; resident, of the worker with the record in it; hostile pages stay under 430

    def __post_init__(self) -> None:
        """Refuse a bound that nothing could pass.

        Raises:
            ValueError: a bound is below 1; names it.
        """
        for one in fields(self):
            if getattr(self, one.name) < 1:
                raise ValueError(f"{one.name} must be 1 or more")
