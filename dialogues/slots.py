"""Reading an answer: what a slot takes from a text, or what is wrong with it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from dialogues.forms import Slot
from dialogues.phrases import normal, weight
from dialogues.scene import Scene
from nlu.types import Understanding

OTHER_PROVINCE = "province:other"
_ADDRESS = re.compile(r"[^\s<>(),;:\"]+@[^\s<>(),;:\"]+")
_ADDRESS_IN_HAN = re.compile(r"[^\s<>(),;:\"“”\u3000-\u9fff\uff00-\uffef]+@[^\s<>(),;:\"“”\u3000-\u9fff\uff00-\uffef]+")
"""An address right behind Chinese words, which are no part of it."""
_SENTENCE = re.compile(r"[?!？！。;；，]|\w{5,}\.\s|[\u4e00-\u9fff]{12}")
"""What no person's name has. A point may stand behind an initial or a title, a name in Chinese is short."""
_LETTER = re.compile(r"[^\W\d_]", re.UNICODE)
_DIGITS_ALONE = re.compile(r"[\d\s/&+.-]*\d[\d\s/&+.-]*")
PERSON_WORDS = 6
NEAR = 86
"""Similarity (0..100) from which a misspelt option is taken for the option."""


@dataclass(frozen=True, slots=True)
class Given:
    """A valid answer."""

    value: Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is no answer; `code` names the explanation in the texts."""

    code: str


def options(scene: Scene, slot: Slot) -> list[str]:
    """The values that a choice offers, in the order shown."""
    if slot.kind:
        return [t.id for t in scene.kb.of_kind(slot.kind)]
    return list(slot.options)


def exact(scene: Scene, slot: Slot, text: str) -> list[str]:
    """The options that a text names and nothing else."""
    plain = normal(text)
    named = {e.value for e in scene.understanding.entities if e.type == slot.kind and normal(e.text) == plain}
    return [v for v in options(scene, slot) if v in named or (plain and plain in scene.world.titles.of_option(v))]


def read(scene: Scene, slot: Slot, text: str) -> Given | Problem:
    """Take the slot's answer from a text."""
    match slot.type:
        case "name" | "person":
            return _name(scene, slot, text)
        case "email":
            return _email(text)
        case "text":
            return _long_text(scene, slot, text)
        case "choice":
            found = _chosen(scene, slot, text)
            return Given(found[0]) if len(found) == 1 else Problem("several" if found else "choice")
        case "choices":
            found = _chosen(scene, slot, text)
            return Given([v for v in options(scene, slot) if v in found]) if found else Problem("choices")
        case "consent" | "review":
            return _yes_or_no(scene, slot, text)


def spelled_out(scene: Scene, slot: Slot, text: str) -> bool:
    """Whether a text is nothing but names or numbers of options."""
    parts = [text[start:end] for start, end in scene.world.patterns.between("joint", text)]
    return all(exact(scene, slot, part) or _by_place(scene, part, options(scene, slot)) for part in parts)


def _yes_or_no(scene: Scene, slot: Slot, text: str) -> Given | Problem:
    command = scene.command(text)
    if command in ("affirm", "agree") or (command == "command:done" and slot.type == "review"):
        return Given(True)
    if command in ("deny", "refuse"):
        return Given(False)
    return Problem("yes_or_no")


def _name(scene: Scene, slot: Slot, text: str) -> Given | Problem:
    name = _introduced(scene, slot, " ".join(text.split()))
    if scene.command(text) == "none":
        return Problem("needed")
    if not _LETTER.search(name):
        return Problem("no_letters")
    if len(name) > slot.longest:
        return Problem("too_long")
    if _ADDRESS.search(name):
        return Problem("email_as_name")
    if slot.type == "person" and _names_a_place(scene, name):
        return Problem("sentence")
    if slot.type == "person" and next(scene.world.patterns.whole("titled", name), None) is not None:
        return Given(name)
    if slot.type == "person" and (len(name.split()) > PERSON_WORDS or _SENTENCE.search(name)):
        return Problem("sentence")
    if slot.type == "person" and scene.command(text) is not None:
        return Problem("sentence")
    return Given(name)


def _names_a_place(scene: Scene, name: str) -> bool:
    """A town, a district or a firm in Chinese, which no person is called; in Latin script they may be."""
    named = any(e.type in ("region", "province") and e.text == name for e in scene.understanding.entities)
    is_han = any("\u4e00" <= c <= "\u9fff" for c in name)
    return is_han and (named or next(scene.world.patterns.whole("no_person", name), None) is not None)


def _introduced(scene: Scene, slot: Slot, text: str) -> str:
    """The name behind "my name is …"."""
    found = next(scene.world.patterns.whole(f"introduced_{slot.type}", text), None)
    return found["name"].strip(" .,;，。；") if found else text.strip()


def _email(text: str) -> Given | Problem:
    plain = unicodedata.normalize("NFKC", text)
    found = _ADDRESS_IN_HAN.findall(plain) or _ADDRESS.findall(plain)
    found = list(dict.fromkeys(address.strip(".'!?。，！？、/") for address in found))
    if not found:
        return Problem("no_email")
    if len(found) > 1:
        return Problem("several_emails")
    # Imported at the first address: it takes longer to load than the whole dialogue.
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(found[0], check_deliverability=False)
    except EmailNotValidError:
        return Problem("email")
    return Given(checked.normalized)


def _long_text(scene: Scene, slot: Slot, text: str) -> Given | Problem:
    answer = text.strip()
    if not _LETTER.search(answer):
        return Problem("no_letters")
    if len(answer) > slot.longest:
        return Problem("too_long")
    enough = weight(answer) >= slot.shortest and scene.command(text) is None
    return Given(answer) if enough else Problem("too_short")


def _chosen(scene: Scene, slot: Slot, text: str) -> list[str]:
    """The options that a text names: by place, by name, by an entity, by a near miss, by its meaning."""
    values = options(scene, slot)
    plain = normal(text)
    if scene.command(text) == "all" and slot.type == "choices":
        return values
    if excluded := _excluded(scene, plain, values):
        left = [v for v in values if v not in excluded]
        return left if len(left) == 1 else []
    return (
        _by_place(scene, text, values)
        or _by_name(scene, slot, plain, values)
        or _by_near_miss(scene, plain, values)
        or _by_intent(slot, values, scene.understanding)
    )


def _by_place(scene: Scene, text: str, values: list[str]) -> list[str]:
    """Options by their number, if the text is nothing but numbers and what people put around them."""
    places = re.findall(r"\d+", text) if _DIGITS_ALONE.fullmatch(normal(text)) else _counted(scene, text)
    picked = [_at(values, int(p)) for p in places]
    return [v for v in picked if v] if all(picked) else []


def _excluded(scene: Scene, plain: str, values: list[str]) -> list[str]:
    """ "Not alone", "all but hydrogen": what is named is not what is chosen."""
    excepting = scene.world.titles.words("list.except")
    if not any(words in plain for words in excepting):
        return []
    words = "|".join(sorted(excepting))

    def behind_except(value: str) -> bool:
        named = "|".join(re.escape(title) for title in scene.world.titles.of_option(value) if title)
        return re.search(rf"(?:{words})\s?(?:\w+ )?(?:{named})", plain) is not None

    return [v for v in values if behind_except(v)]


def _at(values: list[str], place: int) -> str | None:
    """The option at a place, counted from 1; -1 is the last one."""
    if place == -1:
        return values[-1]
    return values[place - 1] if 0 < place <= len(values) else None


def _counted(scene: Scene, text: str) -> list[str]:
    """Numbers and ordinals in words, unless the text says more than them."""
    rest, places = text, []
    # The value of a correction is only a part of what was understood: its spans do not fit.
    understood = scene.understanding.entities if scene.understanding.text == text else ()
    for entity in sorted(understood, key=lambda e: e.start, reverse=True):
        if entity.type in ("ordinal", "number"):
            rest = f"{rest[: entity.start]} {rest[entity.end :]}"
            places.append(entity.value)
    places += re.findall(r"\d+", rest)
    if "第" in text:  # 第4个 is the fourth, 4个 is four of them
        rest = rest.replace("个", " ")
    said = set(normal(re.sub(r"\d+", " ", rest)).split())
    return places if said <= scene.world.titles.words("list.around") else []


def _by_name(scene: Scene, slot: Slot, plain: str, values: list[str]) -> list[str]:
    """Options by what they are called here, or under any name that the knowledge base has for them."""
    titles = scene.world.titles.of_option
    exact = [v for v in values if plain in titles(v)]
    if exact:
        return exact
    padded = f" {plain} "
    mentioned = scene.understanding.values(slot.kind or "")
    return [v for v in values if v in mentioned or any(_contains(padded, t) for t in titles(v) if t)]


def _contains(padded: str, title: str) -> bool:
    return title in padded if re.search(r"[\u4e00-\u9fff]", title) else f" {title} " in padded


def _by_near_miss(scene: Scene, plain: str, values: list[str]) -> list[str]:
    if len(plain) < 4:
        return []
    titles = {title: v for v in values for title in scene.world.titles.of_option(v)}
    best = process.extractOne(plain, titles.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
    return [titles[best[0]]] if best else []


def _by_intent(slot: Slot, values: list[str], understanding: Understanding) -> list[str]:
    """What the text is about, for who describes a challenge instead of naming it."""
    if slot.kind != "challenge" or understanding.verdict != "sure" or not understanding.intents:
        return []
    first = understanding.intents[0].name
    return [first] if first in values else []
