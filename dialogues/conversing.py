"""Free conversation: what a text asks for when no form is open."""

from dialogues import actions, answers, drafts, mining, pressing
from dialogues.phrases import normal, weight
from dialogues.scene import Scene
from nlu.types import Intent

SHORT = 40
"""Weight of a text (see `weight`) up to which it can be a follow-up on the topic before."""
LIKELY = 0.12
"""Confidence below which a reading is not worth a button."""
PAIRED = 0.25
"""Confidence from which a challenge is taken for the one asked about, beside a region that is named."""
LISTS = {"regions", "provinces", "challenges", "domains"}
SUBJECTS = {"region", "province", "challenge", "domain"} | LISTS


def converse(scene: Scene, text: str) -> None:
    """Answer a text outside any form."""
    if not any(c.isalnum() for c in text):
        return scene.notice("event.empty", [scene.button("programme:overview"), scene.button(scene.usual_form)])
    if _typed_button(scene, text) or _phrase(scene, text) or _foreign_language(scene) or _opening(scene, text):
        return None
    if _follow_up(scene, text) or _region_and_challenge(scene):
        return None
    return by_intent(scene)


def _opening(scene: Scene, text: str) -> bool:
    """A message that holds answers already: with a wish to send something in, or a name, an address and no question."""
    kind = mining.wished(scene, text)
    form = scene.world.forms[kind or scene.usual_kind]
    answers_held = mining.mine(scene, form, text)
    if kind is None and (scene.understanding.question or not mining.introduces(form, answers_held)):
        return False
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
    if nowhere := _in_no_source(scene):
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


def _in_no_source(scene: Scene) -> str | None:
    """The likeliest question without a source, if such questions are at least half as likely as the best reading.

    A topic that only comes near would dodge the question; it is still offered as a button.
    """
    intents = scene.understanding.intents
    nowhere = [i for i in intents if i.name.startswith("unknown:")]
    if 2 * sum(i.confidence for i in nowhere) < intents[0].confidence:
        return None
    return nowhere[0].name


def perform(scene: Scene, name: str) -> None:
    """Act on an understood intent, with the attribute asked for."""
    if name in scene.kb and scene.kb.topic(name).facts:
        return answers.topic(scene, name, scene.understanding.values("attribute"))
    if name == "command:affirm" and scene.yes:
        return _yes(scene)
    if name == "command:why" and scene.state.form is None:
        return _why(scene)
    if name in ("command:affirm", "command:deny", "command:done"):
        return _what_next(scene)
    return pressing.act(scene, name)


def candidates(scene: Scene) -> list[Intent]:
    """The readings that can be offered as buttons, then what the search found beside them."""
    named = scene.understanding.values("region") + scene.understanding.values("challenge")
    first = [Intent(name, 1.0) for name in named]
    rest = [i for i in scene.understanding.intents if i.confidence >= LIKELY and offerable(scene, i.name)]
    readings = {i.name: i for i in [*first, *rest]}
    if not readings:
        return []
    hits = [Intent(h.topic, h.score) for h in scene.event.found if h.score >= LIKELY and h.topic not in readings]
    return [*readings.values(), *hits]


def offerable(scene: Scene, name: str) -> bool:
    """Whether an intent makes a sensible button."""
    starts_a_form = scene.state.form is not None and name in ("action:proposal", "action:need")
    return name in scene.kb and not starts_a_form and not name.startswith(("smalltalk:", "out-of-scope"))


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
    command = scene.world.phrases.command(text)
    if command is None:
        return False
    if command == "command:why":
        _why(scene)
    elif command in ("affirm", "agree") and scene.yes:
        _yes(scene)
    elif command in ("affirm", "agree", "deny", "refuse", "command:done", "none", "all"):
        _what_next(scene)
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


def _what_next(scene: Scene) -> None:
    buttons = [scene.button(p) for p in ("challenges", "regions", scene.usual_form)]
    scene.notice("event.what_next", buttons)


def _foreign_language(scene: Scene) -> bool:
    """Another language gets a polite answer in English, with the choice."""
    detection = scene.event.detection
    if detection is None or detection.foreign is None:
        return False
    if not scene.state.language_chosen:
        scene.state.language = "en"
    scene.notice("event.foreign_language", actions.language_buttons(scene))
    return True


def _follow_up(scene: Scene, text: str) -> bool:
    """ "And since when?", "and in Hebei?": a short text that leans on the topic before."""
    state, understanding = scene.state, scene.understanding
    if state.topic is None or state.topic not in scene.kb or weight(text) > SHORT:
        return False
    subject = scene.kb.topic(state.topic)
    named = [v for t in ("region", "province", "challenge", "domain") for v in understanding.values(t)]
    attributes = understanding.values("attribute")
    if not named and attributes and (scene.world.phrases.leans(text) or answers.asked(subject, attributes)):
        points_back = scene.world.phrases.points_back(text) and answers.asked(subject, attributes)
        if not points_back and _says_more_than_attribute(scene):
            return False
        answers.topic(scene, subject.id, attributes)
        return True
    if len(named) == 1 and (scene.world.phrases.leans(text) or scene.world.phrases.points_back(text)):
        return _pair(scene, subject.id, named[0])
    return False


def _says_more_than_attribute(scene: Scene) -> bool:
    """Sure of a topic of its own kind: then the text asks about that, not about the one before."""
    understanding = scene.understanding
    if understanding.verdict != "sure" or not understanding.intents:
        return False
    first = understanding.intents[0].name
    if first in (scene.state.topic, "out-of-scope"):
        return False
    return first in LISTS or first.startswith(("programme:", "action:", "assistant:"))


def _pair(scene: Scene, before: str, now: str) -> bool:
    """ "And in Hebei?" after a challenge, or after another region and a challenge."""
    if now.startswith("region:") and scene.state.beside:
        before = scene.state.beside
    kinds = {before.split(":")[0]: before, now.split(":")[0]: now}
    if kinds.keys() != {"region", "challenge"}:
        return False
    answers.tie(scene, kinds["region"], kinds["challenge"])
    return True


def _described_challenge(scene: Scene) -> str | None:
    """The challenge that a text describes without naming it: the likeliest reading, regions aside."""
    understanding = scene.understanding
    if understanding.verdict == "sure":
        first = understanding.intents[0].name if understanding.intents else ""
        return first if first.startswith("challenge:") else None
    best = next((i for i in understanding.intents if not i.name.startswith("region:")), None)
    if best is None or not best.name.startswith("challenge:") or best.confidence < PAIRED or _in_no_source(scene):
        return None
    return best.name


def _region_and_challenge(scene: Scene) -> bool:
    """A question on a region and a challenge at once is answered with what ties them."""
    understanding = scene.understanding
    regions, challenges = understanding.values("region"), understanding.values("challenge")
    first = understanding.intents[0].name if understanding.intents else ""
    if regions and not challenges and (described := _described_challenge(scene)):
        challenges = [described]
    about_them = first.split(":")[0] in SUBJECTS or understanding.verdict != "sure"
    if len(regions) == 1 and len(challenges) >= 1 and about_them:
        answers.tie(scene, regions[0], challenges[0])
        return True
    return False
