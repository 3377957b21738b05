"""A question, a wish or a topic in the middle of a form: served, then the open question is put again."""

import re

from dialogues import actions, answers, asking, pairing, pressing
from dialogues.conversing import found, perform
from dialogues.forms import Slot
from dialogues.phrases import reads_like_a_name, weight
from dialogues.readings import candidates
from dialogues.scene import Scene
from dialogues.slots import Given, Problem, read

A_QUESTION = 200
"""Weight beyond which a text in a free-text slot is an answer, whatever its form."""
A_COMMAND = 60
"""Weight beyond which a text is no command."""
_LEAD_IN = re.compile(r"[^?？]{2,40}[:：]\s*\S")
""" "Who uses it: …" goes on to tell."""
A_STATEMENT = 40
"""Weight from which what stands before a closing question is an answer by itself."""
_TOLD = re.compile(r"(.*[^.!?。！？].*[.!。！])\s*[^.!?。！？]+[?？]", re.DOTALL)
A_NAME = 20
"""Weight up to which a text only names something."""
PLACES = ("region", "province")
ADDRESSED = ("email", "several_emails")
"""Problems of an answer that was surely meant as one."""
ANSWERS = ("affirm", "agree", "deny", "refuse")


def question(scene: Scene, slot: Slot, text: str) -> bool:
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
    elif not pairing.together(scene) and not found(scene, readings):
        answers.clarify(scene, readings) if readings else answers.decline(scene)
    asking.ask_again(scene)
    return True


def _asks(text: str) -> bool:
    """A description may well open with "how": only a question mark or a short text makes it a question."""
    plain = text.rstrip()
    told = _TOLD.fullmatch(plain)
    if told and weight(told[1]) >= A_STATEMENT:
        return False
    return plain.endswith(("?", "？")) or (weight(plain) <= A_COMMAND and not _LEAD_IN.match(plain))


def _surely_asks(scene: Scene, slot: Slot, text: str) -> bool:
    """A question that cannot be the answer: a name is none, and neither is a description that only asks."""
    if slot.type in ("name", "person"):
        return True
    return slot.type == "text" or not isinstance(read(scene, slot, text), Given)


def _answer_question(scene: Scene, first: str) -> None:
    if first in actions.ACTIONS:
        return pressing.act(scene, first)
    if not (first.startswith(("region", "challenge")) and pairing.together(scene)):
        perform(scene, first)
        if scene.messages and scene.messages[-1].kind == "form":
            return None
    return asking.ask_again(scene)


def command(scene: Scene, slot: Slot, text: str) -> bool:
    """A wish the engine is sure of: a person, stopping, erasing. Longer texts are answers."""
    understanding = scene.understanding
    if understanding.verdict != "sure" or not understanding.intents or weight(text) > A_COMMAND:
        return False
    first = understanding.intents[0].name
    if scene.command(text) in ANSWERS and slot.type in ("consent", "review"):
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


def mistaken(scene: Scene, slot: Slot, problem: Problem) -> None:
    """A topic the engine is sure of is answered even without a question mark; the rest is explained.

    A place that is no option is no wish to hear about it.
    """
    understanding = scene.understanding
    first = understanding.intents[0].name if understanding.intents else ""
    names_a_place = first.split(":")[0] in PLACES and slot.kind in PLACES and weight(scene.event.text) <= A_NAME
    if problem.code in ADDRESSED or (names_a_place and not understanding.question):
        return asking.explain(scene, problem.code)
    if understanding.verdict == "sure" and first in scene.kb and first != "out-of-scope" and not slot.free:
        return _answer_question(scene, first)
    return asking.explain(scene, problem.code)


def _adopt_language(scene: Scene) -> None:
    if scene.event.detection is not None and not scene.state.language_chosen:
        scene.state.language = scene.event.detection.language
