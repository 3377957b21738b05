"""Which questions are kept for coordinators, how, and for how long."""

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from bot import reviewing
from bot.errors import SetupError
from bot.ports import Incoming, Reply
from bot.retention import purge
from bot.store.engine import Store
from bot.store.models import QuestionRow
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot, knowledge
from tests.bot.test_coordination import Coordinator, handoffs
from tests.bot.test_erasure import everything
from tests.engines import real_engines

WEATHER = "what will the weather be like tomorrow"
NAMED = "My name is Jan Peeters of AquaLixi NV, jan@aqualixi.be, what will the weather be like tomorrow?"


class Person:
    """Somebody on Telegram who talks with the real engines."""

    def __init__(self, bot: Bot, address: str = "42") -> None:
        bot.turn.engines = real_engines()
        self.bot = bot
        self.address = address

    async def says(self, text: str) -> Reply:
        return await self._does(self.bot.text(self.address, text))

    async def presses(self, payload: str, id_: str = "") -> Reply:
        given = self.bot.text(self.address, "")
        return await self._does(
            Incoming("telegram", self.address, id_ or given.external_id, "payload", payload=payload)
        )

    async def rates(self, thumb: str, reply: Reply) -> Reply:
        answer = next(m for m in reply.messages if m.kind == "answer")
        return await self.presses(f"rate:{thumb}:{answer.seq}")

    async def _does(self, incoming: Incoming) -> Reply:
        return await self.bot.gateway.answer(await self.bot.gateway.accept(incoming))


@pytest.fixture
def person(bot: Bot) -> Person:
    return Person(bot)


async def kept(store: Store) -> Sequence[QuestionRow]:
    async with store.read() as session:
        return (await session.scalars(select(QuestionRow).order_by(QuestionRow.id))).all()


async def test_a_declined_question_is_kept_with_what_it_was_taken_for(person: Person) -> None:
    assert (await person.says(WEATHER)).messages[-1].kind == "decline"
    (row,) = await kept(person.bot.store)
    assert (row.kind, row.text, row.language, row.topic) == ("declined", WEATHER, "en", "out-of-scope")
    assert (row.status, row.engine, row.seq) == ("open", "embedded", None)
    assert row.readings[0]["topic"] == "out-of-scope"
    assert 0 < row.readings[0]["confidence"] <= 1


async def test_what_no_source_tells_is_kept_under_its_topic(person: Person) -> None:
    said = (await person.says("Hoeveel inwoners telt Hebei?")).messages[-1]
    (row,) = await kept(person.bot.store)
    assert said.kind == "unknown"
    assert (row.kind, row.language, row.topic) == ("unknown", "nl", said.topics[0])


async def test_what_was_answered_is_not_kept(person: Person) -> None:
    assert (await person.says("What is Hebei?")).messages[-1].kind == "answer"
    await person.says("thanks!")
    await person.presses("region:hebei")
    await person.presses("out-of-scope")
    await person.says("/nonsense")
    assert await kept(person.bot.store) == []


async def test_nobody_can_be_recognised(person: Person) -> None:
    assert (await person.says(NAMED)).messages[-1].kind == "decline"
    (row,) = await kept(person.bot.store)
    assert row.text == "My name is … of …, what will the weather be like tomorrow?"
    async with person.bot.store.read() as session:
        told = json.dumps([g.as_json() for g in await reviewing.groups(session)])
    assert not any(name in told for name in ("Jan", "Peeters", "Aqua", "aqua"))


async def test_long_texts_are_not_kept(person: Person) -> None:
    await person.says(WEATHER + "?" * 300)
    assert await kept(person.bot.store) == []


async def test_a_question_in_a_form_is_kept_and_answers_are_not(person: Person) -> None:
    await person.says("I want to submit a proposal")
    for answer in ("BodemZorg BV", "Jef Claes"):
        await person.says(answer)
    assert await kept(person.bot.store) == []
    reply = await person.says("What will the weather be like in Ghent tomorrow?")
    assert (reply.messages[0].kind, reply.awaiting) == ("decline", "contact_email")
    await person.says("no mail at all")
    await person.says("jef@bodemzorg.be")
    await person.says("limburg")
    await person.says("bodemsanering")
    await person.says("How we clean soil is simple: bacteria eat the oil in the ground, summer and winter.")
    assert [row.kind for row in await kept(person.bot.store)] == ["declined"]


async def test_an_unhelpful_answer_is_kept_with_its_question(person: Person) -> None:
    answer = await person.says("What is Hebei, asks Jan Peeters?")
    reply = await person.rates("down", answer)
    assert [m.kind for m in reply.messages] == ["notice"]
    assert [b["payload"] for b in reply.messages[0].buttons] == ["action:human"]
    (row,) = await kept(person.bot.store)
    assert (row.kind, row.text, row.topic) == ("unhelpful", "What is Hebei, asks …?", "region:hebei")
    assert row.readings[0]["topic"] == "region:hebei"
    assert row.seq == answer.messages[-1].seq


async def test_an_unhelpful_answer_to_a_button_is_kept_by_its_title(person: Person) -> None:
    await person.says("Which regions take part?")
    await person.rates("down", await person.presses("region:shaanxi"))
    (row,) = await kept(person.bot.store)
    assert (row.text, row.topic, row.readings) == ("Shaanxi", "region:shaanxi", [])


async def test_the_last_vote_counts(person: Person) -> None:
    answer = await person.says("What is Hebei?")
    for thumb, count in (("up", 0), ("down", 1), ("down", 1), ("up", 0), ("up", 0), ("down", 1)):
        await person.rates(thumb, answer)
        assert len(await kept(person.bot.store)) == count


async def test_what_a_coordinator_dealt_with_stays_dealt_with(person: Person) -> None:
    answer = await person.says("What is Hebei?")
    await person.rates("down", answer)
    await reviewing.settle(person.bot.store, await kept(person.bot.store), "learned")
    await person.rates("up", answer)
    await person.rates("down", answer)
    assert [row.status for row in await kept(person.bot.store)] == ["learned"]


async def test_only_ones_own_answers_are_rated(person: Person) -> None:
    await person.says("What is Hebei?")
    await Person(person.bot, "another").says("thanks")
    declined = (await person.says(WEATHER)).messages[-1]
    before = await everything(person.bot.store)
    assert before
    for payload in (f"rate:down:{declined.seq}", "rate:down:99", "rate:up:99"):
        assert (await person.presses(payload)).messages == ()
    assert (await Person(person.bot, "another").presses("rate:down:2")).messages[0].kind == "notice"
    assert [row.kind for row in await kept(person.bot.store)] == ["declined", "unhelpful"]
    assert (await kept(person.bot.store))[1].text == "thanks"


async def test_a_redelivered_rating_says_the_same(person: Person) -> None:
    answer = await person.says("What is Hebei?")
    payload = f"rate:down:{answer.messages[-1].seq}"
    first = await person.presses(payload, "once")
    assert await person.presses(payload, "once") == first
    assert len(await kept(person.bot.store)) == 1


async def test_a_coordinators_conversation_is_not_listened_to(person: Person, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(person.bot, slack)
    answer = await person.says("What is Hebei?")
    await person.says("I want to talk to a coordinator")
    (handoff,) = await handoffs(person.bot)
    await Coordinator(person.bot).does("claim", handoff_id=handoff.id)
    for reply in (await person.rates("down", answer), await person.rates("up", answer), await person.says(WEATHER)):
        assert (reply.messages, reply.owner) == ((), "coordinator")
    await until(lambda: "relay" in slack.kinds())
    assert [d.body["text"] for d in slack.sent if d.kind == "relay"] == [WEATHER]
    assert await kept(person.bot.store) == []


async def test_the_transcript_shows_a_thumb(person: Person) -> None:
    await person.rates("down", await person.says("What is Hebei?"))
    id_ = await person.bot.gateway.conversation_id("telegram", "42")
    export = json.loads((await person.bot.gateway.export(str(id_))).content)
    assert [m["text"] for m in export["messages"] if m["author"] == "person"] == ["What is Hebei?", "👎"]
    assert [(q["kind"], q["text"]) for q in export["questions"]] == [("unhelpful", "What is Hebei?")]


async def test_erasing_takes_the_questions_along(person: Person) -> None:
    await person.says(WEATHER)
    await person.rates("down", await person.says("What is Hebei?"))
    await Person(person.bot, "another").says(WEATHER)
    await reviewing.settle(person.bot.store, (await kept(person.bot.store))[:1], "learned")
    await person.says("/delete")
    await person.presses("erase:yes")
    (row,) = await kept(person.bot.store)
    assert row.text == WEATHER


async def test_an_idle_conversation_takes_its_questions_along(person: Person) -> None:
    await person.says(WEATHER)
    person.bot.clock.forward(days=366)
    await purge(person.bot.store, knowledge(), person.bot.signals, 365, person.bot.clock())
    assert await kept(person.bot.store) == []


async def groups(store: Store, **wanted: str | bool) -> list[tuple[int, str]]:
    async with store.read() as session:
        return [(len(g.rows), g.newest.text) for g in await reviewing.groups(session, **wanted)]  # type: ignore[arg-type]


async def test_like_questions_are_one_and_the_most_frequent_comes_first(person: Person) -> None:
    store = person.bot.store
    alike = (WEATHER, "What will the weather be like tomorow?", WEATHER.upper())
    for text in ("Who won the match yesterday?", *alike[:2], "谁赢了昨天的足球比赛", alike[2]):
        await person.says(text)
    assert await groups(store) == [
        (3, WEATHER.upper()),
        (1, "谁赢了昨天的足球比赛"),
        (1, "Who won the match yesterday?"),
    ]
    assert await groups(store, language="zh") == [(1, "谁赢了昨天的足球比赛")]
    assert await groups(store, kind="unhelpful") == []


async def test_a_group_is_settled_as_one(person: Person) -> None:
    store = person.bot.store
    for text in (WEATHER, WEATHER + "?", "Who won the match yesterday?"):
        await person.says(text)
    first = (await kept(store))[0].id
    async with store.read() as session:
        group = await reviewing.open_group(session, first)
    assert len(group.rows) == 2
    await reviewing.settle(store, group.rows, "dismissed")
    assert len(await groups(store)) == 1
    assert len(await groups(store, all_=True)) == 2
    async with store.read() as session:
        with pytest.raises(SetupError, match="dismissed already"):
            await reviewing.open_group(session, first)
        with pytest.raises(SetupError, match="no question 999"):
            await reviewing.open_group(session, 999)
