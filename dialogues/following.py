"""Follow-ups: short texts that lean on the topic before."""

from dialogues import answers
from dialogues.pairing import LISTS, described_challenge, pair
from dialogues.phrases import weight
from dialogues.scene import Scene
from knowledge.model import Topic

SHORT = 40
"""Weight of a text (see `weight`) up to which it can be a follow-up on the topic before."""
MOSTLY = 0.4
"""Part of a text from which the figure or date asked for is all that it says: "how many inhabitants?"."""

OWN = answers.FIGURES | {"partner", "location", "cooperation"}
"""What is asked of one topic by itself, whatever was talked about before: "and since when is Hebei a partner?"."""


def follow_up(scene: Scene, text: str) -> bool:
    """ "And since when?", "and in Hebei?", "what about the others?": a short text that leans on the topic before."""
    state, understanding, phrases = scene.state, scene.understanding, scene.world.phrases
    if state.topic is None or state.topic not in scene.kb or weight(text) > SHORT:
        return False
    subject = scene.kb.topic(state.topic)
    if f"{subject.kind}s" in LISTS and phrases.asks_for_others(text):
        answers.topic(scene, f"{subject.kind}s")
        return True
    named = [v for t in ("region", "province", "challenge", "domain") for v in understanding.values(t)]
    attributes = understanding.values("attribute")
    if not named and understanding.verdict == "sure" and phrases.points_back(text):
        named = [c for c in [described_challenge(scene)] if c is not None]
    if not named and attributes and (phrases.leans(text) or answers.asked(subject, attributes)):
        points_back = phrases.points_back(text) and answers.asked(subject, attributes)
        if _in_no_source(scene, subject) or (not points_back and _says_more_than_attribute(scene)):
            return False
        answers.topic(scene, subject.id, attributes)
        return True
    if len(named) == 1 and (phrases.leans(text) or phrases.points_back(text)):
        if OWN.intersection(attributes) and answers.asked(scene.kb.topic(named[0]), attributes):
            return False
        return pair(scene, subject.id, named[0])
    return not named and (_figure(scene, subject, text) or _only_points(scene, subject, text))


def _figure(scene: Scene, subject: Topic, text: str) -> bool:
    """ "How many people live there?" where no source tells it: the answer is about the topic all the same."""
    asked = [e for e in scene.understanding.entities if e.type == "attribute" and e.value in answers.FIGURES]
    if subject.kind not in answers.FACTUAL or scene.understanding.verdict == "sure" or not asked:
        return False
    if not scene.world.phrases.points_back(text) and weight(asked[0].text) < MOSTLY * weight(text):
        return False
    answers.topic(scene, subject.id, [asked[0].value])
    return True


def _only_points(scene: Scene, subject: Topic, text: str) -> bool:
    """ "And there?": nothing but words that point back."""
    if subject.kind not in answers.FACTUAL or not scene.world.phrases.only_points(text):
        return False
    answers.ask_what(scene, subject)
    return True


def _in_no_source(scene: Scene, subject: Topic) -> bool:
    """Sure of a question that no source answers, unless a figure or date is asked for that the topic has."""
    understanding = scene.understanding
    nowhere = understanding.intents and understanding.intents[0].name.startswith("unknown:")
    if understanding.verdict != "sure" or not nowhere:
        return False
    return not any(subject.fact(a) for a in answers.FIGURES.intersection(understanding.values("attribute")))


def _says_more_than_attribute(scene: Scene) -> bool:
    """Sure of a topic of its own kind: then the text asks about that, not about the one before."""
    understanding = scene.understanding
    if understanding.verdict != "sure" or not understanding.intents:
        return False
    first = understanding.intents[0].name
    if first in (scene.state.topic, "out-of-scope"):
        return False
    return first in LISTS or first.startswith(("programme:", "action:", "assistant:"))
