"""States of every release before, from the very first on, are read; a form may have changed meanwhile."""

import json
from pathlib import Path
from typing import Any

import pytest

from dialogues.engine import Dialogue
from dialogues.events import Event
from dialogues.forms import Form, load_forms
from dialogues.migrations import MIGRATIONS, VERSION, upgrade
from dialogues.state import State, load_state
from tests.dialogues.talk import REFERENCE, START, Talk, at, knowledge, understood

FOLDER = Path(__file__).parent / "states"


def stored(version: int) -> dict[str, Any]:
    """A state as a release wrote it, with every field in use."""
    data: dict[str, Any] = json.loads((FOLDER / f"v{version}.json").read_text("utf-8"))
    return data


def test_there_is_a_state_of_each_version_before() -> None:
    assert sorted(f.stem for f in FOLDER.iterdir()) == sorted(f"v{n}" for n in range(1, VERSION))


@pytest.mark.parametrize("version", range(1, VERSION))
def test_a_state_of_any_version_is_read_and_goes_on(version: int) -> None:
    state = load_state(stored(version))
    assert state.version == VERSION
    assert state.form is not None
    talk = Talk()
    talk.state = state
    talk.text("An Peeters")
    assert talk.draft.slots == {"company_name": "AquaPura NV", "contact_name": "An Peeters"}
    assert talk.awaiting == "contact_email"


@pytest.mark.parametrize("version", range(1, VERSION))
def test_each_migration_gives_what_the_next_reads(version: int) -> None:
    data = stored(version)
    for migrate in MIGRATIONS[version - 1 :]:
        data = migrate(data)
    assert data | {"version": VERSION} == upgrade(stored(version))
    assert upgrade(upgrade(stored(version))) == upgrade(stored(version))


@pytest.mark.parametrize("version", [0, VERSION + 1, None, "1"])
def test_a_state_of_no_known_release_is_refused(version: object) -> None:
    with pytest.raises(ValueError, match="version"):
        load_state(State().model_dump() | {"version": version})


def changed(*, without: str = "") -> Dialogue:
    """A release whose proposal lacks a question."""
    forms = load_forms()
    data = forms["proposal"].model_dump()
    slots = [s for s in data["slots"] if s["id"] != without]
    return Dialogue(knowledge(), forms=forms | {"proposal": Form.model_validate(data | {"slots": slots})})


def step(dialogue: Dialogue, state: State, text: str) -> tuple[State, str]:
    event = Event("text", START, text=text, understanding=understood(text), reference=REFERENCE)
    done = dialogue.step(state, event)
    return done.state, " ".join(e.message.text for e in done.effects)  # type: ignore[union-attr]


def test_an_answer_to_a_question_that_is_gone_goes_quietly() -> None:
    state = State(language="en", disclosed=True, form=at("solution"))
    after, _ = step(changed(without="province"), state, "Our membranes take heavy metals out of mine water.")
    assert after.form is not None
    assert "province" not in after.form.slots
    assert "province" not in after.form.history
    assert after.form.awaiting == "track_record"


def test_when_the_open_question_is_gone_the_next_one_is_put_kindly() -> None:
    state = State(language="en", disclosed=True, form=at("province"))
    after, said = step(changed(without="province"), state, "Antwerp")
    assert after.form is not None
    assert after.form.awaiting == "challenges"
    assert "The form has changed" in said
    assert after.form.slots.keys() == {"company_name", "contact_name", "contact_email"}


def test_a_new_question_is_put_before_the_review_is_confirmed() -> None:
    form = at("review")
    del form.slots["track_record"]
    after, said = step(changed(), State(language="en", disclosed=True, form=form), "yes, send it in")
    assert after.form is not None
    assert after.form.awaiting == "track_record"
    assert "The form has changed" in said


def test_a_choice_that_is_no_longer_offered_is_asked_again() -> None:
    data = load_forms()["proposal"].model_dump()
    data["slots"] = [s | {"options": ("consortium",)} if s["id"] == "collaboration_mode" else s for s in data["slots"]]
    dialogue = Dialogue(knowledge(), forms=load_forms() | {"proposal": Form.model_validate(data)})
    after, _ = step(dialogue, State(language="en", disclosed=True, form=at("review")), "yes")
    assert after.form is not None
    assert after.form.awaiting == "collaboration_mode"


def test_a_draft_set_aside_is_fitted_too() -> None:
    state = State(language="en", disclosed=True, paused=at("province"))
    after, _ = step(changed(without="province"), state, "continue")
    assert after.form is not None
    assert after.form.awaiting == "challenges"
