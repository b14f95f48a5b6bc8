"""Guards of the repository: tests beside modules, docstrings, sizes, pins, and nothing left undone."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path.relative_to(ROOT) for room in ("pipeline", "flows") for path in (ROOT / room).rglob("*.py"))
PACKAGES = [path for path in MODULES if path.name == "__init__.py"]
WRITTEN = sorted(
    path.relative_to(ROOT)
    for room in ("pipeline", "flows", "tests", "benchmarks", "docs", ".ci")
    for path in (ROOT / room).rglob("*")
    if path.suffix in {".py", ".toml", ".md", ".json"} and "__pycache__" not in path.parts
)
# Modules without a test of their own, each with the reason.
UNTESTED = {
    "pipeline/__main__.py": "three lines that tests/cli/test_app.py starts in processes of their own",
    "pipeline/__init__.py": "its names are held by tests/test_public_names.py",
}
# Packages that only name their room or hand names on hold nothing to test; these two do.
TESTED_PACKAGES = {"pipeline/read/__init__.py": "tests/read/test_init.py"}
MAX_LINES = 450


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def test_of(path: Path) -> Path:
    """Return where the test of a module must lie."""
    room = Path(*path.parts[1:-1]) if path.parts[0] == "pipeline" else path.parent
    return Path("tests") / room / f"test_{path.stem}.py"


test_of.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [path for path in MODULES if path not in PACKAGES], ids=str)
def test_every_module_has_its_test(path: Path) -> None:
    assert str(path) in UNTESTED or (ROOT / test_of(path)).is_file(), f"write {test_of(path)}"


@pytest.mark.parametrize("path", PACKAGES, ids=str)
def test_package_holds_no_code_or_has_its_test(path: Path) -> None:
    code = [node for node in tree(path).body if isinstance(node, ast.FunctionDef)]

    tested = TESTED_PACKAGES.get(str(path))
    assert not code or str(path) in UNTESTED or (tested is not None and (ROOT / tested).is_file())


def test_list_of_exceptions_names_only_what_is_there_and_has_no_test() -> None:
    assert all((ROOT / path).is_file() and not (ROOT / test_of(Path(path))).is_file() for path in UNTESTED)
    assert all((ROOT / path).is_file() for path in TESTED_PACKAGES)


def test_every_test_belongs_to_something() -> None:
    """A test whose module was renamed would go on to hold its claims under a name nobody looks for."""
    beside = {test_of(path) for path in MODULES}
    own = {
        "test_samples.py",
        "test_repository.py",
        "test_docs.py",
        "test_public_names.py",
        "test_recipes.py",
        "test_partition.py",
        "test_init.py",
    }
    tests = (
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("test_*.py")
        if not {"quality", "torture"} & set(path.parts)
    )

    assert [str(path) for path in tests if path not in beside and path.name not in own] == []


# ---------------------------------------------------------------- what stands in the files


def test_nothing_is_left_to_do() -> None:
    words = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")

    left = [
        f"{path}:{number}: {line}"
        for path in WRITTEN
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert left == []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_is_short_enough_to_read_in_one_go(path: Path) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def public(nodes: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield every public class and function of a module, and the methods of its public classes, by name."""
    for node in nodes:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield f"{inside}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_and_all_that_is_public_in_it_says_what_it_is(path: Path) -> None:
    module = tree(path)

    silent = [name for name, node in public(module.body) if not ast.get_docstring(node)]  # type: ignore[arg-type]
    assert ast.get_docstring(module)
    assert silent == []


def broad_excepts() -> Iterator[str]:
    for path in MODULES:
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
                        yield f"{path}:{function.name}"


def _is_broad(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(one is None or (isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"}) for one in kinds)


def test_one_place_alone_catches_whatever_comes() -> None:
    """The boundary around one dump: what fails there costs this dump and no other."""
    assert list(broad_excepts()) == ["pipeline/shards/clean.py:_guarded"]


def test_no_code_prints_but_the_command_line() -> None:
    printing = [
        str(path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert set(printing) <= {"pipeline/cli/commands.py", "pipeline/cli/tables.py"}


def test_nothing_is_asserted_on_data() -> None:
    assert [str(path) for path in MODULES for node in ast.walk(tree(path)) if isinstance(node, ast.Assert)] == []


def test_no_module_is_named_after_nothing() -> None:
    assert [str(path) for path in MODULES if path.stem in {"helpers", "utils", "misc", "common"}] == []


# ---------------------------------------------------------------- what is installed


def spelled(name: str) -> str:
    """Return a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None, requirement
    return spelled(found[0])


PINS = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line.strip()]


def test_constraints_are_pins_and_hold_no_address() -> None:
    assert [line for line in PINS if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line)] == []


def test_no_package_is_pinned_twice() -> None:
    names = [name_of(line) for line in PINS]

    assert sorted(set(names)) == sorted(names)


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]

    assert {name_of(one) for one in wanted} - {name_of(line) for line in PINS} == set()


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("dependencies = [")[2].partition("\n]")[0]
    capped = [line for line in block.splitlines() if re.search(r'"[^"]*[<>=][^"]*"', line)]

    unsaid = [line.strip() for line in capped if "#" not in line and name_of(line.strip(' "')) != "pydantic"]
    assert unsaid == []


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", "Makefile", "constraints.txt", "pyproject.toml", ".ci/run"]
)
def test_top_of_the_repository_has(name: str) -> None:
    assert (ROOT / name).stat().st_size > 100
