"""Carrying out what the dialogue decided, within one transaction."""

from bot import afterwards, attachments, erasure, handoffs, moving, unanswered
from bot.exporting import person_data
from bot.turn import Decision
from bot.unit import PULLED, Unit
from dialogues.effects import (
    Add,
    Effect,
    Enclose,
    Erase,
    Export,
    HandOff,
    IssueCode,
    Link,
    MissCode,
    Rate,
    Say,
    Submit,
    TakeOver,
    Withdraw,
)
from dialogues.state import State


async def carry_out(unit: Unit, kind: str, decision: Decision) -> None:
    """Write the transcript, the new state and the effects.

    An erasure comes first, so that only what is said in the same step outlives it.
    """
    state = decision.state
    unit.language = state.language or state.hint or unit.language
    unit.hear(kind, decision.heard)
    effects = decision.effects
    if any(isinstance(e, Erase) for e in effects):
        await erasure.erase_all(unit)
        state = State(language=state.language, language_chosen=state.language_chosen, hint=state.hint)
    for effect in effects:
        await _carry(unit, effect, decision)
    if decision.note:
        await unanswered.keep(unit, decision.note)
    if not effects and unit.conversation.owner == "coordinator":
        await _pass_on(unit, decision)
    stored = state.model_dump(mode="json")
    await attachments.drop_left(unit, stored, decision.attachment.id if decision.attachment else None)
    unit.conversation.state = stored
    unit.conversation.language = unit.language


async def _carry(unit: Unit, effect: Effect, decision: Decision) -> None:
    match effect:
        case Say(message):
            unit.say(message)
        case Submit():
            await handoffs.submit(unit, effect, decision.match or {"regions": []})
        case HandOff(text):
            await handoffs.ask_for_person(unit, text)
        case Export() if unit.conversation.channel not in PULLED:
            await unit.flush()
            export = await person_data(unit.session, unit.conversation)
            body = {"filename": export.filename, "content": export.content.decode()}
            unit.send(unit.conversation.channel, "export", body)
        case Add(reference, text):
            await afterwards.add(unit, reference, text)
        case Enclose(reference, files):
            await afterwards.enclose(unit, reference, files)
        case Withdraw(reference):
            await afterwards.withdraw(unit, reference)
        case Link(reference, other):
            await afterwards.link(unit, reference, other)
        case IssueCode(code):
            await moving.issue(unit, code)
        case MissCode():
            await moving.miss(unit)
        case TakeOver(code, farewell) if decision.brought:
            await moving.take_over(unit, decision.brought, code, farewell)
        case Rate(seq, helpful=True) if unit.conversation.owner == "assistant":
            await unanswered.withdraw(unit, seq)
        case _:
            pass


async def _pass_on(unit: Unit, decision: Decision) -> None:
    handoff = await handoffs.owner_of(unit)
    if handoff and decision.heard:
        handoffs.relay(unit, handoff.id, decision.heard)
        if decision.attachment:
            await attachments.assign(unit.session, [decision.attachment.id], handoff.id)
            await attachments.send(unit, [decision.attachment.id], handoff.id)
