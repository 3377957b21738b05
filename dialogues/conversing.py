"""Free conversation: what a text asks for when no form is open."""

from dialogues import actions, answers, drafts, following, mining, pairing, pressing, remarking
from dialogues.phrases import normal
from dialogues.readings import candidates, in_no_source
from dialogues.scene import Scene
from nlu.types import Intent


def converse(scene: Scene, text: str) -> None:
    """Answer a text outside any form."""
    if not any(c.isalnum() for c in text):
        return scene.notice("event.empty", [scene.button("programme:overview"), scene.button(scene.usual_form)])
    if _typed_button(scene, text) or _phrase(scene, text) or remarking.hear(scene, text):
        return None
    if _foreign_language(scene) or _opening(scene, text):
        return None
    if following.follow_up(scene, text) or pairing.together(scene):
        return None
    return by_intent(scene)


def _opening(scene: Scene, text: str) -> bool:
    """A message that holds answers already: with a wish to send something in, or a name, an address and no question."""
    kind = mining.wished(scene, text)
    form = scene.world.forms[kind or scene.usual_kind]
    answers_held = mining.mine(scene, form, text)
    if kind is None and (scene.understanding.question or not mining.introduces(form, answers_held)):
        return False
    if kind is not None and next(scene.world.patterns.search("wish_person", text), None):
        actions.human(scene)
    drafts.open_with(scene, form.kind, answers_held)
    return True


def by_intent(scene: Scene) -> None:
    """Act on what the engine is sure of, offer what it is not, decline the rest."""
    understanding = scene.understanding
    readings = candidates(scene)
    if understanding.verdict == "foreign" or not understanding.intents:
        return answers.decline(scene)
    first = understanding.intents[0].name
    if understanding.verdict == "sure":
        return perform(scene, first)
    if nowhere := in_no_source(scene):
        return answers.unknown(scene, nowhere, [r for r in readings if not r.name.startswith("unknown:")])
    if found(scene, readings):
        return None
    if readings:
        return answers.clarify(scene, readings)
    return answers.decline(scene)


def found(scene: Scene, readings: list[Intent]) -> bool:
    """Answer from the search over facts if it is sure enough, with the other readings as buttons."""
    hits = scene.event.found
    if not hits or not hits[0].sure:
        return False
    return answers.found(scene, hits[0], [r.name for r in readings if r.name != hits[0].topic])


def perform(scene: Scene, name: str) -> None:
    """Act on an understood intent, with the attribute asked for."""
    if name in scene.kb and scene.kb.topic(name).facts:
        return answers.topic(scene, name, scene.understanding.values("attribute"))
    if name == "command:affirm" and scene.yes:
        return _yes(scene)
    if name == "command:why" and scene.state.form is None:
        return _why(scene)
    if name in ("command:affirm", "command:deny", "command:done"):
        return actions.what_next(scene)
    return pressing.act(scene, name)


def _typed_button(scene: Scene, text: str) -> bool:
    """A button's title or number, typed."""
    plain = normal(text)
    for choice in scene.state.offered:
        if plain and plain == normal(choice.title):
            pressing.press(scene, choice.payload)
            return True
    places = scene.understanding.values("ordinal")
    place = places[0] if len(places) == 1 else plain
    if place.isdigit() and len(place) < 3 and 0 < int(place) <= len(scene.state.offered):
        pressing.press(scene, scene.state.offered[int(place) - 1].payload)
        return True
    return False


def _phrase(scene: Scene, text: str) -> bool:
    command = scene.command(text)
    if command is None:
        return False
    if command == "command:why":
        _why(scene)
    elif command in ("affirm", "agree") and scene.yes:
        _yes(scene)
    elif scene.world.phrases.sends(text):
        pressing.press(scene, scene.usual_form)
    elif command in ("affirm", "agree", "deny", "refuse", "command:done", "none", "all"):
        actions.what_next(scene)
    else:
        pressing.press(scene, command)
    return True


def _why(scene: Scene) -> None:
    """ "Why?" after an answer: the reason that a source gives, or that none does. At first: what all this is for."""
    before = scene.state.topic
    if before is None or before not in scene.kb:
        answers.topic(scene, "programme:overview")
    elif answers.asked(scene.kb.topic(before), ["why"]):
        answers.topic(scene, before, ["why"])
    else:
        answers.unknown(scene, "unknown:other")


def _yes(scene: Scene) -> None:
    if scene.yes:
        pressing.press(scene, scene.yes)


def _foreign_language(scene: Scene) -> bool:
    """Another language gets a polite answer in English, with the choice."""
    detection = scene.event.detection
    if detection is None or detection.foreign is None:
        return False
    if not scene.state.language_chosen:
        scene.state.language = "en"
    scene.notice("event.foreign_language", actions.language_buttons(scene))
    return True
