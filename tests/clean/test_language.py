"""The language of a text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.language import detect_language
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()

# The same two sentences throughout: a minister says on Tuesday that hospitals get a plan and why.
SAMPLES = {
    "en": (
        "The minister said on Tuesday that the government will approve a new plan for the hospitals next "
        "week, with more money for staff. It is needed because demand has grown in recent years."
    ),
    "de": (
        "Der Minister sagte am Dienstag, dass die Regierung in der nächsten Woche einen neuen Plan für "
        "die Kliniken beschließen wird. Er ist nötig, weil der Bedarf in den letzten Jahren gewachsen "
        "ist."
    ),
    "fr": (
        "Le ministre a dit mardi que le gouvernement approuvera la semaine prochaine un nouveau plan pour"
        " les hôpitaux, avec plus d'argent pour le personnel. Il est nécessaire car la demande a "
        "augmenté."
    ),
    "es": (
        "El ministro dijo el martes que el gobierno aprobará la próxima semana un nuevo plan para los "
        "hospitales, con más dinero para el personal. Es necesario porque la demanda ha crecido en los "
        "últimos años."
    ),
    "pt": (
        "O ministro disse na terça-feira que o governo vai aprovar na próxima semana um novo plano para "
        "os hospitais, com mais dinheiro para o pessoal. É necessário porque a procura cresceu nos "
        "últimos anos."
    ),
    "nl": (
        "De minister zei dinsdag dat de regering volgende week een nieuw plan voor de ziekenhuizen zal "
        "goedkeuren, met meer geld voor het personeel. Dat is nodig omdat de vraag sterk is gestegen."
    ),
    "da": (
        "Ministeren sagde tirsdag, at regeringen i næste uge vil vedtage en ny plan for hospitalerne med "
        "flere penge til ansatte. Den er nødvendig, fordi behovet er steget meget, og hospitalerne ikke "
        "kan følge med."
    ),
    "no": (
        "Ministeren sa tirsdag at regjeringen neste uke skal vedta en ny plan for sykehusene, med mer "
        "penger til ansatte. Den er nødvendig fordi behovet har økt mye, og sykehusene ikke klarer å "
        "holde følge."
    ),
    "sv": (
        "Ministern sade på tisdagen att regeringen nästa vecka ska anta en ny plan för sjukhusen, med mer"
        " pengar till anställda. Den är nödvändig eftersom behovet har ökat mycket de senaste åren."
    ),
    "cs": (
        "Ministr v úterý oznámil, že vláda příští týden schválí nový plán pro nemocnice, který přinese "
        "více peněz na platy. Je potřeba, protože poptávka v posledních letech vzrostla a nemocnice se s "
        "tím těžko vyrovnávají."
    ),
    "ru": (
        "Министр заявил во вторник, что правительство на следующей неделе утвердит новый план для "
        "больниц, который даст больше денег на зарплаты. Он необходим, так как спрос за последние годы "
        "вырос."
    ),
    "uk": (
        "Міністр заявив у вівторок, що уряд наступного тижня ухвалить новий план для лікарень, який дасть"
        " більше грошей на зарплати. Він необхідний, оскільки попит за останні роки значно зріс."
    ),
    "ar": (
        "قال الوزير يوم الثلاثاء إن الحكومة ستقر في الأسبوع المقبل خطة جديدة من أجل المستشفيات مع أموال "
        "أكثر على الموظفين، وأضاف أن ذلك ضروري بعد أن زاد الطلب خلال هذا العام."
    ),
    "fa": (
        "وزیر روز سه‌شنبه گفت که دولت هفته آینده طرح جدیدی را برای "
        "بیمارستان‌ها تصویب خواهد کرد و در آن پول بیشتری به کارکنان "
        "داده می‌شود. این طرح لازم است چون نیاز در سال‌های گذشته "
        "بیشتر شده است."
    ),
    "ur": (
        "وزیر نے منگل کو کہا کہ حکومت اگلے ہفتے ہسپتالوں کے لیے ایک نئے منصوبے کی منظوری دے گی جس میں "
        "عملے کے لیے زیادہ رقم ہے۔ یہ ضروری ہے کیونکہ مانگ میں اضافہ ہوا ہے۔"
    ),
    "hi": (
        "मंत्री ने मंगलवार को कहा कि सरकार अगले सप्ताह अस्पतालों के लिए एक नई योजना को मंजूरी देगी, "
        "जिसमें कर्मचारियों के लिए अधिक धन होगा। यह जरूरी है क्योंकि मांग बढ़ी है।"
    ),
    "zh": (
        "部长星期二说，政府将在下周通过一项新的医院计划，给工作人员更多的经费。他说，这是必要的，因为近年来需"
        "求大大增加了，很多医院已经不能应对。"
    ),
    "ja": (
        "大臣は火曜日、政府が来週、病院のための新しい計画を承認すると述べた。職員のための予算も増やすという。"
        "需要が近年大きく伸びたため必要だとしている。"
    ),
    "ko": (
        "장관은 화요일 정부가 다음 주 병원을 위한 새로운 계획을 승인할 것이라고 말했다. 최근 수"
        "요가 크게 늘어 필요하다고 밝혔다."
    ),
    "th": ("รัฐมนตรีกล่าวเมื่อวันอังคารว่ารัฐบาลจะอนุมัติแผนใหม่สำหรับโรงพยาบาลในสัปดาห์หน้า"),
    "el": (
        "Ο υπουργός είπε την Τρίτη ότι η κυβέρνηση θα εγκρίνει την επόμενη εβδομάδα ένα νέο σχέδιο για τα"
        " νοσοκομεία, με περισσότερα χρήματα για το προσωπικό."
    ),
}

# Languages without a file: no neighbour may pass for them.
NEIGHBOURS = {
    "ca": (
        "El ministre ha dit dimarts que el govern aprovarà la setmana vinent un nou pla per als "
        "hospitals, amb més diners per a les plantilles. Aquest pla és necessari perquè la demanda ha "
        "crescut molt en els últims anys."
    ),
    "gl": (
        "O ministro dixo o martes que o goberno aprobará a vindeira semana un novo plan para os "
        "hospitais, con máis cartos para o persoal e unha mellora dos equipos. É necesario porque a "
        "demanda medrou."
    ),
    "sk": (
        "Minister v utorok povedal, že vláda budúci týždeň schváli nový plán pre nemocnice, ktorý "
        "prinesie viac peňazí na platy. Je potrebný, pretože dopyt v posledných rokoch vzrástol a "
        "nemocnice sa s tým nevedia vyrovnať."
    ),
    "bg": (
        "Министърът каза във вторник, че правителството ще одобри следващата седмица нов план за "
        "болниците, който предвижда повече пари. Той е необходим, защото търсенето се е увеличило през "
        "последните години."
    ),
    "nn": (
        "Ministeren sa tysdag at regjeringa neste veke skal vedta ein ny plan for sjukehusa, med meir "
        "pengar til tilsette. Han er naudsynt fordi behovet har auka mykje, og sjukehusa ikkje klarer å "
        "halde følgje."
    ),
    "mr": (
        "मंत्र्यांनी मंगळवारी सांगितले की सरकार पुढील आठवड्यात रुग्णालयांसाठी नवीन योजना मंजूर करणार आहे "
        "आणि त्यात कर्मचाऱ्यांसाठी अधिक निधी आहे. मागणी वाढल्याने हे आवश्यक आहे."
    ),
}


@pytest.mark.parametrize("code", SAMPLES)
def test_knows(code: str) -> None:
    assert detect_language(SAMPLES[code], LEXICON) == code


@pytest.mark.parametrize("code", NEIGHBOURS)
def test_takes_no_neighbour_for_a_language_it_knows(code: str) -> None:
    assert detect_language(NEIGHBOURS[code], LEXICON) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("12:43 20/04/2026 — 5", id="figures"),
        pytest.param("Talks in Ankara", id="short"),
        pytest.param(
            "Anna Svensson, Jan de Vries, Mario Rossi, Juan Pérez, Ola Nordmann, Ali Veli, Ann Lee", id="names"
        ),
        pytest.param("東京女子医大", id="Han alone may be Japanese"),
        pytest.param(SAMPLES["en"] + SAMPLES["ru"], id="two scripts"),
        pytest.param(SAMPLES["en"] + SAMPLES["de"] + SAMPLES["fr"], id="three languages"),
    ],
)
def test_is_not_sure(text: str) -> None:
    assert detect_language(text, LEXICON) is None


def test_looks_at_the_beginning_only() -> None:
    text = SAMPLES["de"] * 20

    assert detect_language(text + SAMPLES["ru"] * 1_000, LEXICON) == "de"


def test_a_large_text_costs_no_more_than_a_small_one() -> None:
    started = time.process_time()
    detect_language("word " * 1_000_000, LEXICON)

    assert time.process_time() - started < 0.5


@given(st.text(max_size=300))
def test_answers_with_a_known_code_or_none(text: str) -> None:
    assert detect_language(text, LEXICON) in {*LEXICON.languages, None}
