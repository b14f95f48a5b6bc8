"""All settings, one frozen object: TOML file, then ``BROADSHEET_…`` environment, then flags; the later wins.

A stage never sees this object, only the group or value it needs. :meth:`Settings.digest` goes into ``runs`` and Parquet
metadata, so that a row can be traced to the settings that made it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from pipeline.errors import SettingsError
from pipeline.limits import Limits


class Group(BaseModel):
    """A frozen group of settings that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSettings(Group):
    """What dumps under a path pattern are, since text dumps rarely say."""

    pattern: str = Field(description="glob on the path relative to the raw root, e.g. 'trt/**'")
    site: str | None = Field(default=None, description="site the dumps belong to")
    language: str | None = Field(default=None, description="ISO 639-1 code, used where detection is unsure")
    time_zone: str | None = Field(default=None, description="IANA name, e.g. 'Europe/Istanbul', for times without zone")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError("no such time zone; expected an IANA name such as 'Europe/Istanbul'")
        return value


class CleanSettings(Group):
    """What counts as an article."""

    site_templates: bool = Field(default=True, description="learn the furniture of each site from its own pages")
    max_template_lines: int = Field(default=50_000, ge=1, description="most lines remembered of a site, 48 bytes each")
    min_words: int = Field(default=25, ge=1, description="segments with fewer body words are quarantined as too_short")


class DedupSettings(Group):
    """Thresholds of near-deduplication; each is argued in docs/decisions/0002-dedup.md."""

    num_perm: int = Field(default=128, ge=32, le=512, description="values in a MinHash signature")
    seed: int = Field(default=1, ge=0, description="datasketch's seed of the permutations")
    shingle_words: int = Field(default=3, ge=1, le=8, description="words in a shingle")
    band_rows: int = Field(default=4, ge=1, le=16, description="signature values in an LSH band")
    max_bucket: int = Field(default=32, ge=2, description="most texts of a bucket that one is compared with")
    min_containment: float = Field(default=0.6, ge=0, le=1, description="share of the shorter text a copy must have")
    min_coverage: float = Field(
        default=0.35, ge=0, le=1, description="share of the longer text below which brief_containment is asked for"
    )
    brief_containment: float = Field(default=0.85, ge=0, le=1, description="containment of a short copy of a long text")
    opening_words: int = Field(default=30, ge=0, description="words a copy may put before the shared text")
    opening_overlap: float = Field(
        default=0.45, ge=0, le=1, description="share of an opening's long words the other has, for a rewritten opening"
    )
    site_containment: float = Field(default=0.75, ge=0, le=1, description="containment asked for inside one site")
    unknown_site_containment: float = Field(
        default=0.8, ge=0, le=1, description="containment asked of a rewritten opening where a site is unknown"
    )
    near_identical: float = Field(default=0.97, ge=0, le=1, description="Jaccard from which no guard asks further")
    form_words: int = Field(default=170, ge=0, description="texts up to this long are tested for being filled-in forms")
    form_swaps: float = Field(default=1.0, ge=0, description="names and figures exchanged in 100 words of a form")
    long_form_swaps: float = Field(default=3.0, ge=0, description="the same in longer texts, where figures differ too")
    min_shared_names: float = Field(default=0.5, ge=0, le=1, description="share of the names that a copy must keep")
    min_shared_figures: float = Field(default=0.6, ge=0, le=1, description="share of the figures that a copy must keep")
    scan_similarity: float = Field(default=0.84, ge=0, le=1, description="letters in common that make a bad scan")
    scan_foreign: float = Field(default=0.06, ge=0, le=1, description="share of words in a scan that may match no word")
    date_window_days: int = Field(default=7, ge=0, description="further apart, only near-identical texts merge")
    late_containment: float = Field(default=0.9, ge=0, le=1, description="containment asked beyond the date window")
    link_share: float = Field(default=0.5, ge=0, le=1, description="share of two clusters' pairs that must match")
    link_most: int = Field(default=8, ge=1, description="members of a cluster counted at most for link_share")


class Settings(BaseSettings):
    """Every setting of a run."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="BROADSHEET_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    workers: int | None = Field(default=None, ge=1, le=256, description="worker processes; default: one a usable core")
    engine: Literal["local"] = Field(default="local", description="where shards run")
    shard_files: int = Field(default=400, ge=1, description="most files in a shard")
    shard_bytes: int = Field(
        default=64 << 20, ge=1, description="most input bytes in a shard (a larger file is one shard)"
    )
    removals: Literal["full", "counts"] = Field(default="full", description="keep every removed line, or counts only")
    max_quarantined: float = Field(
        default=100.0, ge=0, le=100, description="percent of records quarantined that fails a run"
    )
    undo_days: int = Field(default=14, ge=0, description="days that replaced files are kept for restore")
    clean: CleanSettings = CleanSettings()
    dedup: DedupSettings = DedupSettings()
    limits: Limits = Limits()
    sources: tuple[SourceSettings, ...] = Field(default=(), description="site, language and zone by path pattern")

    @field_validator("sources", mode="before")
    @classmethod
    def _tables(cls, value: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever the file held
        return tuple(value) if isinstance(value, list) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags beat the environment, the environment beats the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def load(cls, config: Path | None = None, **flags: object) -> Self:
        """Return the settings of ``config`` (a TOML file or None), the environment and the flags that are not None.

        Raises:
            SettingsError: a file is missing or no TOML, or a value is unknown or out of range; names key and value.
        """
        given = {key: value for key, value in flags.items() if value is not None}
        bound = type(cls.__name__, (cls,), {"model_config": {**cls.model_config, "toml_file": config}})
        if config is not None and not config.is_file():
            raise SettingsError(f"settings file {str(config)!r} does not exist: check --config", source=str(config))
        try:
            built = bound(**given)
        except ValidationError as exc:
            first = exc.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            message = f"setting {key!r} cannot be {first['input']!r}: {first['msg'].lower()}"
            raise SettingsError(message, key=key) from exc
        except ValueError as exc:
            raise SettingsError(f"settings file {str(config)!r} is no TOML: {exc}", source=str(config)) from exc
        return cls.model_construct(**{name: getattr(built, name) for name in cls.model_fields})

    def digest(self) -> str:
        """Return blake2b-64 (hex) of every setting that can shape rows: not of workers, engine or shard sizes."""
        shaping = self.model_dump(
            mode="json", exclude={"workers", "engine", "shard_files", "shard_bytes", "max_quarantined"}
        )
        return hashlib.blake2b(json.dumps(shaping, sort_keys=True).encode(), digest_size=8).hexdigest()


def today_utc() -> dt.date:
    """Return the day it is in UTC: the default as-of of a run."""
    return dt.datetime.now(dt.UTC).date()
