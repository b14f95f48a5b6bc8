"""Claims about the documentation: it names every command, setting and table, and nothing that is not there."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel

from pipeline.cli import app
from pipeline.limits import Limits
from pipeline.records import Relation
from pipeline.settings import Settings, SourceSettings
from pipeline.store.schema import TABLES, columns_markdown
from pipeline.words.rulebook import SCOPES

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
COMMANDS: Mapping[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
_FENCE = re.compile(r"^\s*```(\w*)\n(.*?)^\s*```", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def shell_lines(page: Path) -> Iterator[str]:
    """Yield the commands of a page's bash blocks; a quoted query over several lines is one."""
    for kind, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if kind in {"bash", "sh", "console"}:
            waiting = ""
            for line in block.replace("\\\n", " ").splitlines():
                waiting = f"{waiting}\n{line}" if waiting else line
                try:
                    shlex.split(waiting, comments=True)
                except ValueError:  # a quote is still open
                    continue
                yield waiting.strip()
                waiting = ""


def commands_shown() -> Iterator[Any]:
    for page in PAGES:
        for line in shell_lines(page):
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words.pop(0)
            if words and words[0].rpartition("/")[2] == "broadsheet":
                yield pytest.param(words[1:], id=f"{name_of(page)}: {' '.join(words[1:3])}")


# ---------------------------------------------------------------- commands


def test_readme_lists_exactly_the_commands_there_are() -> None:
    listed = re.findall(r"^\| `broadsheet ([a-z-]+)", README, re.MULTILINE)

    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("words", list(commands_shown()))
def test_command_shown_exists_with_its_options(words: list[str]) -> None:
    command, *rest = words
    if command.startswith("-"):
        return

    assert command in COMMANDS
    known = {option for parameter in COMMANDS[command].params for option in parameter.opts} | {"--help"}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known


def test_options_named_in_prose_exist() -> None:
    whole = typer.main.get_command(app)
    known = {option for command in (whole, *COMMANDS.values()) for one in command.params for option in one.opts} | {
        "--help"
    }
    of_other_tools = {"flows.md", "quality.md"}
    named = {
        (name_of(page), option)
        for page in PAGES
        if page.parent.name != "decisions" and page.name not in of_other_tools
        for option in re.findall(r"`(--[a-z-]+)", page.read_text(encoding="utf-8"))
    }

    assert {(page, option) for page, option in named if option not in known} == set()


@pytest.mark.parametrize("code", ["0 done", "1 failed", "2 wrong usage or settings", "75 another run holds"])
def test_readme_tells_the_exit_codes(code: str) -> None:
    assert code in README


# ---------------------------------------------------------------- make


def test_targets_named_exist() -> None:
    named = {
        (name_of(page), target)
        for page in PAGES
        for target in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert {(page, target) for page, target in named if target not in TARGETS} == set()


@pytest.mark.parametrize("target", ["run", "test", "check", "bench", "quality"])
def test_readme_tells_of_the_target(target: str) -> None:
    assert target in TARGETS
    assert re.search(rf"\bmake {target}\b", README)


# ---------------------------------------------------------------- settings


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield every setting by its dotted name, with its default."""
    for name, field in model.model_fields.items():
        if name == "sources":
            yield from ((f"sources.{one}", None) for one in SourceSettings.model_fields)
        elif name == "limits":
            yield from ((f"limits.{one}", getattr(Limits(), one)) for one in Limits.__slots__)
        elif isinstance(field.default, BaseModel):
            yield from leaves(type(field.default), f"{name}.")
        else:
            yield f"{prefix}{name}", field.default


DEFAULTS = dict(leaves(Settings))


def test_settings_page_lists_exactly_the_settings_there_are() -> None:
    assert sorted(re.findall(r"^\| `([a-z_.]+)` \|", SETTINGS, re.MULTILINE)) == sorted(DEFAULTS)


@pytest.mark.parametrize("name", [name for name in DEFAULTS if not name.startswith("sources.")])
def test_settings_page_has_the_default_and_the_variable(name: str) -> None:
    row = next(line for line in SETTINGS.splitlines() if line.startswith(f"| `{name}` |"))

    default = DEFAULTS[name]
    assert f"| {'none' if default is None else f'`{default}`'} |" in row
    assert f"`BROADSHEET_{name.replace('.', '__').upper()}`" in row


def test_example_of_a_settings_file_is_one(tmp_path: Path) -> None:
    examples = [block for kind, block in _FENCE.findall(SETTINGS) + _FENCE.findall(README) if kind == "toml"]

    for number, block in enumerate(examples):
        path = tmp_path / f"{number}.toml"
        path.write_text(block, encoding="utf-8")
        assert Settings.load(path) != Settings.load()
    assert len(examples) >= 2


# ---------------------------------------------------------------- tables


def test_readme_lists_exactly_the_tables_there_are() -> None:
    section = README.partition("| table | a row is |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE) == list(TABLES)


def test_columns_page_is_the_one_that_is_generated() -> None:
    assert (ROOT / "docs" / "columns.md").read_text(encoding="utf-8") == columns_markdown()


@pytest.mark.parametrize("scope", SCOPES)
def test_every_kind_of_rule_is_told_of(scope: str) -> None:
    assert re.search(rf"\| `scope` \|.*`{scope}`", (ROOT / "docs" / "extending.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("relation", Relation)
def test_every_relation_is_told_of(relation: Relation) -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.name != "CHANGELOG.md")

    assert re.search(rf"\b{relation.replace('_', '[ _]')}\b", pages)


# ---------------------------------------------------------------- the pages themselves


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", _FENCE.sub("", page.read_text(encoding="utf-8")))
    ours = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in ours if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_named_are_there(page: Path) -> None:
    named = re.findall(r"`((?:pipeline|flows|tests|benchmarks|docs|\.ci)/[\w./-]+)`", page.read_text(encoding="utf-8"))

    # The page on extending walks through an invented format, and names a file by what is to be put there.
    assert [path for path in named if not (ROOT / path).exists() and "mhtml" not in path and "NAME" not in path] == []


def test_every_page_of_docs_is_found_from_the_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[^)#]+)", README))

    unlinked = [name_of(page) for page in PAGES if page.parent.name == "docs" and name_of(page) not in linked]
    assert unlinked == []


def test_every_page_is_in_the_list_of_its_folder() -> None:
    for folder in (ROOT / "docs", ROOT / "docs" / "decisions"):
        listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))

        assert listed == {page.name for page in folder.glob("*.md")} - {"README.md"}


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [page.name[:4] for page in sorted((ROOT / "docs" / "decisions").glob("0*.md"))]

    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_architecture_draws_the_house_that_the_contract_enforces() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")

    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert "\n".join(f"    {layer}" for layer in layers) in page


def test_changelog_tells_of_the_version_at_hand() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
