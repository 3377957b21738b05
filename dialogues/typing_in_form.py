"""A text while a form is open: an answer, a command, a correction, or a question in between.

In a free-text slot what is typed is the answer, unless it is surely something else.
"""

import re

from dialogues import actions, answers, asking, correcting, filling, mining, pressing
from dialogues.asking import open_draft
from dialogues.conversing import candidates, found, perform
from dialogues.forms import Slot
from dialogues.messages import Button
from dialogues.phrases import normal, reads_like_a_name, weight
from dialogues.scene import Scene
from dialogues.slots import Given, Problem, options, read
from dialogues.state import Doubt

A_QUESTION = 200
"""Weight beyond which a text in a free-text slot is an answer, whatever its form."""
A_COMMAND = 60
"""Weight beyond which a text is no command."""
_LEAD_IN = re.compile(r"[^?？]{2,40}[:：]\s*\S")
""" "Who uses it: …" goes on to tell."""
A_NAME = 20
"""Weight up to which a text only names something."""
PLACES = ("region", "province")
ANSWERS = ("affirm", "agree", "deny", "refuse")
OPTIONAL_NONE = ("none", "command:skip", "deny", "refuse")


def hear(scene: Scene, text: str) -> None:
    """Take a typed text as what it most likely is."""
    _, _, slot = open_draft(scene)
    if not any(c.isalnum() for c in text) and not (slot.optional and _is(scene, text, OPTIONAL_NONE)):
        return asking.explain(scene, "empty")
    if _typed_control(scene, text) or _left(scene, text) or _phrase(scene, slot, text):
        return None
    if correcting.correct(scene, text) or _several(scene, slot, text):
        return None
    if _question(scene, slot, text) or _command(scene, slot, text):
        return None
    return _answer(scene, slot, text)


def _left(scene: Scene, text: str) -> bool:
    """ "Never mind" where an answer was about to be changed: it stays as it is."""
    draft, _, _ = open_draft(scene)
    if not filling.editing(draft) or not _is(scene, text, ("command:cancel", "deny")):
        return False
    filling.leave(scene)
    return True


def _several(scene: Scene, slot: Slot, text: str) -> bool:
    """Answers to several questions in one message; a question beside them is answered as well."""
    draft, form, _ = open_draft(scene)
    if slot.type in ("text", "consent", "review") or not scene.understanding.text:
        return False
    held = mining.mine(scene, form, text, slot)
    new = {name: value for name, value in held.items() if name not in draft.slots}
    ahead = [form.slot(name) for name in new if name != slot.id]
    if not ahead or (len(new) < 2 and ahead[0].type != "email"):
        return False
    if (
        slot.id not in new
        and slot.type in ("choice", "choices")
        and isinstance(given := read(scene, slot, text), Given)
    ):
        new[slot.id] = given.value
    noted = filling.keep_several(scene, new)
    _, _, asked = open_draft(scene)
    if scene.understanding.question and scene.understanding.verdict == "sure":
        scene.say("form", noted)
        if _question(scene, asked, text):
            return True
    asking.ask(scene, noted)
    return True


def _is(scene: Scene, text: str, commands: tuple[str, ...]) -> bool:
    plain = text.strip()
    return (plain in ("-", "–", "—", "/", "x", "X") and "none" in commands) or (
        scene.world.phrases.command(text) in commands
    )


def _typed_control(scene: Scene, text: str) -> bool:
    """The title of a button on the open question, typed."""
    _, _, slot = open_draft(scene)
    plain = normal(text)
    for choice in scene.state.offered:
        answers_it = choice.payload.startswith("slot:") or choice.payload in options(scene, slot)
        if plain and plain == normal(choice.title) and not answers_it:
            pressing.press(scene, choice.payload)
            return True
    return False


def _phrase(scene: Scene, slot: Slot, text: str) -> bool:
    """A text that is a command as a whole."""
    command = scene.world.phrases.command(text)
    if slot.optional and _is(scene, text, OPTIONAL_NONE):
        filling.skip(scene)
        return True
    if command is None or command in ("none", "all", "affirm", "agree", "deny", "refuse"):
        return False
    if command == "command:done" and slot.type == "review":
        return False
    pressing.press(scene, command)
    return True


def _question(scene: Scene, slot: Slot, text: str) -> bool:
    """A question by its form, on a topic the engine is sure of; it is answered and the slot asked again."""
    understanding = scene.understanding
    first = understanding.intents[0].name if understanding.intents else ""
    if not understanding.question or weight(text) > A_QUESTION or (slot.type == "text" and not _asks(text)):
        return False
    if slot.type in ("name", "person") and reads_like_a_name(text):
        return False
    if understanding.verdict == "sure" and first != "out-of-scope" and not first.startswith("command:"):
        _adopt_language(scene)
        _answer_question(scene, first)
        return True
    if (understanding.verdict == "sure" and first.startswith("command:")) or not _surely_asks(scene, slot, text):
        return False
    readings = candidates(scene)
    if understanding.verdict == "foreign":
        answers.decline(scene)
    elif not found(scene, readings):
        answers.clarify(scene, readings) if readings else answers.decline(scene)
    asking.ask(scene, scene.voice.say("form.again"))
    return True


def _asks(text: str) -> bool:
    """A description may well open with "how": only a question mark or a short text makes it a question."""
    plain = text.rstrip()
    return plain.endswith(("?", "？")) or (weight(plain) <= A_COMMAND and not _LEAD_IN.match(plain))


def _surely_asks(scene: Scene, slot: Slot, text: str) -> bool:
    """A question that cannot be the answer: a name is none, and neither is a description that only asks."""
    if slot.type in ("name", "person"):
        return True
    return slot.type == "text" or not isinstance(read(scene, slot, text), Given)


def _answer_question(scene: Scene, first: str) -> None:
    regions, challenges = scene.understanding.values("region"), scene.understanding.values("challenge")
    if len(regions) == 1 and challenges and first.startswith(("region", "challenge")):
        answers.tie(scene, regions[0], challenges[0])
    elif first in actions.ACTIONS:
        return pressing.act(scene, first)
    else:
        perform(scene, first)
        if scene.messages and scene.messages[-1].kind == "form":
            return None
    return asking.ask(scene, scene.voice.say("form.again"))


def _command(scene: Scene, slot: Slot, text: str) -> bool:
    """A wish the engine is sure of: a person, stopping, erasing. Longer texts are answers."""
    understanding = scene.understanding
    if understanding.verdict != "sure" or not understanding.intents or weight(text) > A_COMMAND:
        return False
    first = understanding.intents[0].name
    if scene.world.phrases.command(text) in ANSWERS and slot.type in ("consent", "review"):
        return False
    if slot.type == "email" and isinstance(read(scene, slot, text), Given):
        return False
    if first in ("command:affirm", "command:deny") or not first.startswith(("command:", "action:", "smalltalk:")):
        return False
    may_be_a_name = reads_like_a_name(text) or not first.startswith(("command:", "action:human", "action:language"))
    if slot.type in ("name", "person") and may_be_a_name:
        return False
    if first in ("action:proposal", "action:need"):
        return False
    pressing.act(scene, first)
    return True


def _answer(scene: Scene, slot: Slot, text: str) -> None:
    given = read(scene, slot, text)
    if isinstance(given, Problem):
        return _no_answer(scene, slot, given)
    if slot.type == "review":
        return filling.submit(scene) if given.value else asking.fields(scene)
    if slot.type == "choices":
        return filling.choose(scene, slot, given.value)
    return _accept(scene, slot, given)


def _accept(scene: Scene, slot: Slot, given: Given) -> None:
    """Keep the answer; if it may have been a question, a button takes it back."""
    understanding = scene.understanding
    topics = [i.name for i in understanding.intents if i.name in scene.kb and scene.kb.topic(i.name).facts]
    if slot.type != "text" or not understanding.question or not topics:
        return filling.accept(scene, slot, given.value)
    button = Button(scene.voice.say("button.doubt:question"), "doubt:question")
    filling.accept(scene, slot, given.value, scene.voice.say("form.kept_as_answer"), [button])
    scene.state.doubt = Doubt(slot=slot.id, topic=topics[0])
    return None


def _no_answer(scene: Scene, slot: Slot, problem: Problem) -> None:
    """A topic the engine is sure of is answered even without a question mark; the rest is explained.

    A place that is no option is no wish to hear about it.
    """
    understanding = scene.understanding
    first = understanding.intents[0].name if understanding.intents else ""
    names_a_place = first.split(":")[0] in PLACES and slot.kind in PLACES and weight(scene.event.text) <= A_NAME
    if names_a_place and not understanding.question:
        return asking.explain(scene, problem.code)
    if understanding.verdict == "sure" and first in scene.kb and first != "out-of-scope" and not slot.free:
        return _answer_question(scene, first)
    return asking.explain(scene, problem.code)


def _adopt_language(scene: Scene) -> None:
    if scene.event.detection is not None and not scene.state.language_chosen:
        scene.state.language = scene.event.detection.language
