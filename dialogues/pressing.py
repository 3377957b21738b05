"""Buttons: a topic's identifier opens it, anything else steers. What a button does can be typed as well."""

from dialogues import actions, afterwards, answers, asking, attaching, filling
from dialogues.scene import Scene
from dialogues.slots import options


def press(scene: Scene, payload: str) -> None:
    """Carry out a payload. One that means nothing any more is answered kindly."""
    state = scene.state
    state.confirming = state.adding = None
    head, _, rest = payload.partition(":")
    if state.form is not None and (_slot_value(scene, payload) or _raw_value(scene, payload)):
        return None
    if head == "language":
        return _language(scene, rest)
    if head == "edit" and state.form is not None:
        return filling.edit(scene, rest)
    if head == "remove" and attaching.remove(scene, rest):
        return None
    if payload == "doubt:question":
        return doubt(scene)
    if head == "intake" and afterwards.press(scene, rest):
        return None
    if head in ("slot", "edit", "intake", "remove"):
        return _stale(scene)
    return act(scene, payload)


def act(scene: Scene, name: str) -> None:
    """Do what an identifier, a command or a steering button stands for."""
    action = actions.ACTIONS.get(name)
    if action is not None:
        action(scene)
        if name in actions.QUIET_IN_FORM:
            _ask_again(scene)
    elif name.startswith("smalltalk:") and name in scene.kb:
        actions.small_talk(scene, name)
        if name == "smalltalk:goodbye" and scene.state.form is not None:
            actions.wait(scene)
        else:
            _ask_again(scene)
    elif name == "out-of-scope":
        answers.decline(scene)
        _ask_again(scene)
    elif name in scene.kb and scene.kb.topic(name).facts:
        answers.topic(scene, name)
        _ask_again(scene)
    else:
        _stale(scene)


def doubt(scene: Scene) -> None:
    """An answer was meant as a question after all: take it back, answer, ask again."""
    doubted, scene.state.doubt = scene.state.doubt, None
    draft = scene.state.form
    if doubted is None or draft is None or doubted.slot not in draft.slots:
        return _stale(scene)
    filling.take_back(scene, doubted.slot)
    return act(scene, doubted.topic)


def _slot_value(scene: Scene, payload: str) -> bool:
    """`slot:province=province:antwerp`, also from an older message of the same form."""
    if not payload.startswith("slot:"):
        return False
    draft, form, _ = asking.open_draft(scene)
    name, _, value = payload.removeprefix("slot:").partition("=")
    slot = next((s for s in form.applicable(draft.slots) if s.id == name), None)
    if slot is None or not _fill(scene, slot.id, value):
        asking.ask(scene, scene.voice.say("event.stale"))
    return True


def _raw_value(scene: Scene, payload: str) -> bool:
    """The bare value of an option of the open question."""
    _, _, slot = asking.open_draft(scene)
    return slot.type in ("choice", "choices") and payload in options(scene, slot) and _fill(scene, slot.id, payload)


def _fill(scene: Scene, name: str, value: str) -> bool:
    draft, form, _ = asking.open_draft(scene)
    slot = form.slot(name)
    if slot.type == "consent" and name == draft.awaiting and value in ("yes", "no"):
        filling.accept(scene, slot, value == "yes")
        return True
    if slot.type not in ("choice", "choices") or value not in options(scene, slot):
        return False
    if slot.type == "choices":
        if name != draft.awaiting:
            return False
        filling.toggle(scene, value)
        return True
    if name != draft.awaiting and name not in draft.slots:
        return False
    filling.accept(scene, slot, value)
    return True


def _language(scene: Scene, code: str) -> None:
    try:
        actions.switch_language(scene, code)
    except ValueError:
        actions.language(scene)
    _ask_again(scene)


def _stale(scene: Scene) -> None:
    scene.notice("event.stale")
    if scene.state.form is not None:
        asking.ask(scene)
    else:
        actions.greet(scene)


def _ask_again(scene: Scene) -> None:
    if scene.state.form is not None and scene.state.owner == "assistant":
        asking.ask_again(scene)
