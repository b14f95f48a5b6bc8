from __future__ import annotations

import os
import pickle
import socket
from pathlib import Path

import fsspec
import pytest

from pipeline.errors import InputError
from pipeline.read.walk import Listed, Source, check_roots, list_sources, readable_path, skip_reason
from pipeline.records import Reason, Skipped, Unreadable


def put(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}")
    return root


def paths(listed: list[Listed]) -> list[str]:
    return [item.path for item in listed if isinstance(item, Source)]


def others(listed: list[Listed]) -> dict[str, str]:
    return {item.source_path: str(item.reason) for item in listed if not isinstance(item, Source)}


def test_lists_files_sorted_by_relative_path_whatever_their_folder(tmp_path: Path) -> None:
    put(tmp_path, "b/1.txt", "a/z.txt", "a-b.txt", "c.txt", "a/b/c.txt")

    assert paths(list_sources([str(tmp_path)])) == ["a-b.txt", "a/b/c.txt", "a/z.txt", "b/1.txt", "c.txt"]


def test_a_root_that_is_a_file_is_named_relative_to_its_folder(tmp_path: Path) -> None:
    put(tmp_path, "day/page.txt")

    assert paths(list_sources([str(tmp_path / "day/page.txt")])) == ["page.txt"]


def test_same_relative_path_under_two_roots_is_listed_twice(tmp_path: Path) -> None:
    put(tmp_path, "one/a.txt", "two/a.txt")

    listed = list_sources([str(tmp_path / "one"), str(tmp_path / "two")])

    assert [(item.root, item.path) for item in listed if isinstance(item, Source)] == [
        (str(tmp_path / "one"), "a.txt"),
        (str(tmp_path / "two"), "a.txt"),
    ]


def test_same_root_twice_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")

    assert paths(list_sources([str(tmp_path), str(tmp_path)])) == ["a.txt"]


def test_nested_roots_are_refused_because_files_would_come_twice(tmp_path: Path) -> None:
    put(tmp_path, "in/a.txt")

    with pytest.raises(InputError, match="lies inside raw root"):
        list_sources([str(tmp_path), str(tmp_path / "in")])


@pytest.mark.parametrize("root", ["missing", "memory://nowhere/at/all", "nosuchscheme://a/b"])
def test_a_root_that_cannot_be_opened_is_one_clear_line(tmp_path: Path, root: str) -> None:
    given = root if "://" in root else str(tmp_path / root)

    with pytest.raises(InputError) as caught:
        list_sources([given])

    assert repr(given) in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "name",
    [".hidden.txt", "~$lock.txt", "a.txt.tmp", "a.PART", "a.txt.crc", "a.md5", "Thumbs.db", "a.txt~", "_SUCCESS"],
)
def test_names_that_are_no_pages_are_skipped_with_a_reason(tmp_path: Path, name: str) -> None:
    listed = list_sources([str(put(tmp_path, name, "page.txt"))])

    assert paths(listed) == ["page.txt"]
    assert list(others(listed)) == [name]


@pytest.mark.parametrize("name", ["a.txt", "part-0.txt", "tmp.html", "crc", "a.partly.txt", "_index.html"])
def test_names_of_pages_are_kept(name: str) -> None:
    assert skip_reason(name) is None


def test_hidden_folder_is_one_line(tmp_path: Path) -> None:
    listed = list_sources([str(put(tmp_path, ".git/a.txt", ".git/b.txt"))])

    assert others(listed) == {".git": "hidden by its name"}


def test_a_folder_with_the_name_of_a_page_is_walked(tmp_path: Path) -> None:
    assert paths(list_sources([str(put(tmp_path, "folder.txt/inside.txt"))])) == ["folder.txt/inside.txt"]


def test_pipes_and_sockets_are_skipped_and_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")

        assert others(list_sources([str(tmp_path)])) == {
            "pipe.txt": "special_file: a pipe",
            "socket.txt": "special_file: a socket",
        }


def test_links_are_not_followed_and_each_has_a_line(tmp_path: Path) -> None:
    put(tmp_path, "raw/in/a.txt", "secret/b.txt")
    raw = tmp_path / "raw"
    (raw / "self").symlink_to("self")
    (raw / "in/up").symlink_to("..")
    (raw / "again").symlink_to("in")
    (raw / "a.txt").symlink_to("in/a.txt")
    (raw / "out").symlink_to(tmp_path / "secret")
    (raw / "out.txt").symlink_to(tmp_path / "secret/b.txt")
    (raw / "broken.txt").symlink_to("nothing.txt")

    listed = list_sources([str(raw)])

    assert paths(listed) == ["in/a.txt"]
    assert {path: why.partition(":")[0] for path, why in others(listed).items()} == {
        "self": "symlink_loop",
        "in/up": "symlink_loop",
        "again": "link",
        "a.txt": "link",
        "out": "symlink_outside",
        "out.txt": "symlink_outside",
        "broken.txt": "unreadable",
    }


def test_a_link_given_as_root_is_followed(tmp_path: Path) -> None:
    put(tmp_path, "real/a.txt")
    (tmp_path / "link").symlink_to("real")

    assert paths(list_sources([str(tmp_path / "link")])) == ["a.txt"]


def test_names_that_are_not_utf8_are_escaped_and_still_open(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/bad_\xff\xfe.txt"
    Path(os.fsdecode(odd)).write_bytes(b"x")

    [source] = list_sources([str(tmp_path)])

    assert isinstance(source, Source)
    assert source.path == "bad_\\xff\\xfe.txt"
    assert Path(pickle.loads(pickle.dumps(source)).uri).read_bytes() == b"x"


def test_control_characters_of_a_name_are_escaped() -> None:
    assert readable_path("new\nline\x1b[31m.txt") == "new\\x0aline\\x1b[31m.txt"


def test_a_hundred_folders_deep_is_reached(tmp_path: Path) -> None:
    deep = "/".join("d" * 100) + "/deep.txt"

    assert paths(list_sources([str(put(tmp_path, deep))])) == [deep]


def test_a_folder_that_cannot_be_listed_is_a_line(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may list any folder")
    put(tmp_path, "closed/a.txt").joinpath("closed").chmod(0)

    [item] = list_sources([str(tmp_path)])

    tmp_path.joinpath("closed").chmod(0o700)
    assert isinstance(item, Unreadable)
    assert item.reason is Reason.UNREADABLE


def test_uris_are_walked_like_folders() -> None:
    system = fsspec.filesystem("memory")
    for name in ("b.txt", "a/c.txt", ".hidden/d.txt", "e.tmp"):
        system.pipe(f"/walk/{name}", b"xyz")

    listed = list_sources(["memory://walk"])

    assert [(item.path, item.size_bytes) for item in listed if isinstance(item, Source)] == [
        ("a/c.txt", 3),
        ("b.txt", 3),
    ]
    assert sorted(others(listed)) == [".hidden/d.txt", "e.tmp"]
    assert all(isinstance(item, Source | Skipped) for item in listed)


def test_a_uri_of_one_file_is_named_by_the_file() -> None:
    fsspec.filesystem("memory").pipe("/one/page.txt", b"xyz")

    assert paths(list_sources(["memory://one/page.txt"])) == ["page.txt"]


def test_roots_are_refused_for_where_they_are_without_looking_into_them(tmp_path: Path) -> None:
    (tmp_path / "raw" / "inside").mkdir(parents=True)
    check_roots([str(tmp_path / "raw"), "memory://anywhere"])

    with pytest.raises(InputError, match="does not exist"):
        check_roots([str(tmp_path / "none")])
    with pytest.raises(InputError, match="lies inside"):
        check_roots([str(tmp_path / "raw"), str(tmp_path / "raw" / "inside")])
