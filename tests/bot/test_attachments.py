"""Files from the inbox to the coordinators: kept once, handed over with the intake, gone with the draft."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from bot import commands, intakes
from bot.errors import RequestError
from bot.ports import File, Incoming
from bot.retention import DRAFT_DAYS, purge
from bot.store.models import AttachmentRow
from dialogues.effects import Effect, Enclose, Say, Submit
from dialogues.events import Event
from dialogues.messages import Message
from dialogues.state import Draft, State, Waiting
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import SLOTS, Bot, Scripted
from tests.files import EXECUTABLE, PDF

CHAT = "4711"


class Keeping(Scripted):
    """Keeps files with a draft, which `/submit` hands in, `/later` sets aside and `/discard` throws away."""

    def _effects(self, state: State, event: Event) -> list[Effect]:
        if event.attachment and event.text == "later":
            state.waiting = Waiting(files=[event.attachment], at=event.now)
            return [Say(Message("notice", "waits"))]
        if event.text.startswith("/enclose ") and state.waiting:
            files, state.waiting = tuple(f.id for f in state.waiting.files), None
            return [Enclose(event.text.removeprefix("/enclose "), files), Say(Message("notice", "enclosed"))]
        if event.attachment and state.owner == "assistant" and event.text != "not this":
            state.form = state.form or Draft(kind="proposal", awaiting="solution")
            state.form.attachments.append(event.attachment)
            return [Say(Message("notice", "kept"))]
        if event.text == "/submit" and state.form:
            ids = tuple(a.id for a in state.form.attachments)
            state.form, state.reference = None, event.reference
            return [Say(Message("notice", event.reference)), Submit("proposal", event.reference, SLOTS, ids)]
        if event.text == "/later" and state.form:
            state.paused, state.form = state.form, None
            state.paused.paused_at = event.now
        if event.text == "/discard":
            state.form = None
        return super()._effects(state, event)


@pytest.fixture
def keeping(bot: Bot) -> Bot:
    bot.dialogue = Keeping()
    bot.turn.engines = replace(bot.turn.engines, dialogue=bot.dialogue)
    return bot


def sent(name: str = "Brochure.pdf", content: bytes = PDF, text: str = "", id_: str = "f1") -> Incoming:
    return Incoming("telegram", CHAT, id_, "attachment", text=text, file=File(name, content))


async def sends(bot: Bot, incoming: Incoming) -> list[str]:
    return [m.text for m in (await bot.gateway.answer(await bot.gateway.accept(incoming))).messages]


async def stored(bot: Bot) -> int:
    async with bot.store.read() as session:
        return await session.scalar(select(func.count()).select_from(AttachmentRow)) or 0


async def test_a_file_goes_with_its_intake(keeping: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(keeping, slack)
    assert await sends(keeping, sent()) == ["kept"]
    assert await sends(keeping, sent()) == ["kept"], "a redelivery gets the same answer"
    assert await stored(keeping) == 1
    [reference] = await keeping.says(CHAT, "/submit")
    async with keeping.store.read() as session:
        intake = await intakes.show(session, reference)
    assert intake is not None
    listed = [{"name": "Brochure.pdf", "type": "application/pdf", "size": len(PDF)}]
    assert intake["attachments"] == listed
    await until(lambda: slack.kinds() == ["card", "transcript", "file"])
    file = slack.sent[-1]
    assert (file.content, file.thread, file.body["name"]) == (PDF, ("C1", "1700.1"), "Brochure.pdf")
    assert "📎 Brochure.pdf" in str(slack.sent[1].body)
    conversation = await keeping.gateway.conversation_id("telegram", CHAT)
    assert conversation is not None
    assert b"Brochure.pdf" in (await keeping.gateway.export(conversation)).content


async def test_a_file_after_submission_goes_into_the_thread(keeping: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(keeping, slack)
    await sends(keeping, sent())
    [reference] = await keeping.says(CHAT, "/submit")
    await sends(keeping, sent("Plan.pdf", text="later", id_="f2"))
    assert await keeping.says(CHAT, f"/enclose {reference}") == ["enclosed"]
    async with keeping.store.read() as session:
        intake = await intakes.show(session, reference)
    assert intake is not None
    assert [file["name"] for file in intake["attachments"]] == ["Brochure.pdf", "Plan.pdf"]
    assert [(e["event"], e["actor"], e["detail"]) for e in intake["history"]][1:] == [("added", "person", "Plan.pdf")]
    await until(lambda: slack.kinds() == ["card", "transcript", "file", "relay", "card_update", "file"])
    assert (slack.sent[3].body["event"], slack.sent[3].body["text"]) == ("added", "Plan.pdf")
    assert (slack.sent[-1].body["name"], slack.sent[-1].thread) == ("Plan.pdf", ("C1", "1700.1"))
    await keeping.says(CHAT, "/delete")
    assert await stored(keeping) == 0


async def test_nobody_adds_a_file_to_a_strangers_intake(keeping: Bot) -> None:
    await sends(keeping, sent())
    [reference] = await keeping.says(CHAT, "/submit")
    stranger = replace(sent("Spam.pdf", text="later", id_="f2"), address="4712")
    await sends(keeping, stranger)
    await keeping.says("4712", f"/enclose {reference}")
    async with keeping.store.read() as session:
        intake = await intakes.show(session, reference)
    assert intake is not None
    assert [file["name"] for file in intake["attachments"]] == ["Brochure.pdf"]
    assert await stored(keeping) == 1


async def test_a_file_of_which_nothing_is_said_goes_after_a_while(keeping: Bot) -> None:
    await sends(keeping, sent(text="later"))
    later = keeping.clock.now + timedelta(days=DRAFT_DAYS, hours=-1)
    await purge(keeping.store, keeping.turn.kb, keeping.signals, 365, later)
    assert await stored(keeping) == 1
    await purge(keeping.store, keeping.turn.kb, keeping.signals, 365, later + timedelta(hours=2))
    assert await stored(keeping) == 0


@pytest.mark.parametrize("over", ["/discard", "/delete"])
async def test_a_file_goes_when_its_draft_goes(keeping: Bot, over: str) -> None:
    await sends(keeping, sent())
    await keeping.says(CHAT, "hello")
    assert await stored(keeping) == 1
    await keeping.says(CHAT, over)
    assert await stored(keeping) == 0


async def test_an_erased_intake_has_no_files(keeping: Bot) -> None:
    await sends(keeping, sent())
    [reference] = await keeping.says(CHAT, "/submit")
    await keeping.says(CHAT, "/delete")
    assert await stored(keeping) == 0
    async with keeping.store.read() as session:
        kept = await intakes.show(session, reference)
    assert kept is not None
    assert kept["attachments"] == []


async def test_what_is_not_kept_is_not_stored(keeping: Bot) -> None:
    await sends(keeping, sent(text="not this"))
    assert await stored(keeping) == 0


async def test_a_file_that_is_not_taken_reaches_no_inbox(keeping: Bot) -> None:
    with pytest.raises(RequestError) as caught:
        await keeping.gateway.accept(sent("offer.pdf", EXECUTABLE))
    assert caught.value.status == 415
    assert await keeping.gateway.conversation_id("telegram", CHAT) is None


async def test_old_drafts_go_with_their_files(keeping: Bot) -> None:
    await sends(keeping, sent())
    await keeping.says(CHAT, "/later")
    later = keeping.clock.now + timedelta(days=DRAFT_DAYS, hours=-1)
    await purge(keeping.store, keeping.turn.kb, keeping.signals, 365, later)
    assert await stored(keeping) == 1
    await purge(keeping.store, keeping.turn.kb, keeping.signals, 365, later + timedelta(hours=2))
    assert await stored(keeping) == 0


async def test_files_are_written_for_coordinators_without_slack(
    sqlite_bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_bot.turn.engines = replace(sqlite_bot.turn.engines, dialogue=Keeping())
    await sends(sqlite_bot, sent())
    [reference] = await sqlite_bot.says(CHAT, "/submit")
    monkeypatch.setenv("I2PCC_DATA_DIR", str(tmp_path / "data"))
    runner = CliRunner()
    done = await asyncio.to_thread(runner.invoke, commands.app, ["intakes", "files", reference, str(tmp_path / "out")])
    assert "1 files written" in done.output
    [file] = (tmp_path / "out").iterdir()
    assert file.name.endswith("-Brochure.pdf")
    assert file.read_bytes() == PDF
