"""Additions and withdrawals: stored, told in the thread, and only for one's own intakes."""

from bot import intakes
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot
from tests.bot.test_coordination import Coordinator, handoffs, intake


async def test_an_addition_stands_in_the_history_and_in_the_thread(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    (reference,) = await bot.says("42", "/submit")
    await bot.says("42", f"/add {reference} We got ISO 14001.")
    history = (await intake(bot))["history"]
    assert [(e["event"], e["actor"], e["detail"]) for e in history][1:] == [("added", "person", "We got ISO 14001.")]
    await until(lambda: slack.kinds() == ["card", "transcript", "relay", "card_update"])
    (handoff,) = await handoffs(bot)
    assert slack.sent[2].thread == ("C1", "1700.1")
    assert slack.sent[2].body == {
        "handoff_id": handoff.id,
        "text": "We got ISO 14001.",
        "author": "person",
        "event": "added",
    }


async def test_a_withdrawal_is_told_and_final(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    (reference,) = await bot.says("42", "/submit")
    await bot.says("42", f"/withdraw {reference}")
    assert (await intake(bot))["status"] == "withdrawn"
    await until(lambda: slack.kinds() == ["card", "transcript", "relay", "card_update"])
    assert slack.sent[2].body["event"] == "withdrawn"
    assert slack.sent[3].body["intake"]["status"] == "withdrawn"
    await bot.says("42", f"/withdraw {reference}")
    await bot.says("42", f"/add {reference} too late")
    assert [e["event"] for e in (await intake(bot))["history"]] == ["received", "withdrawn"]


async def test_a_claim_leaves_a_withdrawn_intake_withdrawn(bot: Bot) -> None:
    (reference,) = await bot.says("42", "/submit")
    await bot.says("42", f"/withdraw {reference}")
    (handoff,) = await handoffs(bot)
    lien = Coordinator(bot)
    await lien.does("claim", handoff_id=handoff.id)
    assert (await intake(bot))["status"] == "withdrawn"
    await lien.does("release", handoff_id=handoff.id)
    assert (await intake(bot))["status"] == "withdrawn"


async def test_nobody_touches_a_strangers_intake(bot: Bot) -> None:
    (reference,) = await bot.says("42", "/submit")
    await bot.says("43", f"/withdraw {reference}")
    await bot.says("43", f"/add {reference} spam")
    shown = await intake(bot)
    assert shown["status"] == "received"
    assert [e["event"] for e in shown["history"]] == ["received"]


async def test_an_erasure_empties_what_was_added(bot: Bot) -> None:
    (reference,) = await bot.says("42", "/submit")
    await bot.says("42", f"/add {reference} Call 0470 12 34 56.")
    await bot.says("42", "/delete")
    async with bot.store.read() as session:
        shown = await intakes.show(session, reference)
    assert shown is not None
    assert "0470" not in str(shown)


async def test_two_companies_intakes_are_linked_on_both_sides_and_cards(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    (mine,) = await bot.says("42", "/submit")
    (theirs,) = await bot.says("43", "/submit")
    assert await bot.says("42", f"/link {mine} {theirs}") == ["linked"]
    assert await bot.says("42", f"/link {mine} {theirs}") == ["linked"]
    async with bot.store.read() as session:
        shown = [await intakes.show(session, r) for r in (mine, theirs)]
    assert [s["links"] for s in shown if s] == [[theirs], [mine]]
    await until(lambda: slack.kinds().count("card_update") == 2)
    updates = [d.body["intake"] for d in slack.sent if d.kind == "card_update"]
    assert {(i["reference"], *i["links"]) for i in updates} == {(mine, theirs), (theirs, mine)}
    await bot.says("42", "/delete")
    async with bot.store.read() as session:
        left = await intakes.show(session, theirs)
    assert left is not None
    assert left["slots"]


async def test_a_link_to_nothing_or_with_a_strangers_intake_is_not_kept(bot: Bot) -> None:
    (mine,) = await bot.says("42", "/submit")
    assert await bot.says("42", f"/link {mine} I2P-XXXXXX") == ["linked"]
    assert await bot.says("43", f"/link {mine} {mine}") == ["linked"]
    assert (await intake(bot))["links"] == []
