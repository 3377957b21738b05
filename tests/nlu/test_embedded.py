import asyncio
import logging
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder
from nlu.embedded import EmbeddedInterpreter, named_examples
from nlu.evaluation import evaluate
from nlu.training import Example, load_training
from nlu.types import Understanding

FEW = ("region:hebei", "region:chongqing", "challenge:hydrogen", "unknown:fees", "out-of-scope")


def understand(interpreter: EmbeddedInterpreter, text: str) -> Understanding:
    return asyncio.run(interpreter.parse(text, "en"))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hydrogen", "challenge:hydrogen"),
        ("污泥", "challenge:sludge-treatment"),
        ("bodem", "challenge:soil-remediation"),
        ("土壤修復", "challenge:soil-remediation"),
        ("Chonqing", "region:chongqing"),
        ("Hebei", "region:hebei"),
        ("河北", "region:hebei"),
        ("what about Guangdong?", "region:guangdong"),
        ("我们钢铁厂需要处理烟气", "challenge:industrial-air-emissions"),
        ("we make forklift batteries and want to reuse them", "challenge:battery-second-life"),
        ("hoeveel kost deelname?", "unknown:fees"),
        ("ik wil een voorstel indienen", "action:proposal"),
        ("我要提交方案", "action:proposal"),
        ("can I talk to a human", "action:human"),
        ("delete my data", "command:delete"),
        ("overslaan", "command:skip"),
        ("hello", "smalltalk:greeting"),
        ("spreek Nederlands aub", "action:language"),
    ],
)
def test_is_sure_of_what_is_plain(interpreter: EmbeddedInterpreter, text: str, intent: str) -> None:
    read = understand(interpreter, text)
    assert (read.intents[0].name, read.verdict) == (intent, "sure")
    assert read.engine == interpreter.name == "embedded"


@pytest.mark.parametrize(
    "text", ["who won the world cup", "recept voor pannenkoeken", "tell me a joke", "what's the weather in Chengdu?"]
)
def test_declines_what_is_not_ours(interpreter: EmbeddedInterpreter, text: str) -> None:
    read = understand(interpreter, text)
    assert (read.intents[0].name, read.verdict) == ("out-of-scope", "foreign")


@pytest.mark.parametrize("text", ["", "   ", "😀", "...", "12345", "5 and 4", "jan@acme.be", "I2P-7K3F9Q"])
def test_reads_no_topic_where_there_is_none(interpreter: EmbeddedInterpreter, text: str) -> None:
    read = understand(interpreter, text)
    assert (read.intents, read.verdict) == ((), "unsure")


@pytest.mark.parametrize("text", ["\ud800", "a" * 50_000, "水" * 9000, "\x00hello", "‮", "((((", "[x](y)"])
def test_no_text_breaks_it(interpreter: EmbeddedInterpreter, text: str) -> None:
    assert understand(interpreter, text).text == text


def test_a_region_and_a_challenge_are_both_found(interpreter: EmbeddedInterpreter) -> None:
    read = understand(interpreter, "Is er in Chongqing nood aan bodemsanering?")
    assert read.intents[0].name in ("challenge:soil-remediation", "region:chongqing")
    assert read.values("region") == ["region:chongqing"]
    assert read.values("challenge") == ["challenge:soil-remediation"]
    assert read.question


def test_confidences_are_ordered_shares(interpreter: EmbeddedInterpreter) -> None:
    read = understand(interpreter, "something about water and energy")
    confidences = [i.confidence for i in read.intents]
    assert 3 <= len(confidences) <= 5
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= c <= 1 for c in confidences)
    assert len({i.name for i in read.intents}) == len(read.intents)
    if read.verdict != "foreign":
        assert "out-of-scope" not in [i.name for i in read.intents]


def test_thresholds_leave_room_for_doubt(interpreter: EmbeddedInterpreter) -> None:
    limits = interpreter.thresholds
    assert 0.4 < limits.sure < 0.98
    assert 0 <= limits.novelty < limits.sure
    assert 0.1 <= limits.foreign <= 0.9


async def test_knows_its_own_examples(interpreter: EmbeddedInterpreter) -> None:
    scores = await evaluate(interpreter, load_training()[::9])
    assert set(scores) == {"all", "en", "nl", "zh"}
    assert scores["all"].top1 > 0.95
    assert scores["all"].declined_foreign > 0.85
    assert scores["all"].declined_ours < 0.02


def few_examples() -> list[Example]:
    return [e for e in load_training() if e.intent in FEW and e.language == "en"]


def test_is_kept_on_disk_and_the_same_again(
    kb: KnowledgeBase, encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "nlu")
    first = EmbeddedInterpreter(kb, encoder, few_examples(), tmp_path)
    assert "training: done" in caplog.text
    caplog.clear()
    again = EmbeddedInterpreter(kb, encoder, few_examples(), tmp_path)
    assert "training" not in caplog.text
    alone = EmbeddedInterpreter(kb, encoder, few_examples(), None)
    for text in ("what does it cost", "Hebei heavy industry", "fuel cells", "nice weather"):
        assert first.understand(text) == again.understand(text) == alone.understand(text)


def test_a_broken_or_outdated_model_is_trained_again(kb: KnowledgeBase, encoder: Encoder, tmp_path: Path) -> None:
    first = EmbeddedInterpreter(kb, encoder, few_examples(), tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:5000])
    mended = EmbeddedInterpreter(kb, encoder, few_examples(), tmp_path)
    assert mended.understand("fuel cells") == first.understand("fuel cells")
    EmbeddedInterpreter(
        kb, encoder, [*few_examples(), Example("a text that is new here", "challenge:hydrogen", "en")], tmp_path
    )
    (replaced,) = tmp_path.iterdir()
    assert replaced.name != kept.name


def test_thresholds_are_chosen_on_questions_written_apart(kb: KnowledgeBase, encoder: Encoder) -> None:
    examples = few_examples()
    plain = [Example(e.text, e.intent, e.language) for e in examples[::5]]
    swapped = [Example(e.text, "challenge:hydrogen", e.language) for e in plain]
    easy = EmbeddedInterpreter(kb, encoder, examples, None, plain).thresholds
    hard = EmbeddedInterpreter(kb, encoder, examples, None, swapped).thresholds
    assert hard.temperature > easy.temperature


def test_questions_on_a_topic_that_is_gone_are_left_out(kb: KnowledgeBase, encoder: Encoder) -> None:
    gone = [Example("a topic of old", "region:atlantis", "en")]
    interpreter = EmbeddedInterpreter(kb, encoder, few_examples(), None, gone)
    assert interpreter.thresholds == EmbeddedInterpreter(kb, encoder, few_examples(), None).thresholds


def test_names_of_the_knowledge_base_are_examples(kb: KnowledgeBase) -> None:
    assert Example("河北", "region:hebei", "zh") in list(named_examples(kb))
