"""What holds for both engines: the same cases, through the embedded one and through the real Rasa."""

from collections.abc import AsyncIterator

import pytest

from knowledge.base import KnowledgeBase
from nlu.embedded import EmbeddedInterpreter
from nlu.rasa_interpreter import RasaInterpreter
from nlu.training import load_training
from nlu.types import Interpreter
from tests.rasa import Rasa


@pytest.fixture(params=["embedded", "rasa"])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Interpreter]:
    """Each engine alone, without the other behind it."""
    if request.param == "embedded":
        embedded: EmbeddedInterpreter = request.getfixturevalue("interpreter")
        yield embedded
        return
    rasa: Rasa = request.getfixturevalue("rasa")
    kb: KnowledgeBase = request.getfixturevalue("kb")
    server = rasa.server()
    yield RasaInterpreter(server, kb, load_training())
    await server.close()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hydrogen", "challenge:hydrogen"),
        ("污泥", "challenge:sludge-treatment"),
        ("土壤修復", "challenge:soil-remediation"),
        ("Hebei", "region:hebei"),
        ("河北", "region:hebei"),
        ("what about Guangdong?", "region:guangdong"),
        ("我们钢铁厂需要处理烟气", "challenge:industrial-air-emissions"),
        ("hoeveel kost deelname?", "unknown:fees"),
        ("我要提交方案", "action:proposal"),
        ("can I talk to a human", "action:human"),
        ("delete my data", "command:delete"),
        ("overslaan", "command:skip"),
        ("hello", "smalltalk:greeting"),
        (" / hydrogen", "challenge:hydrogen"),
    ],
)
async def test_is_sure_of_what_is_plain(engine: Interpreter, text: str, intent: str) -> None:
    read = await engine.parse(text, "en")
    assert (read.intents[0].name, read.verdict, read.engine) == (intent, "sure", engine.name)


@pytest.mark.parametrize("text", ["who won the world cup", "recept voor pannenkoeken", "讲个笑话"])
async def test_declines_what_is_not_ours(engine: Interpreter, text: str) -> None:
    read = await engine.parse(text, "en")
    assert (read.intents[0].name, read.verdict) == ("out-of-scope", "foreign")


@pytest.mark.parametrize("text", ["", "   ", "😀", "...", "12345", "5 and 4", "jan@acme.be", "I2P-7K3F9Q"])
async def test_reads_no_topic_where_there_is_none(engine: Interpreter, text: str) -> None:
    read = await engine.parse(text, "en")
    assert (read.text, read.intents, read.verdict) == (text, (), "unsure")


@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "hydrogen \udfff",
        "a" * 50_000,
        "水" * 4000,
        "soil " * 800,
        "\x00hello",
        "‮abc",
        "((((a",
        "[x](y)",
        "/x{",
    ],
    ids=range(10),
)
async def test_no_text_breaks_it(engine: Interpreter, text: str) -> None:
    read = await engine.parse(text, "en")
    assert (read.text, read.engine) == (text, engine.name)


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("Is er in Chongqing nood aan bodemsanering?", {"region:chongqing", "challenge:soil-remediation"}),
        ("河北和廣東", {"region:hebei", "region:guangdong"}),
        ("  Hebei of Guangdong", {"region:hebei", "region:guangdong"}),
        ("Chonqing", {"region:chongqing"}),
        ("waterstof", {"challenge:hydrogen"}),
        ("Hubei", set()),
        ("Limburg in the Netherlands", set()),
        ("een bedrijf in Limburg", {"province:limburg"}),
    ],
)
async def test_finds_names_where_they_stand(engine: Interpreter, text: str, entities: set[str]) -> None:
    read = await engine.parse(text, "nl")
    names = [e for e in read.entities if e.type in ("region", "province", "challenge", "domain")]
    assert {e.value for e in names} == entities
    assert all(text[e.start : e.end] == e.text for e in read.entities)


async def test_finds_what_is_no_name(engine: Interpreter) -> None:
    read = await engine.parse("since when is Hebei a partner? mail jan@acme.be", "en")
    assert read.values("email") == ["jan@acme.be"]
    assert read.values("attribute")[:1] == ["since"]
    assert read.question


async def test_confidences_are_ordered_shares(engine: Interpreter) -> None:
    read = await engine.parse("something about water and energy", "en")
    confidences = [i.confidence for i in read.intents]
    assert 3 <= len(confidences) <= 5
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= c <= 1 for c in confidences)
    assert len({i.name for i in read.intents}) == len(read.intents)
