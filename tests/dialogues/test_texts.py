"""The texts: the same in every language, and nothing that the code says is missing."""

import ast
import re
from dataclasses import replace
from importlib.resources import files
from inspect import getsource
from pathlib import Path
from typing import Any, get_args

import pytest

from bot import ports
from bot.coordination import STATUSES
from dialogues import digressing, filling, slots, typing_in_form
from dialogues.actions import ACTIONS
from dialogues.asking import ask, fields, review
from dialogues.phrases import HELPERS
from dialogues.scene import Scene
from dialogues.slots import options
from dialogues.state import Draft, State
from dialogues.texts import Texts, Voice, base_language
from nlu.types import SERVED, LanguageCode
from tests.dialogues.talk import PROPOSAL, Talk, at, dialogue, knowledge, payloads, scene, written

WORLD = dialogue().world
CATALOGUES = WORLD.texts.by_language
SLOTS = [(form.kind, slot) for form in WORLD.forms.values() for slot in form.slots]
DETAILS = (
    "sticker",
    "voice",
    "video",
    "location",
    "contact",
    "file_type",
    "file_too_large",
    "file_empty",
    "file_lost",
    "other",
)


def placeholders(text: object) -> set[str]:
    return set(re.findall(r"{(\w*)}", str(text)))


@pytest.mark.parametrize("code", ["nl", "zh"])
def test_every_language_has_the_keys_of_english(code: str) -> None:
    def compared(catalogue: Any) -> set[str]:
        return {key for key in catalogue if not key.startswith("option_words.")}

    assert compared(CATALOGUES[code]) == compared(CATALOGUES["en"])


def test_the_knowledge_base_and_the_texts_speak_the_same_languages() -> None:
    assert set(CATALOGUES) == set(knowledge().languages) == {base_language(code) for code in SERVED}


@pytest.mark.parametrize("code", ["nl", "zh"])
def test_placeholders_are_the_same(code: str) -> None:
    for key, text in CATALOGUES["en"].items():
        if isinstance(text, str):
            assert placeholders(CATALOGUES[code][key]) == placeholders(text), key


def test_no_text_is_empty() -> None:
    for code, catalogue in CATALOGUES.items():
        for key, text in catalogue.items():
            assert text if isinstance(text, list) else str(text).strip(), (code, key)


@pytest.mark.parametrize(("kind", "slot"), SLOTS, ids=[f"{k}.{s.id}" for k, s in SLOTS])
def test_every_slot_has_its_words(kind: str, slot: Any) -> None:
    parts = ["label", "ask"] if slot.type == "review" else ["label", "ask", "why", "example", "words"]
    for catalogue in CATALOGUES.values():
        for part in parts:
            assert catalogue[f"form.{kind}.{slot.id}.{part}"]


def test_every_option_has_a_name() -> None:
    for code in SERVED:
        voice = Voice(WORLD.texts, WORLD.kb, code)
        for _, slot in SLOTS:
            for value in options(scene(), slot):
                assert voice.name(value)


def test_every_command_steers_somewhere() -> None:
    """Each command of the phrases does something, and each action can be said in every language."""
    spoken = {c for _, c in written_commands()}
    answers = {"affirm", "agree", "deny", "refuse", "none", "all"}
    for command in spoken - answers:
        assert command in ACTIONS or command.startswith(("language:", "smalltalk:")), command
    for action in ACTIONS:
        if action.startswith("command:"):
            assert {code for code, c in written_commands() if c == action} == {"en", "nl", "zh"}, action


def written_commands() -> set[tuple[str, str]]:
    return {(code, command) for code, command in written() if command not in HELPERS}


def test_every_status_of_an_intake_has_words() -> None:
    for catalogue in CATALOGUES.values():
        assert {f"status.{s}" for s in STATUSES} == {k for k in catalogue if k.startswith("status.")}


def test_every_unsupported_thing_has_words() -> None:
    assert all(detail in str(ports.Incoming.__doc__) for detail in DETAILS)
    for catalogue in CATALOGUES.values():
        assert {f"event.unsupported.{d}" for d in DETAILS} == {k for k in catalogue if "unsupported." in k}


def test_every_problem_has_an_explanation() -> None:
    codes = problem_codes()
    assert len(codes) > 10
    for catalogue in CATALOGUES.values():
        assert {f"form.problem.{code}" for code in codes} == {k for k in catalogue if k.startswith("form.problem.")}


def problem_codes() -> set[str]:
    source = "".join(map(getsource, (slots, filling, typing_in_form, digressing)))
    said = re.findall(r"Problem\((.*)\)|explain\(scene, (.*)\)", source)
    return {code for line in said for code in re.findall(r'"(\w+)"', "".join(line))}


def buttons_everywhere(code: LanguageCode) -> list[tuple[str, str]]:
    """Every button that a form, a topic or an action can show."""
    shown: list[tuple[str, str]] = []
    for kind, slot in SLOTS:
        slots = {s.id: PROPOSAL.get(s.id, "x") for s in WORLD.forms[kind].slots if s.id not in ("review", slot.id)}
        slots |= {"province": "province:antwerp", "region": "region:hebei", "collaboration_mode": "consortium"}
        slots |= {"consortium_role": "lead", "challenges": ["challenge:hydrogen"]}
        slots.pop("review", None)
        draft = Draft(kind=kind, slots=slots, awaiting=slot.id, history=list(slots))
        for show in (ask, fields):
            draft.selected = [options(scene(), slot)[0]] if slot.type == "choices" else []
            table = in_language(code, draft)
            show(table)
            shown += [(b.title, b.payload) for m in table.messages for b in m.buttons]
    for topic in knowledge().topics.values():
        talk = Talk(code).press(topic.id)
        shown += [(b.title, b.payload) for m in talk.said for b in m.buttons]
    for action in ACTIONS:
        talk = Talk(code, form=at("solution")).press(action)
        shown += [(b.title, b.payload) for m in talk.said for b in m.buttons]
    return shown


def in_language(code: LanguageCode, draft: Draft) -> Scene:
    return replace(scene(), state=State(language=code, form=draft))


@pytest.mark.parametrize("code", get_args(LanguageCode))
def test_buttons_are_short(code: LanguageCode) -> None:
    shown = buttons_everywhere(code)
    assert len({p for _, p in shown}) > 60
    for title, payload in shown:
        assert len(title) <= 40, title
        assert len(payload.encode()) <= 64, payload


@pytest.mark.parametrize("code", get_args(LanguageCode))
def test_buttons_of_one_message_can_be_told_apart(code: LanguageCode) -> None:
    for slot in ("challenges", "preferred_regions", "province", "review"):
        table = in_language(code, at(slot))
        (review if slot == "review" else ask)(table)
        names = [b.title for b in table.messages[0].buttons]
        assert len(set(names)) == len(names)


def test_traditional_characters_are_for_our_words_alone() -> None:
    voice = Voice(WORLD.texts, WORLD.kb, "zh-Hant")
    assert voice.say("form.now", value="发动机") == "您目前的回答：发动机".replace("当", "當")
    assert voice.say("form.review") == "請核對您的回答，都正確嗎？"
    assert voice.name("region:guangdong") == "廣東"


def test_an_unknown_key_is_told() -> None:
    with pytest.raises(KeyError):
        Voice(WORLD.texts, WORLD.kb, "en").say("no.such.text")


def test_texts_of_a_folder_are_read(tmp_path: Any) -> None:
    (tmp_path / "fr.yml").write_text("hello:\n  you: Bonjour {name}\nlist: [un, deux]\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("not a text", encoding="utf-8")
    texts = Texts.load(tmp_path)
    assert texts.by_language == {"fr": {"hello.you": "Bonjour {name}", "list": ["un", "deux"]}}


def test_greeting_offers_what_exists() -> None:
    for code in SERVED:
        assert payloads(Talk(code).press("command:start").last)[:2] == ["programme:overview", "regions"]


SOURCES = [*Path(str(files("dialogues"))).glob("*.py"), *Path(str(files("bot"))).glob("*.py")]
SPOKEN = re.compile(r"""(?:say|notice|items|Notices?|_notices)\(\s*(f?)"([^"]+)\"""")


def literals() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every string of the code that could be a text's key: as it stands, and with its gaps as a pattern."""
    plain, gapped = set(), set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values]
                gapped.add("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(node.value)
    return plain, [re.compile(p) for p in gapped if not p.startswith(".+")]


def test_every_text_that_the_code_says_exists() -> None:
    spoken = [(f, key) for path in SOURCES for f, key in SPOKEN.findall(path.read_text(encoding="utf-8"))]
    keys = [key for formatted, key in spoken if not formatted and "." in key]
    assert len(keys) > 30
    for key in keys:
        assert key in CATALOGUES["en"], key
    for name in ACTIONS:
        if name.startswith(("form:", "erase:")):
            assert f"button.{name}" in CATALOGUES["en"], name


def test_every_text_is_said_somewhere() -> None:
    plain, gapped = literals()
    named = {f"button.{n}" for n in ACTIONS} | {t.replace(":", ".") for t in knowledge().topics}
    for key in CATALOGUES["en"].keys() - named - plain:
        known = key.removeprefix("button.") in plain or any(p.fullmatch(key) for p in gapped)
        assert known, f"{key} is said nowhere"
