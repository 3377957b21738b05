"""Updates whose acknowledgement is their answer: taken in and answered in one transaction where that is safe."""

import asyncio
import dataclasses
from collections.abc import Iterator

import pytest
from sqlalchemy import event, select, update

from bot.errors import RequestError
from bot.ports import Coordination, Reply
from bot.store.models import Conversation, HandoffRow, InboxRow, MessageRow
from dialogues.effects import Say
from dialogues.messages import Message
from tests.bot.parts import Bot, Step

TRANSACTIONS = {"at once": 1, "taken in first": 2}


class Commits:
    """Counts the commits of a database."""

    def __init__(self, bot: Bot) -> None:
        self.count = 0
        self._engine = bot.store.engine.sync_engine
        event.listen(self._engine, "commit", self._counted)

    def _counted(self, _: object) -> None:
        self.count += 1

    def end(self) -> None:
        event.remove(self._engine, "commit", self._counted)


@pytest.fixture
def commits(bot: Bot) -> Iterator[Commits]:
    counting = Commits(bot)
    yield counting
    counting.end()


async def arrives(bot: Bot) -> str:
    return (await bot.gateway.open()).id


async def says(bot: Bot, id_: str, text: str) -> Reply:
    return await bot.gateway.reply_to(bot.text(id_, text, "web"))


async def rows(bot: Bot) -> list[InboxRow]:
    async with bot.store.read() as session:
        return list((await session.scalars(select(InboxRow).order_by(InboxRow.id))).all())


async def told(bot: Bot) -> list[tuple[int | None, str, str, int | None]]:
    async with bot.store.read() as session:
        lines = await session.scalars(select(MessageRow).order_by(MessageRow.id))
        return [(line.seq, line.author, line.text, line.inbox_id) for line in lines]


async def test_talk_is_taken_in_and_answered_in_one_transaction(bot: Bot, commits: Commits) -> None:
    id_ = await arrives(bot)
    commits.count = 0
    reply = await says(bot, id_, "hello")
    assert commits.count == TRANSACTIONS["at once"]

    (row,) = await rows(bot)
    assert [m.text for m in reply.messages] == ["echo hello"]
    assert row.handled_at
    assert (row.body["text"], row.kind, row.attempts) == ("hello", "text", 0)
    assert await told(bot) == [(None, "person", "hello", row.id), (1, "assistant", "echo hello", row.id)]


async def test_it_leaves_the_same_as_one_that_was_taken_in_first(bot: Bot) -> None:
    async def left(id_: str) -> tuple[object, ...]:
        async with bot.store.read() as session:
            conversation = await session.get_one(Conversation, id_)
            row = (await session.scalars(select(InboxRow).where(InboxRow.conversation_id == id_))).one()
            lines = (await session.scalars(select(MessageRow).where(MessageRow.conversation_id == id_))).all()
            standing = (conversation.state, conversation.language, conversation.last_seq, conversation.revision)
            said = [(m.author, m.kind, m.text, m.seq, m.buttons, m.topics, m.sources) for m in lines]
            return *standing, row.kind, row.body, row.reply, row.error, row.set_aside_at, said

    one, other = await arrives(bot), await arrives(bot)
    at_once = await says(bot, one, "goedendag")
    first = await bot.gateway.answer(await bot.gateway.accept(bot.text(other, "goedendag", "web")))
    assert at_once == first
    assert await left(one) == await left(other)


async def test_one_that_comes_again_gets_the_first_answer(bot: Bot) -> None:
    incoming = bot.text(await arrives(bot), "hello", "web")
    answered = await bot.gateway.reply_to(incoming)
    await says(bot, incoming.address, "something else")
    assert await bot.gateway.reply_to(incoming) == answered
    assert await bot.gateway.reply_to(dataclasses.replace(incoming, again=True)) == answered
    assert await bot.gateway.answer(await bot.gateway.accept(incoming)) == answered
    assert len(bot.dialogue.seen) == 2


async def test_the_same_many_times_at_once_in_two_processes_is_one(bot: Bot) -> None:
    """Their locks do not know of each other: only the database keeps them apart."""
    other, incoming = Bot(bot.store), bot.text(await arrives(bot), "hello", "web")
    replies = await asyncio.gather(*(b.gateway.reply_to(incoming) for b in (bot, other) for _ in range(10)))
    assert len({(r.messages[0].seq, r.messages[0].text) for r in replies}) == 1
    assert len(await rows(bot)) == 1


async def test_two_processes_at_once_on_one_conversation_lose_and_double_nothing(bot: Bot) -> None:
    other, id_ = Bot(bot.store), await arrives(bot)
    updates = [bot.text(id_, f"n{n}", "web") for n in range(20)]
    replies = await asyncio.gather(*((bot, other)[n % 2].gateway.reply_to(u) for n, u in enumerate(updates)))
    assert [r.messages[0].text for r in replies] == [f"echo n{n}" for n in range(20)]
    assert sorted(r.messages[0].seq for r in replies) == list(range(1, 21))


async def test_what_another_process_changed_meanwhile_is_looked_at_again(bot: Bot) -> None:
    id_ = await arrives(bot)
    parse, once = bot.interpreter.parse, [True]

    async def slowly(text: str, language: str) -> object:
        if once:
            once.pop()
            async with bot.store.write() as session:
                changed = update(Conversation).values(revision=Conversation.revision + 1, last_seq=7)
                await session.execute(changed)
        return await parse(text, language)  # type: ignore[arg-type]

    bot.interpreter.parse = slowly  # type: ignore[assignment, method-assign]
    assert [(m.seq, m.text) for m in (await says(bot, id_, "hello")).messages] == [(8, "echo hello")]
    assert [line[1] for line in await told(bot)] == ["person", "assistant"]


async def test_what_waits_in_the_conversation_goes_first(bot: Bot) -> None:
    id_ = await arrives(bot)
    await bot.gateway.accept(bot.text(id_, "first", "web"))
    reply = await says(bot, id_, "second")
    assert [e.text for e in bot.dialogue.seen] == ["first", "second"]
    assert [(m.seq, m.text) for m in reply.messages] == [(2, "echo second")]


@pytest.mark.parametrize("text", ["/submit", "human", "/delete", "/move"])
async def test_what_does_more_than_talk_is_taken_in_first(bot: Bot, commits: Commits, text: str) -> None:
    id_ = await arrives(bot)
    commits.count = 0
    assert (await says(bot, id_, text)).messages
    assert commits.count >= TRANSACTIONS["taken in first"]
    assert len(await rows(bot)) == 1


async def test_after_an_intake_its_status_is_known(bot: Bot) -> None:
    id_ = await arrives(bot)
    reference = (await says(bot, id_, "/submit")).reference
    await says(bot, id_, "hello")
    assert [i.reference for i in bot.dialogue.seen[-1].intakes] == [reference]


async def test_what_is_said_to_a_coordinator_is_passed_on(bot: Bot) -> None:
    id_ = await arrives(bot)
    await says(bot, id_, "/submit")
    async with bot.store.read() as session:
        handoff = (await session.scalars(select(HandoffRow))).one()
    await bot.gateway.coordinate(Coordination("slack", "E1", "claim", "U1", "Lien", handoff_id=handoff.id))
    reply = await says(bot, id_, "are you there?")
    assert (reply.owner, reply.messages) == ("coordinator", ())


async def test_a_failing_one_is_stored_counted_and_told(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    id_ = await arrives(bot)
    bot.dialogue.poison = "kaput"
    with pytest.raises(RequestError, match="could not answer"):
        await says(bot, id_, "kaput")
    assert [(row.attempts, row.handled_at) for row in await rows(bot)] == [(1, None)]
    assert "could not be answered at once" in caplog.text
    assert "kaput" not in caplog.text


async def test_one_that_cannot_be_written_is_stored_and_counted(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    unheard_of = Message("answer", "what?", topics=(object(),))  # type: ignore[arg-type]
    monkeypatch.setattr(bot.dialogue, "step", lambda state, _: Step(state, [Say(unheard_of)]))
    with pytest.raises(RequestError, match="could not answer"):
        await says(bot, await arrives(bot), "hello")
    assert [(row.attempts, row.handled_at) for row in await rows(bot)] == [(1, None)]


async def test_what_its_process_dies_of_is_stored_when_it_comes_again(bot: Bot) -> None:
    incoming = bot.text(await arrives(bot), "kills", "web")
    bot.dialogue.deadly = "kills"
    with pytest.raises(KeyboardInterrupt):  # like SIGKILL, it lets no handler write anything down
        await bot.gateway.reply_to(incoming)
    assert await rows(bot) == []
    with pytest.raises(KeyboardInterrupt):
        await bot.gateway.reply_to(dataclasses.replace(incoming, again=True))
    assert [row.handled_at for row in await rows(bot)] == [None]


async def test_a_conversation_that_was_never_opened_is_refused(bot: Bot) -> None:
    with pytest.raises(RequestError) as refused:
        await says(bot, "9b2f5c1e-0000-4000-8000-000000000000", "hi")
    assert refused.value.status == 404
