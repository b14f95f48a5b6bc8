"""The lexicon: loaded whole, checked whole, quick."""

from __future__ import annotations

import re
import shutil
import time
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RulebookError
from pipeline.words.lexicon import Lexicon, Meaning, fold_word, tokenise

RULES = Path(str(resources.files("pipeline") / "rules"))
LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "tr",
    "ar",
    "fa",
    "he",
    "ru",
    "uk",
    "zh",
    "ja",
    "ko",
    "id",
    "ms",
    "vi",
    "hi",
    "sw",
    "zu",
    "sv",
    "no",
    "da",
    "fi",
    "cs",
    "el",
    "ro",
    "hu",
    "bn",
    "ur",
    "th",
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(RULES / "languages", tmp_path / "languages")
    for name in ("agencies.toml", "zones.toml"):
        shutil.copy(RULES / name, tmp_path / name)
    return tmp_path


def edit(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


@pytest.mark.parametrize("code", LANGUAGES)
def test_has_every_promised_language(lexicon: Lexicon, code: str) -> None:
    language = lexicon.language(code)

    assert language is not None
    assert len(language.stopwords) >= 60
    assert language.published
    assert language.updated
    assert language.by


def test_no_month_name_means_two_months(lexicon: Lexicon) -> None:
    names = [phrase for group in lexicon.phrases.values() for phrase in group if phrase.meaning & Meaning.MONTH]

    assert [phrase.tokens for phrase in names if phrase.month(None) is None] == []


def test_a_region_behind_a_language_code_is_ignored(lexicon: Lexicon) -> None:
    assert lexicon.language("zh_TW") is lexicon.language("zh")


def test_an_unknown_language_is_none(lexicon: Lexicon) -> None:
    assert lexicon.language("tlh") is None


def test_speaks_the_language_given_and_english(lexicon: Lexicon) -> None:
    assert [language.code for language in lexicon.spoken("de")] == ["de", "en"]


def test_speaks_every_language_where_none_is_given(lexicon: Lexicon) -> None:
    assert len(lexicon.spoken(None)) == len(LANGUAGES)


def test_the_same_files_give_the_same_digest(rules: Path, lexicon: Lexicon) -> None:
    assert Lexicon.load(rules).digest == lexicon.digest


def test_a_changed_word_changes_the_digest(rules: Path, lexicon: Lexicon) -> None:
    edit(rules / "languages/de.toml", '"Quelle"', '"Quellenangabe"')

    assert Lexicon.load(rules) != lexicon


@pytest.mark.parametrize(
    ("pattern", "replacement", "key"),
    [
        pytest.param("^fillers = ", "filers = ", "fillers", id="missing key"),
        pytest.param("^code = .*$", '\\g<0>\nflavour = "mild"', "flavour", id="unknown key"),
        pytest.param('^code = "de"', 'code = "dx"', "code", id="code is not the file's name"),
        pytest.param('^script = "Latin"', 'script = "Runic"', "script", id="unknown script"),
        pytest.param('^  \\["Januar".*$', "", "months", id="months missing"),
        pytest.param('"Quelle"', "7", "source", id="number among words"),
        pytest.param('"Quelle"', '" "', "source", id="empty word"),
        pytest.param("^day_first = true", 'day_first = "yes"', "day_first", id="word for a boolean"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(rules: Path, pattern: str, replacement: str, key: str) -> None:
    edit(rules / "languages/de.toml", pattern, replacement)

    with pytest.raises(RulebookError) as raised:
        Lexicon.load(rules)

    assert raised.value.facts == {"file": "languages/de.toml", "key": key}


def test_a_file_that_is_no_toml_is_named(rules: Path) -> None:
    (rules / "zones.toml").write_text("[fixed\n", encoding="utf-8")

    with pytest.raises(RulebookError, match=r"zones\.toml: no TOML"):
        Lexicon.load(rules)


def test_a_missing_file_is_named(rules: Path) -> None:
    (rules / "agencies.toml").unlink()

    with pytest.raises(RulebookError, match=r"agencies\.toml: cannot be read"):
        Lexicon.load(rules)


def test_one_spelling_cannot_be_two_agencies(rules: Path) -> None:
    with (rules / "agencies.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[agency]]\nshort = "XX"\ncountry = "X"\nnames = ["Reuters"]\ncodes = []\n')

    with pytest.raises(RulebookError, match="'Reuters'"):
        Lexicon.load(rules)


def test_loads_in_a_fraction_of_the_start_up_time() -> None:
    started = time.process_time()
    Lexicon.load()

    # Measured 0.04 s; start-up to first work may take 1.5 s. The bound leaves room for a slow machine.
    assert time.process_time() - started < 0.4


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("9:45 amUpdated", ["9", ":", "45", "am", "updated"], id="words run together"),
        pytest.param("NewsdeskMarch 3", ["newsdesk", "march", "3"], id="agency run into the month"),
        pytest.param("٣ مارس ٢٠٢٦", ["3", "مارس", "2026"], id="Eastern Arabic figures"),
        pytest.param("2025年1月13日更新", ["2025", "年", "1", "月", "13", "日", "更新"], id="counters stand alone"),
        pytest.param("मार्च", ["मार्च"], id="vowel signs stay inside the word"),
        pytest.param("a\u200bb", ["a", "b"], id="an invisible blank parts words"),
    ],
)
def test_tokenise(line: str, expected: list[str]) -> None:
    assert [token.text for token in tokenise(line)] == expected


@given(st.text(max_size=80))
def test_tokens_are_pieces_of_the_line_in_order(line: str) -> None:
    tokens = tokenise(line)

    assert all(one.end <= other.start for one, other in pairwise(tokens))
    assert all(token.digits or fold_word(line[token.start : token.end]) == token.text for token in tokens)
