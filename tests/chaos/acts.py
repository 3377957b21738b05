"""Whole conversations: a form with its files, its intake in Slack, and often a talk with a coordinator."""

from random import Random
from typing import Protocol

import httpx

from tests.chaos.chat import Chat
from tests.chaos.conversations import ON_TELEGRAM, ON_THE_WEB, Script
from tests.chaos.coordinator import Coordinator
from tests.chaos.history import Seen
from tests.chaos.stage import Stage
from tests.chaos.web import WebPerson

_COORDINATED = 0.6
"""The share of conversations that a coordinator claims."""
_NAMES = ("Anna", "u0anna")
"""What the coordinator is called: the second where Slack does not tell the first within a second."""


class _Person(Protocol):
    seen: Seen

    async def tells(self, *lines: str) -> None: ...

    async def sends(self, name: str) -> None: ...

    def sees(self, text: str) -> bool: ...


async def on_the_web(stage: Stage, number: int, client: httpx.AsyncClient) -> None:
    """Somebody fills a form in on the web."""
    random = Random(f"{stage.seed}:{number}")
    script, name = random.choice(ON_THE_WEB), _name(random)
    person = WebPerson(stage, random, client)
    try:
        await person.open(script.language)
        for line, awaiting in script.lines:
            await person.says(line.format(name=name), awaiting)
        if random.random() < _COORDINATED:
            await _coordinated(stage, person, script, number, name)
        await person.tells(*script.afterwards)
        await person.leave()
    finally:
        await person.close()
    _finished(stage, person.seen, "conversations on the web")


async def on_telegram(stage: Stage, number: int) -> None:
    """Somebody fills a form in on Telegram."""
    random = Random(f"{stage.seed}:{number}")
    script, name = random.choice(ON_TELEGRAM), _name(random)
    chat = Chat(stage, number, script.language)
    for line, _ in script.lines:
        await chat.says(line.format(name=name))
    chat.seen.reference = await stage.eventually(chat.reference, f"the reference in chat {chat.seen.address}")
    if random.random() < _COORDINATED:
        await _coordinated(stage, chat, script, number, name)
    await chat.asks(*script.afterwards)
    _finished(stage, chat.seen, "conversations on Telegram")


async def _coordinated(stage: Stage, person: _Person, script: Script, number: int, name: str) -> None:
    assert person.seen.reference
    coordinator = Coordinator(stage, person.seen.reference)
    await coordinator.press("claim")
    await stage.eventually(lambda: any(map(person.sees, _NAMES)), f"the coordinator in conversation {number}")
    for parts in (("first",), ("second", "third")):
        words = [f"The {part} word of Anna in conversation {number}." for part in parts]
        person.seen.words += words
        person.seen.at_once.append(words)
        await coordinator.writes(*words)
        for word in words:
            await stage.eventually(lambda word=word: person.sees(word), f"“{word}”")  # type: ignore[misc]
            stage.step("words of coordinators seen")
        lines = [f"{script.to_coordinator.format(name=name)} ({part})" for part in parts]
        person.seen.relayed += lines
        await person.tells(*lines)
        for line in lines:
            await coordinator.reads(line)
    await person.sends(file := f"{name} offer.pdf")
    await coordinator.receives(file)
    await coordinator.press("release")


def _finished(stage: Stage, seen: Seen, what: str) -> None:
    seen.finished = True
    stage.figures[what] += 1


def _name(random: Random) -> str:
    """A name that means nothing, and that no other conversation has."""
    return "".join(random.choice("BCDFGKLMNPRTVZ") + random.choice("aeiou") for _ in range(5))
