"""The client against the real Rasa server: that it is Rasa who answers, and who answers when Rasa does not."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest

from knowledge.base import KnowledgeBase
from nlu.embedded import EmbeddedInterpreter
from nlu.rasa_interpreter import RasaInterpreter
from nlu.rasa_server import RasaAwayError, RasaServer
from nlu.training import load_training
from tests.rasa import Rasa

TEXTS = ["what about Guangdong?", "河北", "waterstof", "who won the world cup"]


async def test_rasa_itself_counts_the_texts(rasa: Rasa, kb: KnowledgeBase, interpreter: EmbeddedInterpreter) -> None:
    server = rasa.server()
    engine = RasaInterpreter(server, kb, load_training(), interpreter)
    before = rasa.parsed
    read = [await engine.parse(text, "en") for text in TEXTS]
    await server.close()
    assert {r.engine for r in read} == {"rasa"}
    assert rasa.parsed - before >= len(TEXTS)


async def test_numbers_and_nothing_need_no_rasa(rasa: Rasa, kb: KnowledgeBase) -> None:
    server = rasa.server()
    engine = RasaInterpreter(server, kb, [])
    before = rasa.parsed
    for text in ("", "5 and 4", "jan@acme.be", "..."):
        await engine.parse(text, "en")
    await server.close()
    assert rasa.parsed == before


async def test_many_are_asked_about_at_once(rasa: Rasa) -> None:
    server = rasa.server()
    answers = await asyncio.gather(*(server.parse(text) for text in TEXTS * 5))
    await server.close()
    assert [a.intent_ranking[0].name for a in answers[:3]] == ["region:guangdong", "region:hebei", "challenge:hydrogen"]


def test_nobody_is_served_without_the_token(rasa: Rasa) -> None:
    for path in ("/status", "/model/parse", "/model", "/conversations/x/tracker"):
        assert httpx.post(rasa.url + path, json={"text": "hello"}).status_code in (401, 405), path
    assert httpx.post(f"{rasa.url}/webhooks/rest/webhook", json={"message": "hello"}).status_code == 404


async def test_a_wrong_token_is_told(rasa: Rasa, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("wrong")
    server = RasaServer(rasa.url, tmp_path / "token")
    with pytest.raises(RasaAwayError, match="status 401"):
        await server.parse("hello")
    await server.close()


async def test_a_server_that_hangs_is_left_alone_and_tried_again(
    rasa: Rasa, kb: KnowledgeBase, interpreter: EmbeddedInterpreter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "nlu.rasa_server")  # `evaluate` silences it
    server = rasa.server(timeout=1.0, pause=0.5)
    engine = RasaInterpreter(server, kb, load_training(), interpreter)
    await server.reachable()
    rasa.freeze()
    try:
        hanging = await asyncio.gather(*(engine.parse(text, "en") for text in TEXTS))
        assert not await server.reachable()
    finally:
        rasa.thaw()
    assert {r.engine for r in hanging} == {"embedded"}
    assert [r.intents[0].name for r in hanging[:2]] == ["region:guangdong", "region:hebei"]
    for _ in range(900):
        if (await engine.parse("hydrogen", "en")).engine == "rasa":
            break
        await asyncio.sleep(0.1)
    await server.close()
    told = [r.message for r in caplog.records if r.name == "nlu.rasa_server"]
    # After the thaw a busy machine may need several tries, each told of.
    assert [line.split(" at ")[0] for line in told] == ["Rasa is away", "Rasa is back"] * (len(told) // 2)
    assert "no answer within 1.0 s" in told[0]


async def test_without_a_fallback_nobody_else_answers(kb: KnowledgeBase, tmp_path: Path) -> None:
    server = RasaServer("http://127.0.0.1:9", tmp_path / "token")
    engine = RasaInterpreter(server, kb, [])
    for _ in range(2):
        with pytest.raises(RasaAwayError, match="ConnectError"):
            await engine.parse("hydrogen", "en")
    await server.close()


async def test_a_model_that_knows_more_than_we_do_offers_nothing_of_it(rasa: Rasa, kb: KnowledgeBase) -> None:
    server = rasa.server()
    read = await RasaInterpreter(server, kb, []).parse("overslaan", "nl")
    await server.close()
    assert read.engine == "rasa"
    assert not [i for i in read.intents if i.name.startswith("command:")]
