"""In the middle of a form what is typed is the answer, and a real question is a question: the issue's ≥ 95 %."""

from pathlib import Path

import pytest
import yaml

from dialogues.effects import Say
from dialogues.engine import Dialogue
from dialogues.events import Event
from dialogues.forms import Form
from dialogues.state import Draft, State
from nlu.types import LanguageCode
from tests.dialogues.talk import PROPOSAL, START, dialogue
from tests.engines import real_engines

SET = yaml.safe_load((Path(__file__).parent / "data" / "answers_and_questions.yml").read_text(encoding="utf-8"))
CODES: dict[str, LanguageCode] = {"en": "en", "nl": "nl", "zh": "zh-Hans"}
NEED = {"organisation": "华清环保", "region": "region:hebei", "need": "我们需要减少废水排放。", "scale": None}
ENOUGH = 0.95


def draft_at(slot: str, language: str) -> Draft:
    """A form that has come to a slot: the need in Chinese, unless only the proposal has it."""
    forms = dialogue().world.forms
    kind = "need" if language == "zh" and any(s.id == slot for s in forms["need"].slots) else "proposal"
    form: Form = forms[kind]
    given = {**PROPOSAL, **NEED}
    names = [s.id for s in form.applicable(given)]
    before = {name: given[name] for name in names[: names.index(slot)]}
    return Draft(kind=form.kind, slots=before, awaiting=slot, history=list(before))


async def taken_for(slot: str, text: str, language: str) -> tuple[str, str]:
    """What a text was taken for, and the first thing said: an answer is kept, a question is none and no mistake."""
    engines = real_engines()
    code = CODES[language]
    heard = await engines.interpreter.parse(text, code)
    state = State(language=code, disclosed=True, form=draft_at(slot, language))
    conversing: Dialogue = engines.dialogue
    step = conversing.step(state, Event("text", START, text=text, understanding=heard))
    said = [f"[{e.message.kind}] {e.message.text}" for e in step.effects if isinstance(e, Say)]
    draft = step.state.form
    if draft is None or slot in draft.slots:
        return "answers", said[0]
    return "mistakes" if draft.failures else "questions", said[0]


@pytest.mark.parametrize("wanted", ["answers", "questions"])
async def test_answers_are_kept_and_questions_answered(wanted: str) -> None:
    lines = [(language, slot, text) for language, pairs in SET[wanted].items() for slot, text in pairs]
    assert len(lines) == 60
    wrong = []
    for language, slot, text in lines:
        taken, said = await taken_for(slot, text, language)
        if taken != wanted:
            wrong.append(f"{language} {slot}: {text} → {taken}: {said}")
    assert 1 - len(wrong) / len(lines) >= ENOUGH, "\n".join(["", *wrong])
