from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.errors import InputError, SettingsError
from pipeline.scrape.sources import CrawlSettings, Source, example, load

LEAST = """
[crawl]
contact = "desk@example.org"
[[source]]
name = "daily"
site = "daily.example"
feeds = ["https://daily.example/feed"]
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_example_works_as_it_is(tmp_path: Path) -> None:
    sources = load(written(tmp_path, example()))

    assert sources.source[0].site == "news.example.org"


def test_every_line_of_the_example_works_once_uncommented(tmp_path: Path) -> None:
    (tmp_path / "addresses.txt").write_text("https://news.example.org/x\n", encoding="utf-8")
    text = re.sub(r"^# (\w+ = )", r"\1", example(), flags=re.MULTILINE)

    source = load(written(tmp_path, text)).source[0]

    assert source.pages == ("https://news.example.org/2026/03/04/a-story", "https://news.example.org/x")
    assert source.include == ("/2026/*",)


def test_site_is_asked_no_faster_than_every_two_seconds_unless_told(tmp_path: Path) -> None:
    assert load(written(tmp_path, LEAST)).source[0].delay_seconds == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("contact = \"desk@example.org\"", ""), "'crawl.contact' is missing"),
        (("desk@example.org", "me"), "'crawl.contact' cannot be 'me': expected a web or mail address"),
        (("name = \"daily\"", "name = \"The Daily\""), "source 'The Daily': 'name' cannot be 'The Daily'"),
        (("daily.example\"", "https://daily.example/\""), "expected a host alone"),
        (("https://daily.example/feed", "daily.example/feed"), "is no http or https address"),
        (("https://daily.example/feed", "file:///etc/passwd"), "is no http or https address"),
        (("feeds = [", "feed = ["), "source 'daily': 'feed' is no setting: see 'broadsheet scrape --example'"),
        (("feeds = [\"https://daily.example/feed\"]", ""), "source 'daily': names no feeds"),
        (("[crawl]", "[crawl]\nconnections = 0"), "'crawl.connections' cannot be 0"),
        (("[crawl]", "[crawl]\nallow = [\"ten\"]"), "'ten' does not appear to be an IPv4 or IPv6 network"),
        (("[crawl]", "[crawl]\nagent = \"My Bot/1\""), "'crawl.agent' cannot be 'My Bot/1'"),
        (("[[source]]", "[[source"), "is no TOML"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_mistake_is_one_line_that_names_the_place(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    path = written(tmp_path, LEAST.replace(*change))

    with pytest.raises(SettingsError) as refused:
        load(path)

    assert said in refused.value.message
    assert str(path) in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.exit_code == 2


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="two sources are called 'daily'"):
        load(written(tmp_path, LEAST + LEAST.partition("[[source]]")[1] + LEAST.partition("[[source]]")[2]))


def test_missing_file_and_missing_list_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sources file .* does not exist"):
        load(tmp_path / "none.toml")
    with pytest.raises(InputError, match=r"list of source 'daily' .* does not exist"):
        load(written(tmp_path, LEAST + 'lists = ["none.txt"]\n'))


def test_list_may_have_comments_and_blank_lines_and_is_checked(tmp_path: Path) -> None:
    listing = tmp_path / "urls.txt"
    listing.write_text("# ours\n\nhttps://daily.example/a\n", encoding="utf-8")
    path = written(tmp_path, LEAST + 'lists = ["urls.txt"]\n')

    assert load(path).source[0].pages == ("https://daily.example/a",)

    listing.write_text("not an address\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="'not an address' is no http or https address"):
        load(path)


PAGE = (Path(__file__).parents[2] / "docs" / "scrape.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CrawlSettings.model_fields)
def test_page_on_scraping_has_every_setting_of_the_crawl_with_its_default(name: str) -> None:
    field = CrawlSettings.model_fields[name]
    default = "required" if field.is_required() else f"`{field.default}`" if field.default else "none"

    assert re.search(rf"^\| `{name}` \| {re.escape(default)} \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", Source.model_fields)
def test_page_and_example_have_every_setting_of_a_source(name: str) -> None:
    assert re.search(rf"^\| [^|]*`{name}`", PAGE, re.MULTILINE)
    assert f"{name} = " in example()
