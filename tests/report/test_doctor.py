"""Claims about the checks a person runs: a sound installation is found sound, and broken tables are named."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean import compiled as cleaning
from pipeline.compiled import describe
from pipeline.dedup import compiled as deduplication
from pipeline.report.doctor import check_installation, check_tables
from pipeline.store.digest import digests
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store
from pipeline.words import compiled as words


def test_this_installation_is_as_it_should_be() -> None:
    findings = {finding.check: finding for finding in check_installation()}

    assert [name for name, finding in findings.items() if not finding.ok] == []
    assert {"python", "broadsheet", "deltalake", "package 'pipeline'", "package 'flows'", "rules"} <= findings.keys()
    assert findings["rules"].found.endswith("0 examples fail")
    assert findings["cleaning kernel"].found.startswith(describe(cleaning.LIBRARY))
    assert findings["deduplication kernel"].found.startswith(describe(deduplication.LIBRARY))
    assert findings["rules kernel"].found.startswith(describe(words.LIBRARY))


def test_package_that_hides_ours_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "flows", raising=False)

    bad = [finding for finding in check_installation() if not finding.ok]

    assert [(finding.check, finding.found) for finding in bad] == [("package 'flows'", str(tmp_path / "flows"))]


def test_sound_tables_show_the_law_and_a_digest_each(newsroom_run: Any) -> None:
    findings = check_tables(newsroom_run.clean)

    found = digests(Store.open(newsroom_run.clean, create=False).snapshot())
    assert all(finding.ok for finding in findings)
    names = [finding.check for finding in findings]
    assert names == ["write access", "disk", "law", *(f"digest of {table}" for table in TABLES)]
    assert all(digest in finding.found for digest, finding in zip(found.values(), findings[3:], strict=True))


def test_folder_that_cannot_be_written_and_disk_that_is_full_are_named(
    newsroom_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 5 << 20}))

    bad = {finding.check: finding.found for finding in check_tables(newsroom_run.clean) if not finding.ok}

    assert bad == {
        "write access": "[Errno 13] Permission denied: runs need to write there",
        "disk": "5 MiB free (at least 1,024 are needed)",
    }


def test_library_of_a_version_that_breaks_flows_is_named_with_the_range(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.165.0" if name == "fastapi" else real(name))

    bad = {finding.check: finding.found for finding in check_installation() if not finding.ok}

    assert bad == {"fastapi": "0.165.0, but fastapi<0.151 is needed"}


def test_folder_without_tables_is_named_and_not_made(tmp_path: Path) -> None:
    (finding,) = check_tables(tmp_path / "nowhere")

    assert not finding.ok
    assert "holds no table" in finding.found
    assert not (tmp_path / "nowhere").exists()


def test_lost_data_file_is_found(newsroom_run: Any, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    shutil.copytree(newsroom_run.clean, clean)
    next((clean / "articles").glob("date=*/*.parquet")).unlink()

    (finding,) = check_tables(clean)

    assert (finding.check, finding.ok) == ("law", False)
    assert "is gone" in finding.found
