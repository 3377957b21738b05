"""Several answers in one message: "We are AquaLixi from Mechelen, mail jan@aqualixi.be".

Only what is sure is taken: a name by a pattern or because it was asked for, the rest by what the text names.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

from dialogues.forms import Form, Slot
from dialogues.phrases import normal, weight
from dialogues.scene import Scene
from dialogues.slots import Given, exact, options, read
from nlu.types import Entity

A_DESCRIPTION = 60
"""Weight from which a sentence says enough of a solution or a need to be its description."""
LONGEST_NAME = 6
"""Words up to which what comes first is the name that was asked for: "AquaLixi, Mechelen, jan@aqualixi.be"."""
FORMS: tuple[Literal["proposal", "need"], ...] = ("proposal", "need")
_BREAK = re.compile(r"[,，;；。\n]|[.!?！？](?:\s|$)|(?<=[\u4e00-\u9fff])、")
_SENTENCES = re.compile(r"(?<=[.!?。！？])\s*|\n")


def mine(scene: Scene, form: Form, text: str, asked: Slot | None = None) -> dict[str, Any]:
    """The answers that a text surely holds, by slot id; `asked` is the slot whose question was put."""
    found: dict[str, Any] = {}
    rest = text
    for slot in form.slots:
        if slot.type in ("name", "person") and (match := _named(scene, slot, rest)):
            found[slot.id], (start, end) = match
            rest = rest[:start] + " " * (end - start) + rest[end:]
    entities = [e for e in scene.understanding.entities if rest[e.start : e.end] == e.text]
    parts = list(_parts(rest))
    asks_name = asked is not None and asked.type in ("name", "person") and asked.id not in found
    told = parts[1:] if asks_name else parts
    for slot in form.slots:
        value = _value(scene, slot, rest, entities, told)
        if value and slot.id not in found:
            found[slot.id] = value
    untouched = told and parts[0] == next(_parts(text))
    if asked is not None and asks_name and found and untouched and not _only_opens(scene, parts[0][1]):
        given = read(scene, asked, parts[0][1])
        if isinstance(given, Given) and len(given.value.split()) <= LONGEST_NAME:
            found = _owner_of_address(scene, form, found, told) | found | {asked.id: given.value}
    return found


def _owner_of_address(scene: Scene, form: Form, found: dict[str, Any], parts: list[tuple[int, str]]) -> dict[str, Any]:
    """The person whose name the address beside it begins with: "AquaLixi, Jan Peeters, jan@aqualixi.be"."""
    addresses = [str(found[slot.id]) for slot in form.slots if slot.type == "email" and slot.id in found]
    held = {word for address in addresses for word in re.split(r"[\W\d_]+", address.split("@")[0].lower()) if word}
    for slot in form.slots:
        names = [part for _, part in parts if "@" not in part and held & set(normal(part).split())]
        if slot.type == "person" and len(names) == 1 and 1 < len(names[0].split()) <= LONGEST_NAME:
            given = read(scene, slot, names[0])
            return {slot.id: given.value} if isinstance(given, Given) else {}
    return {}


def wished(scene: Scene, text: str) -> Literal["proposal", "need"] | None:
    """The form that a text asks for in so many words, or that the engine is sure it asks for."""
    understanding = scene.understanding
    if understanding.question:
        return None
    for kind in FORMS:
        if _says(scene, f"wish_{kind}", text):
            return kind
    first = understanding.intents[0].name if understanding.intents and understanding.verdict == "sure" else ""
    return next((kind for kind in FORMS if first == f"action:{kind}"), None)


def _says(scene: Scene, key: str, text: str) -> bool:
    return next(scene.world.patterns.search(key, text), None) is not None


def introduces(form: Form, found: dict[str, Any]) -> bool:
    """Whether somebody gives a name and an address: who does so wants to be written down."""
    types = {slot.type for slot in form.slots if slot.id in found}
    return "email" in types and "name" in types


def _only_opens(scene: Scene, clause: str) -> bool:
    """ "Hello, …", "well, …": a clause that leads to what follows and names nobody."""
    return scene.command(clause) is not None or normal(clause) in scene.world.patterns.words("no_name")


def _named(scene: Scene, slot: Slot, text: str) -> tuple[str, tuple[int, int]] | None:
    for match in scene.world.patterns.search(slot.type, text):
        plain, never = normal(match["name"]), scene.world.patterns.words("no_name")
        if plain in never or plain.split()[0] in never:
            continue
        given = read(scene, slot, match["name"].strip(" .,"))
        if isinstance(given, Given):
            return given.value, match.span("name")
    return None


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The clauses of a text with their places."""
    start = 0
    for stop in [*(m.start() for m in _BREAK.finditer(text)), len(text)]:
        part = text[start:stop]
        plain = part.strip(" ,，;；。.!?！？、\n")
        if plain:
            yield start + part.index(plain), plain
        start = stop


def _value(scene: Scene, slot: Slot, text: str, entities: list[Entity], parts: list[tuple[int, str]]) -> Any:
    match slot.type:
        case "email":
            given = read(scene, slot, text)
            return given.value if isinstance(given, Given) else None
        case "choice" if slot.kind:
            return _place(scene, slot, text, entities) or _whole_part(scene, slot, parts)
        case "choice" if not slot.when:
            return _wished(scene, slot, text)
        case "choices":
            return _chosen(scene, slot, entities, parts)
        case "text" if not slot.optional:
            return _described(scene, slot, text)
        case _:
            return None


def _place(scene: Scene, slot: Slot, text: str, entities: list[Entity]) -> str | None:
    """A place behind words such as "from" and "based in"."""
    for entity in entities:
        if entity.type == slot.kind and _says(scene, "place", text[: entity.start]):
            return entity.value
    return None


def _wished(scene: Scene, slot: Slot, text: str) -> str | None:
    """The one option that the patterns under its own name find said: "together with two partners we want to …"."""
    sentences = [sentence for sentence in _SENTENCES.split(text) if not _says(scene, "denied", sentence)]
    said = {value for value in slot.options for sentence in sentences if _says(scene, value, sentence)}
    return said.pop() if len(said) == 1 else None


def _whole_part(scene: Scene, slot: Slot, parts: list[tuple[int, str]]) -> str | None:
    named = [v for _, part in parts for v in exact(scene, slot, part)]
    return named[0] if len(set(named)) == 1 else None


def _chosen(scene: Scene, slot: Slot, entities: list[Entity], parts: list[tuple[int, str]]) -> list[str] | None:
    """What a clause says somebody does, needs or wishes for, or what stands between two commas by itself."""
    keys = ("region_wish",) if slot.kind == "region" else ("offer", "need")
    values: list[str] = []
    for start, part in parts:
        values += exact(scene, slot, part)
        if any(_says(scene, key, part) for key in keys):
            inside = [e for e in entities if start <= e.start and e.end <= start + len(part)]
            values += [e.value for e in inside if e.type == slot.kind]
    return [v for v in options(scene, slot) if v in values] or None


def _described(scene: Scene, slot: Slot, text: str) -> str | None:
    """The sentence that says what somebody does or needs, if it is long enough to tell something."""
    key = "need" if slot.id == "need" else "offer"
    for sentence in _SENTENCES.split(text):
        clauses = [m[0].strip(" ,，") for m in scene.world.patterns.search(key, sentence)]
        if clauses and weight(clauses[0]) >= A_DESCRIPTION and "@" not in clauses[0]:
            return clauses[0]
    return None
