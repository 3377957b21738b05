"""From an intake or a wish for a person to a coordinator who answers."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from bot import intakes, references
from bot.coordination import STATUSES
from bot.errors import RequestError
from bot.ports import Coordination, CoordinationKind, Incoming, Reply
from bot.references import ALPHABET, draw
from bot.store.models import Conversation, HandoffRow, OutboxRow
from dialogues.texts import Texts
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import EMAIL, SLOTS, Bot


class Coordinator:
    def __init__(self, bot: Bot, name: str = "Lien") -> None:
        self.bot = bot
        self.name = name
        self.count = 0

    async def does(self, kind: CoordinationKind, id_: str | None = None, **what: Any) -> None:
        self.count += 1
        action = Coordination("slack", id_ or f"{self.name}{self.count}", kind, f"U-{self.name}", self.name, **what)
        await self.bot.gateway.coordinate(action)


async def handoffs(bot: Bot) -> list[HandoffRow]:
    async with bot.store.read() as session:
        return list((await session.scalars(select(HandoffRow).order_by(HandoffRow.created_at))).all())


async def intake(bot: Bot) -> dict[str, Any]:
    async with bot.store.read() as session:
        (found,) = await intakes.list_intakes(session)
        return found


async def state_of(bot: Bot, address: str = "42") -> Reply:
    id_ = await bot.gateway.conversation_id("telegram", address)
    assert id_
    return await bot.gateway.messages_after(id_, 0)


async def test_an_intake_is_stored_matched_and_shown_in_slack(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    await bot.says("42", "goedendag")
    (reference,) = await bot.says("42", "/submit")
    await until(lambda: len(slack.sent) == 2)
    card, transcript = slack.sent
    assert card.address == ""
    assert card.body["reason"] == "intake"
    assert card.body["conversation"] == {"language": "nl", "channel": "telegram"}
    assert card.body["intake"] == await intake(bot)
    assert card.body["claimed_by"] is None
    assert transcript.thread == ("C1", "1700.1")
    assert [(line["author"], line["text"]) for line in transcript.body["lines"]] == [
        ("person", "goedendag"),
        ("assistant", "echo goedendag"),
        ("person", "/submit"),
        ("assistant", reference),
    ]
    assert bot.matcher.asked == [
        (["challenge:industrial-water"], f"membranes, ask {EMAIL} two plants", ["region:chongqing"])
    ]


async def test_an_intake_as_the_contract_writes_it(bot: Bot) -> None:
    (reference,) = await bot.says("42", "/submit")
    shown = await intake(bot)
    assert {k: shown[k] for k in ("reference", "kind", "slots", "language", "channel", "status")} == {
        "reference": reference,
        "kind": "proposal",
        "slots": SLOTS,
        "language": "en",
        "channel": "telegram",
        "status": "received",
    }
    assert shown["match"]["regions"][0]["region"] == "region:chongqing"
    assert [(h["event"], h["actor"]) for h in shown["history"]] == [("received", "person")]
    async with bot.store.read() as session:
        assert await intakes.show(session, f" {reference.lower()} ") == shown
        assert await intakes.show(session, "I2P-NOSUCH") is None


async def test_the_person_sees_the_status_of_their_intake(bot: Bot) -> None:
    await bot.says("42", "/submit")
    (handoff,) = await handoffs(bot)
    await Coordinator(bot).does("claim", handoff_id=handoff.id)
    await bot.says("42", "status?")
    (seen,) = bot.dialogue.seen[-1].intakes
    assert (seen.kind, seen.status, seen.claimed_by) == ("proposal", "claimed", "Lien")


async def test_claim_reply_release(bot: Bot, deliver: Deliver) -> None:
    slack, telegram = Noting("slack"), Noting("telegram")
    await deliver(bot, slack)
    await deliver(bot, telegram)
    await bot.says("42", "goedendag")
    await bot.says("42", "/submit")
    await until(lambda: len(slack.sent) == 2)
    (handoff,) = await handoffs(bot)
    lien = Coordinator(bot)

    await lien.does("claim", handoff_id=handoff.id)
    await until(lambda: "coordinator_joined(Lien) nl" in telegram.texts())
    assert (await state_of(bot)).owner == "coordinator"
    assert (await intake(bot))["status"] == "claimed"
    await until(lambda: slack.kinds()[-1:] == ["card_update"])
    assert (slack.sent[-1].body["claimed_by"], slack.sent[-1].thread) == ("Lien", ("C1", "1700.1"))

    await lien.does("reply", thread=("C1", "1700.1"), text="Can we call?")
    await until(lambda: "Can we call?" in telegram.texts())
    assert telegram.sent[-1].body["author"] == "coordinator"

    assert await bot.says("42", "Tomorrow at ten") == []
    await until(lambda: slack.kinds()[-1:] == ["relay"])
    assert slack.sent[-1].body == {"handoff_id": handoff.id, "text": "Tomorrow at ten", "author": "person"}
    assert slack.sent[-1].thread == ("C1", "1700.1")
    assert "Tomorrow at ten" not in bot.interpreter.parsed

    await lien.does("release", handoff_id=handoff.id)
    await until(lambda: "coordinator_left(Lien) nl" in telegram.texts())
    assert (await state_of(bot)).owner == "assistant"
    assert await bot.says("42", "and now?") == ["echo and now?"]
    events = [(h["event"], h["actor"]) for h in (await intake(bot))["history"]]
    assert events == [("received", "person"), ("claimed", "Lien"), ("replied", "Lien"), ("released", "Lien")]


async def test_a_redelivered_action_changes_nothing(bot: Bot) -> None:
    await bot.says("42", "/submit")
    (handoff,) = await handoffs(bot)
    lien = Coordinator(bot)
    for _ in range(3):
        await lien.does("claim", "envelope-1", handoff_id=handoff.id)
    joined = [m.text for m in (await state_of(bot)).messages if "joined" in m.text]
    assert joined == ["coordinator_joined(Lien) en"]


async def test_the_first_who_claims_has_it(bot: Bot) -> None:
    await bot.says("42", "/submit")
    (handoff,) = await handoffs(bot)
    await Coordinator(bot, "Lien").does("claim", handoff_id=handoff.id)
    await Coordinator(bot, "Bart").does("claim", handoff_id=handoff.id)
    assert [h.claimed_by_name for h in await handoffs(bot)] == ["Lien"]
    assert not any("Bart" in m.text for m in (await state_of(bot)).messages)


async def test_a_status_is_set_and_shown(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    await bot.says("42", "/submit")
    (handoff,) = await handoffs(bot)
    await Coordinator(bot).does("status", handoff_id=handoff.id, text="closed")
    await until(lambda: slack.kinds()[-1:] == ["card_update"])
    assert slack.sent[-1].body["intake"]["status"] == "closed"
    await Coordinator(bot, "Bart").does("status", handoff_id=handoff.id, text="a word nobody knows")
    assert (await intake(bot))["status"] == "closed"


async def test_what_changes_nothing_in_the_conversation_counts_as_a_change_of_it(bot: Bot) -> None:
    async def revision() -> int:
        async with bot.store.read() as session:
            return (await session.scalars(select(Conversation.revision))).one()

    await bot.says("42", "/submit")
    (handoff,) = await handoffs(bot)
    before = await revision()
    await Coordinator(bot).does("status", handoff_id=handoff.id, text="closed")
    assert await revision() == before + 1, "a process that looked before would handle it a second time"


def test_the_dialogue_has_words_for_every_status() -> None:
    for tree in Texts.load().by_language.values():
        assert {k.removeprefix("status.") for k in tree if k.startswith("status.")} == STATUSES


@pytest.mark.parametrize(
    "what", [{"thread": ("C1", "9.9")}, {"handoff_id": "nobody"}, {}], ids=["thread", "handoff", "nothing"]
)
async def test_what_concerns_no_handoff_is_ignored(bot: Bot, what: dict[str, Any]) -> None:
    await bot.says("42", "/submit")
    await Coordinator(bot).does("reply", text="hello?", **what)
    assert [m.kind for m in (await state_of(bot)).messages] == ["notice"]


async def test_a_reply_under_a_card_that_is_still_under_way_comes_again(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    slack.hold = asyncio.Event()
    await deliver(bot, slack)
    await bot.says("42", "/submit")
    await until(lambda: slack.tried)
    lien = Coordinator(bot)
    with pytest.raises(RequestError, match="still being delivered"):
        await lien.does("reply", "Ev1", thread=("C1", "1700.1"), text="Can we call?")

    slack.hold.set()
    await until(lambda: "transcript" in slack.kinds())
    await lien.does("reply", "Ev1", thread=("C1", "1700.1"), text="Can we call?")
    assert "Can we call?" in [m.text for m in (await state_of(bot)).messages]


async def test_a_wish_for_a_person_opens_one_thread(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    await bot.says("42", "hello")
    await bot.says("42", "human")
    await bot.says("42", "human")
    await until(lambda: len(slack.sent) == 3)
    assert slack.kinds() == ["card", "transcript", "relay"]
    assert (slack.sent[0].body["reason"], slack.sent[0].body["text"]) == ("person", "human")
    assert slack.sent[0].body["intake"] is None
    assert (await state_of(bot)).owner == "assistant"


async def test_a_claim_silences_the_assistants_waiting_answers_and_not_its_notices(bot: Bot, deliver: Deliver) -> None:
    await bot.says("42", "hello")
    (reference,) = await bot.says("42", "/submit")
    (handoff,) = await handoffs(bot)
    await Coordinator(bot).does("claim", handoff_id=handoff.id)
    telegram = Noting("telegram")
    await deliver(bot, telegram)
    await until(lambda: len(telegram.sent) == 2)
    assert telegram.texts() == [reference, "coordinator_joined(Lien) en"]
    async with bot.store.read() as session:
        statuses = await session.scalars(
            select(OutboxRow.status).where(OutboxRow.lane == "telegram").order_by(OutboxRow.position)
        )
        assert statuses.first() == "cancelled"


async def test_a_photo_is_mentioned_to_the_coordinator(bot: Bot, deliver: Deliver) -> None:
    await bot.says("42", "/submit")
    (handoff,) = await handoffs(bot)
    await Coordinator(bot).does("claim", handoff_id=handoff.id)
    photo = Incoming("telegram", "42", "p1", "unsupported", text="our plant", detail="photo")
    await bot.gateway.answer(await bot.gateway.accept(photo))
    slack = Noting("slack")
    await deliver(bot, slack)
    await until(lambda: slack.kinds()[-1:] == ["relay"])
    assert slack.sent[-1].body["text"] == "[photo] our plant"


@pytest.mark.parametrize("sign", ["=", "＝"])
async def test_a_table_for_a_spreadsheet_holds_no_formula(bot: Bot, sign: str) -> None:
    await bot.says("42", "/submit")
    shown = await intake(bot)
    shown["slots"]["company_name"] = f"{sign}HYPERLINK(1)"
    head, line = intakes.as_csv([shown]).splitlines()
    assert head.startswith("reference,kind,status,language,channel,created_at,suggested_region,company_name")
    assert f",region:chongqing,'{sign}HYPERLINK(1)," in line


async def test_a_reference_that_is_taken_is_drawn_again(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["I2P-AAAAAA", "I2P-AAAAAA", "I2P-BBBBBB"])
    monkeypatch.setattr(references, "draw", lambda: next(drawn))
    assert await bot.says("42", "/submit") == ["I2P-AAAAAA"]
    assert await bot.says("43", "/submit") == ["I2P-BBBBBB"]


def test_references_cannot_be_misread() -> None:
    drawn = {draw() for _ in range(500)}
    assert len(drawn) > 490  # of 34 million, so two alike are rare but happen
    assert all(r.startswith("I2P-") and len(r) == 10 and set(r[4:]) <= set(ALPHABET) for r in drawn)
    assert not set(ALPHABET) & set("0O1ILUV2Z5S8B")
