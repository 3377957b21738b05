from pathlib import Path

import pytest

from nlu.language import Detector, vocabulary
from nlu.training import load_training
from nlu.types import LanguageCode, LanguagePrior

FRESH = LanguagePrior()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello", "en"),
        ("Hallo", "nl"),
        ("hoi", "nl"),
        ("你好", "zh-Hans"),
        ("hydrogen", "en"),
        ("waterstof", "nl"),
        ("氢能", "zh-Hans"),
        ("Wat is hydrogen?", "nl"),
        ("what is waterstof", "en"),
        ("How much does it cost?", "en"),
        ("Hoeveel kost het?", "nl"),
        ("Is er in Chongqing nood aan bodemsanering?", "nl"),
        ("I²PCC 是什么", "zh-Hans"),
        ("我們有一個關於污泥處理的提案", "zh-Hant"),
        ("我们有一个关于污泥处理的提案", "zh-Hans"),
        ("請說中文", "zh-Hant"),
        ("我哋公司想搵內地夥伴合作", "zh-Hant"),
        ("en nu verder?", "nl"),
        ("what now", "en"),
        ("slibontwatering", "nl"),
        ("grondwaterzuiveringsinstallaties", "nl"),
        ("Vergunningsaanvraag", "nl"),
        ("leachate treatment", "en"),
        ("unsubscribing", "en"),
        ("wij leveren sensoren aan een fabriek in 广东", "nl"),
        ("any partner near 西安?", "en"),
        ("我们的产品叫 Pure Flow Membrane Filter for Heavy Metals", "zh-Hans"),
    ],
)
def test_a_fresh_conversation_takes_the_language_of_its_first_words(
    detector: Detector, text: str, language: LanguageCode
) -> None:
    found = detector.detect(text, FRESH)
    assert (found.language, found.foreign) == (language, None)
    assert found.confidence >= 0.6


@pytest.mark.parametrize(
    "text", ["", "   ", "😀👍", "12345", "5", "jan@acme.be", "https://example.com/hello-there", "/language", "@i2pcc"]
)
@pytest.mark.parametrize("current", ["en", "nl", "zh-Hans", "zh-Hant"])
def test_what_has_no_words_says_nothing(detector: Detector, text: str, current: LanguageCode) -> None:
    found = detector.detect(text, LanguagePrior(current=current))
    assert (found.language, found.confidence, found.foreign) == (current, 0.0, None)


@pytest.mark.parametrize(
    "text", ["Hebei", "hydrogen", "河北", "Umicore NV", "Jan De Nul", "contact", "I²PCC Guangdong"]
)
def test_a_name_or_a_word_of_the_trade_leaves_a_running_conversation_alone(detector: Detector, text: str) -> None:
    assert detector.detect(text, LanguagePrior(current="nl")).language == "nl"
    assert detector.detect(text, LanguagePrior(current="nl")).foreign is None


@pytest.mark.parametrize(
    "text", ["Hebei", "Guangdong", "Siemens", "Veolia", "Els Vermeulen", "contact", "info", "project"]
)
@pytest.mark.parametrize("hint", ["en", "nl", "zh-Hans"])
def test_a_name_or_a_shared_word_leaves_the_choice_to_the_hint(
    detector: Detector, text: str, hint: LanguageCode
) -> None:
    found = detector.detect(text, LanguagePrior(hint=hint))
    assert (found.language, found.confidence, found.foreign) == (hint, 0.0, None)


@pytest.mark.parametrize(
    "text", ["subsidies voor si zonder kosten", "ciao!", "toekomst industriel bedrijf", "amigo bedankt"]
)
def test_a_borrowed_word_makes_no_foreign_text(detector: Detector, text: str) -> None:
    assert detector.detect(text, FRESH).foreign is None
    assert detector.detect(text, FRESH).language == "nl"


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Can you answer that in another way, please?", "nl", "en"),
        ("Kunt u dat nog eens uitleggen?", "en", "nl"),
        ("请问费用是多少？", "en", "zh-Hans"),
        ("What does it cost?", "zh-Hans", "en"),
        ("請問費用是多少？", "zh-Hans", "zh-Hant"),
    ],
)
def test_a_clear_sentence_switches(detector: Detector, text: str, before: LanguageCode, after: LanguageCode) -> None:
    assert detector.detect(text, LanguagePrior(current=before)).language == after


def test_a_chosen_language_stays(detector: Detector) -> None:
    chosen = LanguagePrior(current="nl", chosen=True)
    assert detector.detect("Can you answer that in another way, please?", chosen).language == "nl"
    assert detector.detect("请问费用是多少？", chosen).language == "nl"


def test_neutral_chinese_keeps_the_script(detector: Detector) -> None:
    assert detector.detect("你好", LanguagePrior(current="zh-Hant")).language == "zh-Hant"
    assert detector.detect("你好", LanguagePrior(hint="zh-Hant")).language == "zh-Hant"
    assert detector.detect("你好", LanguagePrior(current="zh-Hans", hint="zh-Hant")).language == "zh-Hans"


def test_the_hint_decides_where_the_text_does_not(detector: Detector) -> None:
    assert detector.detect("12345", LanguagePrior(hint="nl")).language == "nl"
    assert detector.detect("Umicore NV", LanguagePrior(hint="nl")).language == "nl"
    assert detector.detect("Hello, what is this about?", LanguagePrior(hint="nl")).language == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bonjour", "fr"),
        ("Qu'est-ce que le programme I2PCC ?", "fr"),
        ("je voudrais parler avec quelqu'un", "fr"),
        ("Guten Tag", "de"),
        ("Ich möchte ein Angebot machen", "de"),
        ("Hola, qué tal?", "es"),
        ("Buongiorno, vorrei sapere di più", "it"),
        ("dzień dobry", "pl"),
        ("こんにちは、水素について教えてください", "ja"),
        ("水処理について聞きたいです", "ja"),
        ("안녕하세요", "ko"),
        ("수소 기술 회사를 찾고 있습니다", "ko"),
        ("Привет, что это?", "ru"),
    ],
)
def test_other_languages_are_named(detector: Detector, text: str, code: str) -> None:
    assert detector.detect(text, FRESH).foreign == code
    assert detector.detect(text, FRESH).language == "en"
    assert detector.detect(text, LanguagePrior(current="nl")).language == "nl"


def test_detection_is_the_same_every_time(detector: Detector, kb: object) -> None:
    texts = ["krater", "do you drink", "resolutie", "Tom aime la neige.", "smart grid opslag"]
    first = [detector.detect(t, FRESH) for t in texts]
    assert all([detector.detect(t, FRESH) for t in texts] == first for _ in range(5))
    assert [Detector((), vocabulary(load_training())).detect(t, FRESH) for t in texts] == first


@pytest.mark.parametrize("text", ["\ud800 hello there", "a" * 100_000, "\x00", "你" * 5000, "ﬁ ＡＢ", "‮abc"])
def test_no_text_breaks_it(detector: Detector, text: str) -> None:
    assert detector.detect(text, FRESH).language in ("en", "nl", "zh-Hans", "zh-Hant")


def test_accuracy_on_the_programmes_own_texts(detector: Detector) -> None:
    from nlu.training import load_training

    examples = [e for e in load_training() if len(e.text.split()) > 3 or e.language == "zh"]
    right = [detector.detect(e.text, FRESH).language.split("-")[0] == e.language for e in examples]
    assert sum(right) / len(right) > 0.97, [e.text for e, ok in zip(examples, right, strict=True) if not ok][:20]


def test_lexicon_is_found_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Detector().detect("Hallo", FRESH).language == "nl"
