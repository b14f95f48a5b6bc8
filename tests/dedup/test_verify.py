from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.dedup.verify import Verdict, judge_pair
from pipeline.records import Relation
from pipeline.settings import DedupSettings

FORM = (
    "The {town} office said stocks closed {way} on {day} as dealers weighed results. The index ended {a} points"
    " {way} at {b}, and volume was {c} million shares. {firm} was the busiest share of the session. Trading was"
    " cautious ahead of the meeting of the bank, and the currency was little changed, dealers said in their report."
)
ONE_DAY = {
    "town": "Varne",
    "way": "higher",
    "day": "Monday",
    "a": "12.5",
    "b": "4,310",
    "c": "88",
    "firm": "Orla Metals",
}
NEXT_DAY = {"town": "Varne", "way": "lower", "day": "Tuesday", "a": "31", "b": "4,279", "c": "71", "firm": "Brim Foods"}


def verdict(one: str, other: str) -> Verdict:
    return judge_pair(one, other, DedupSettings())


def scanned(text: str, every: int = 17) -> str:
    """Return ``text`` with every seventeenth letter misread, or another share of them."""
    return "".join("c" if at % every == 3 and letter.isalpha() else letter for at, letter in enumerate(text))


def merges(one: str, other: str) -> bool:
    return verdict(one, other).merges(same_site=False, is_late=False)


@pytest.fixture
def text(make_story: Callable[..., str]) -> str:
    return make_story(1, sentences=24)


def test_text_is_its_own_near_copy(text: str) -> None:
    found = verdict(text, text)

    assert (found.relation, found.jaccard, found.containment) == (Relation.NEAR, 1.0, 1.0)


def test_other_story_is_unrelated(text: str, make_story: Callable[..., str]) -> None:
    found = verdict(text, make_story(2))

    assert found.relation is None
    assert not found.may_merge


@pytest.mark.parametrize(
    ("change", "relation"),
    [
        (lambda text: "VARNE (Agency) - " + text, Relation.NEAR),
        (lambda text: text.replace(" said ", " stated ").replace("approved", "passed"), Relation.NEAR),
        (lambda text: " ".join(text.split()[:100]), Relation.ABRIDGED),
        (lambda text: " ".join(text.split()[:45]), Relation.ABRIDGED),
        (lambda text: "\n\n".join([text.split("\n\n")[0], *sorted(text.split("\n\n")[1:])]), Relation.NEAR),
        (scanned, Relation.SCANNED),
        (lambda text: text.replace("\n\n", "\n").upper(), Relation.NEAR),
    ],
    ids=["dateline", "light edit", "cut", "brief", "reordered", "scan", "capitals"],
)
def test_copies_merge(text: str, change: Callable[[str], str], relation: Relation) -> None:
    found = verdict(text, change(text))

    assert found.relation is relation
    assert found.merges(same_site=False, is_late=False)


def test_order_of_the_texts_does_not_matter(text: str, make_story: Callable[..., str]) -> None:
    others = [make_story(2), " ".join(text.split()[:90]), text + make_story(3), FORM.format(**ONE_DAY)]

    assert [verdict(text, other) for other in others] == [verdict(other, text) for other in others]


def test_round_up_contains_a_story_without_merging(text: str, make_story: Callable[..., str]) -> None:
    round_up = "\n\n".join([make_story(5), "Elsewhere:", text, make_story(6)])
    found = verdict(round_up, text)

    assert found.relation is Relation.CONTAINS
    assert not found.may_merge


def test_round_up_that_opens_with_a_story_contains_it(make_story: Callable[..., str]) -> None:
    first, rest = make_story(1, sentences=12), make_story(2, sentences=22).replace("Tuesday", "Friday")

    assert verdict(first, f"{first}\n\nElsewhere\n\n{rest}").relation is Relation.CONTAINS


def test_longer_version_about_the_same_people_merges(text: str) -> None:
    paragraphs = text.split("\n\n")

    assert verdict("\n\n".join(paragraphs[:5]), text).relation is Relation.ABRIDGED


def test_brief_with_a_few_other_words_merges(text: str) -> None:
    brief = " ".join(text.split()[:48]).replace(" said ", " says ", 1).replace(" of ", " at ", 1)

    assert verdict(brief, text).relation is Relation.ABRIDGED


def test_filled_in_form_is_another_story() -> None:
    assert not verdict(FORM.format(**ONE_DAY), FORM.format(**NEXT_DAY)).may_merge


def test_form_with_one_other_name_is_another_story() -> None:
    assert not verdict(FORM.format(**ONE_DAY), FORM.format(**{**ONE_DAY, "firm": "Brim Foods", "a": "19"})).may_merge


def test_copy_of_a_form_merges() -> None:
    assert merges(FORM.format(**ONE_DAY), "By our desk. " + FORM.format(**ONE_DAY))


def test_form_in_a_script_without_capitals_is_another_story() -> None:
    form = "{0}市气象台今天表示{1}白天最高气温为{2}度夜间最低气温为{3}度风力较小傍晚转强请市民出行时注意道路湿滑"
    one, other = form.format("青岭", "周一", 31, 22), form.format("南湖", "周四", 24, 17)

    assert not verdict(one, other).may_merge


HOROSCOPES = {
    "English": (
        "{}. A plan you made long ago no longer suits you. A talk with an old friend brings calm, and by the evening"
        " the matter looks smaller than it did. Do not sign anything in haste, and keep an hour for yourself.",
        ("Aries", "Libra"),
    ),
    "English with a date": (
        "{}\n\nA plan you made long ago no longer suits you. A talk with an old friend brings calm, and by evening the"
        " matter looks smaller. Do not sign in haste, and keep the last hour of the day for yourself and your people.",
        ("Aries, 4 March", "Libra, 5 March"),
    ),
    "Russian": (
        "{}. Сегодня вам стоит отложить покупки и больше времени провести с близкими людьми. Разговор со старым другом"
        " вернёт спокойствие. К вечеру дела покажутся проще, чем утром. Не подписывайте бумаг второпях.",
        ("Овен", "Весы"),
    ),
    "Turkish": (
        "{} burcu. Bugün eski bir dostla konuşmak size iyi gelecek, akşama doğru işler kolaylaşacak. Acele karar"
        " vermeyin, paranızı iki kez sayın ve erken yatın. Aileniz sizden küçük bir yardım bekliyor olabilir.",
        ("Koç", "Terazi"),
    ),
    "Arabic": (
        "برج {}: اليوم مناسب لترتيب الخطط القديمة والحديث مع صديق قديم يعيد الهدوء وفي المساء تبدو الأمور أسهل مما كانت"
        " صباحا لا توقع شيئا على عجل وعد نقودك مرتين ونم باكرا",
        ("الحمل", "الميزان"),
    ),
    "Hindi": (
        "{} राशि। आज पुरानी योजनाओं को ठीक करने का दिन है और किसी पुराने मित्र से बात करने पर मन शांत होगा शाम तक काम आसान"
        " लगेगा जल्दी में कागज़ पर हस्ताक्षर न करें और पैसे दो बार गिनें",
        ("मेष", "तुला"),
    ),
    "Chinese": (
        "{}：今天适合整理旧日的计划与老朋友谈一谈会让心情平静下来傍晚时分事情看起来会比早上简单不要匆忙签字把钱数两遍早点休息",
        ("白羊座", "天秤座"),
    ),
}


@pytest.mark.parametrize("name", HOROSCOPES)
def test_same_words_under_another_heading_are_another_text(name: str) -> None:
    form, (one, other) = HOROSCOPES[name]

    assert not verdict(form.format(one), form.format(other)).may_merge
    assert merges(form.format(one), form.format(one) + " …")


def test_another_heading_tells_also_where_nothing_else_differs() -> None:
    body = " ".join(f"word{chr(97 + k // 9)}{chr(97 + k % 9)}" for k in range(80)).capitalize()
    one, other = f"Aries. {body}.", f"Libra. {body}."

    assert verdict(one, other).jaccard >= 0.97
    assert not verdict(one, other).may_merge


@pytest.mark.parametrize("other", ["", "VARNE (Agency) - ", "Varne, March 3 - "], ids=["none", "agency", "day"])
def test_brief_under_another_dateline_merges(other: str) -> None:
    body = "the ferry will not sail before the spring, its owner said, since no part for the engine can be had."

    assert merges(f"ORLA (Wire) - {body.capitalize()} Nobody was hurt.", f"{other}{body.capitalize()} Nobody was hurt.")


def test_the_same_sentences_with_all_other_figures_are_another_story() -> None:
    who = ("财政局", "铁路工会", "自来水局", "技术委员会")
    what = (
        "回应了航路关闭的问题和居民的意见",
        "推迟了旧桥和隧道的安全检查",
        "公布了北岸港口计划的报告",
        "批准了四十辆电动公交车的采购",
    )

    def told(first: int, order: list[int]) -> str:
        return "".join(f"{who[k // 4]}用{first + 7 * k}天{what[k % 4]}。" for k in order)

    one = told(310, [*range(16)])
    swapped = [0, 1, 9, 4, 12, 6, 15, 2, 10, 7, 13, 3, 8, 14, 5, 11]

    assert not verdict(one, told(911, swapped)).may_merge
    assert merges(one, told(310, swapped))


def test_story_with_corrected_figures_merges(make_story: Callable[..., str]) -> None:
    body = make_story(7, sentences=30)
    one, other = (f"{body}\n\nIn all {n} people were hurt and {m} boats were lost." for n, m in ((12, 3), (14, 4)))

    assert merges(one, other)


def test_good_scan_inside_one_site_merges(text: str) -> None:
    found = verdict(text, scanned(text, every=43))

    assert 0.6 <= found.containment < 0.75
    assert found.relation is Relation.SCANNED
    assert found.merges(same_site=True, is_late=False)


def test_follow_up_inside_one_site_is_an_update(text: str, make_story: Callable[..., str]) -> None:
    paragraphs = text.split("\n\n")
    later = "\n\n".join([paragraphs[0], *make_story(8, sentences=8).split("\n\n"), *paragraphs[1:8]])
    earlier = "\n\n".join(paragraphs)
    found = verdict(earlier, later)

    assert found.merges(same_site=False, is_late=False)
    assert not found.merges(same_site=True, is_late=False)


def test_letter_behind_another_invitation_is_one_on_its_own_site(make_story: Callable[..., str]) -> None:
    letter = make_story(1, sentences=40)
    invitations = (
        "This is the letter of our desk on the harbour and its people. If it reached you by a friend, sign up here, and"
        " it will come to you each Friday before noon, with the tides, the tables and what our readers wrote to us.",
        "You are reading Quay and Tide.",
    )
    one, other = (f"{opening}\n\n{letter}" for opening in invitations)

    assert verdict(one, other).merges(same_site=True, is_late=False)
    assert not verdict(f"{invitations[0]} {make_story(3, sentences=12)}\n\n{letter}", letter).within_site


def test_gallery_shared_by_two_stories_merges_nothing(make_story: Callable[..., str]) -> None:
    gallery = make_story(9, sentences=30)
    found = verdict(make_story(10, 14) + "\n\n" + gallery, make_story(11, 14) + "\n\n" + gallery)

    assert not found.may_merge


def test_late_copy_must_be_nearly_whole(text: str) -> None:
    edited = " ".join(text.replace("said", "stated").replace("near", "by").replace("after", "as").split()[:150])

    assert not verdict(text, edited).merges(same_site=False, is_late=True)
    assert verdict(text, text + " Reprinted.").merges(same_site=False, is_late=True)


@pytest.mark.parametrize(("kept", "merges_late"), [(5, False), (20, True)])
def test_late_copy_must_be_most_of_the_longer_text(text: str, kept: int, merges_late: bool) -> None:
    copy = ". ".join(text.replace("\n\n", " ").split(". ")[:kept]) + "."
    found = verdict(copy, text)

    assert found.merges(same_site=False, is_late=False)
    assert found.merges(same_site=False, is_late=True) is merges_late


@pytest.mark.parametrize("other", ["", "…", "word"], ids=["empty", "signs", "word"])
def test_text_without_words_matches_nothing(other: str) -> None:
    assert not verdict("", other).may_merge


def test_endless_words_are_compared_quickly(text: str) -> None:
    one, other = (text.replace("bridge", letter * 200_000) for letter in "xy")

    assert merges(one, other)


def test_very_short_texts_are_compared_whole() -> None:
    assert merges("Ferry late.", "FERRY LATE!")
    assert not verdict("Ferry late.", "Ferry gone.").may_merge
