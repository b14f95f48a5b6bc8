from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RecordError
from pipeline.read.decode import decode, html_label, is_binary, tidy_text, wide_encoding
from pipeline.records import Reason

GERMAN = (
    "Die Behörde prüft die Öffnung der großen Brücke für Fußgänger im März.\nGrüße aus Köln, Süßes für Bären.\n" * 4
)
FRENCH = "L’été dernier, la gare a fermé ses portes à cause d’un dégât. Où iront les élèves ? Ça reste à décider.\n" * 4
SPANISH = "El niño corrió mañana por la montaña; ¿dónde está la estación? Ningún órgano lo confirmó aún.\n" * 4
TURKISH = "Şehirdeki görüşmeler için İzmir şubesine uzman çağrıldı. Köprünün ışıkları yandı, ağaçlar söküldü.\n" * 4
RUSSIAN = "Портовое управление откладывает проверку моста до осени. Жители ждут ответа от городского суда.\n" * 4
GREEK = "Η αρχή του λιμανιού εγκρίνει τον νέο προϋπολογισμό. Άλλα έργα αρχίζουν την άνοιξη στο νησί.\n" * 4
ARABIC = "توافق سلطة الميناء على الميزانية الجديدة بعد يومين من المحادثات مع نقابة العمال في العاصمة.\n" * 4
HEBREW = "רשות הנמל אישרה את התקציב החדש לאחר יומיים של דיונים עם ועד העובדים בעיר הבירה.\n" * 4
POLISH = "Władze portu zatwierdziły nowy budżet. Wśród mieszkańców wciąż są wątpliwości, że łódź ruszy na czas.\n" * 4
CZECH = "Přístavní úřad schválil nový rozpočet. Kůň se lekl žluté lodě, dělníci přišli příliš pozdě.\n" * 4
JAPANESE = "港湾局は二日間の協議の後、新しい予算を承認した。住民は橋の検査の延期に反対している。\n" * 4
CHINESE = "港务局经过两天的会谈后批准了新的预算。居民反对推迟桥梁检查，市长没有说明理由。\n" * 4
ONES = (
    "市长星期一宣布了为期两年的港口计划，工程将于三月开始。\n共有320名居民参加了说明会，费用为47万元。\n" * 4
)  # U+4E00 has a zero byte
TAIWANESE = "港務局經過兩天的會談後批准了新的預算。居民反對推遲橋樑檢查，市長沒有說明理由。\n" * 4
KOREAN = "항만청은 이틀간의 협상 끝에 새 예산을 승인했다. 주민들은 다리 점검 연기에 반대하고 있다.\n" * 4


def reason_of(data: bytes) -> object:
    with pytest.raises(RecordError) as caught:
        decode(data)
    return caught.value.facts["reason"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (FRENCH, "cp1252"),
        (SPANISH, "iso8859-15"),
        (TURKISH, "cp1254"),
        (TURKISH, "iso8859-9"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (GREEK, "iso8859-7"),
        (ARABIC, "cp1256"),
        (HEBREW, "cp1255"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (CZECH, "cp1250"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        (TAIWANESE, "big5"),
        (KOREAN, "euc_kr"),
        (JAPANESE, "iso2022_jp"),
        (KOREAN, "iso2022_kr"),
        (CHINESE, "hz"),
    ],
    ids=lambda value: value if value.isascii() else value[:8],
)
def test_finds_the_encoding_nobody_named(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))

    assert decoded.text == text
    assert not decoded.repaired


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, JAPANESE, ONES], ids=["German", "Russian", "Japanese", "Chinese"])
def test_reads_unicode_with_and_without_a_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("label", "text", "real"),
    [
        ("utf-8", GERMAN, "cp1252"),
        ("iso-8859-1", TURKISH, "utf-8"),
        ("iso-8859-1", TURKISH, "cp1254"),
        ("windows-1252", RUSSIAN, "cp1251"),
        ("utf-16", GERMAN, "utf-8"),
        ("gb2312", CHINESE, "gb18030"),
        ("no-such-charset", RUSSIAN, "utf-8"),
        ("utf-7", GERMAN, "utf-8"),
        ("zlib", GERMAN, "utf-8"),
        ("iso-8859-1", FRENCH, "cp1252"),
        ("windows-1250", POLISH, "cp1250"),
        ("koi8-r", RUSSIAN, "koi8-r"),
    ],
)
def test_labels_are_believed_only_where_the_bytes_agree(label: str, text: str, real: str) -> None:
    assert decode(text.encode(real), [label]).text == text


def test_a_few_bad_bytes_leave_utf8_what_it_is() -> None:
    data = (GERMAN + TURKISH).encode() + "Ein Café in Málaga\n".encode("cp1252")

    decoded = decode(data)

    assert decoded.encoding == "utf-8"
    assert decoded.repaired
    assert TURKISH in decoded.text
    assert "Ein Caf\ufffd in M\ufffdlaga" in decoded.text


@pytest.mark.parametrize(
    "tail",
    ["5 €".encode()[:-1], b"\xed\xa0\xbd and \xed\xb0\x80", b"\xc0\xaf\xe0\x80\xaf\xf8\x88\x80\x80\x80\xff\xfe"],
    ids=["cut character", "surrogates", "overlong"],
)
def test_what_no_legacy_text_holds_is_an_accident_in_utf8(tail: bytes) -> None:
    decoded = decode(b"A plain English story about the harbour.\n" * 9 + tail)

    assert (decoded.encoding, decoded.repaired) == ("utf-8", True)
    assert decoded.text.startswith("A plain English story")
    decoded.text.encode("utf-8")


def test_nul_bytes_in_good_text_are_taken_out() -> None:
    decoded = decode(GERMAN.encode().replace(b" ", b" \0", 5))

    assert (decoded.text, decoded.repaired) == (GERMAN, True)


@pytest.mark.parametrize(("before", "behind"), [(512, 0), (0, 4096), (4096, 4096)])
def test_blocks_of_nul_around_a_text_are_taken_off(before: int, behind: int) -> None:
    assert decode(bytes(before) + GERMAN.encode() + bytes(behind)).text == GERMAN


def test_ascii_that_only_looks_switched_stays_what_it_is() -> None:
    text = "The shell prints ~{name} in red, \x1b[31m, and ~{other} behind it.\n"

    assert decode(text.encode()).encoding == "utf-8"


def test_scrambled_text_is_undone_and_flagged() -> None:
    decoded = decode("GÃ¼nther sagt nein".encode())

    assert (decoded.text, decoded.repaired) == ("Günther sagt nein", True)


@pytest.mark.parametrize(
    "data",
    [random.Random(7).randbytes(20_000), b"\0" * 5000, b"\x7fELF\x02\x01\x01" + bytes(200)],
    ids=["random", "zeros", "program"],
)
def test_binary_data_is_not_text(data: bytes) -> None:
    assert reason_of(data) is Reason.NOT_TEXT


def test_bytes_that_are_text_in_no_encoding_are_refused() -> None:
    noise = bytes(random.Random(3).choices(range(0x80, 0x100), k=3000))

    assert reason_of(noise) is Reason.BAD_ENCODING


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (b'<meta charset="windows-1254">', "windows-1254"),
        (b"<META http-equiv=Content-Type content='text/html; charset=iso-8859-9'>", "iso-8859-9"),
        (b'<?xml version="1.0" encoding="koi8-r"?><html>', "koi8-r"),
        (b"<p>charset=nothing</p>", None),
    ],
)
def test_finds_what_a_page_says_of_itself(head: bytes, label: str | None) -> None:
    assert html_label(head) == label


def test_wide_forms_are_told_by_the_places_of_zeros() -> None:
    assert wide_encoding("Bonjour à tous".encode("utf-16-be")) == "utf-16-be"
    assert wide_encoding(b"plain text") is None
    assert not is_binary(b"plain\ttext\r\n")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Mn")), min_size=1))
def test_any_utf8_text_comes_back(text: str) -> None:
    assert decode(text.encode()).text == tidy_text(text).text


@given(st.binary(max_size=300))
def test_any_bytes_give_valid_text_or_a_reason(data: bytes) -> None:
    try:
        outcome = decode(data).text.encode("utf-8").decode()
    except RecordError as error:
        outcome = str(error.facts["reason"])
    assert isinstance(outcome, str)
