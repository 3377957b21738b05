"""Answering: a topic, a fact within it, a region and a challenge together, or saying that nothing is known."""

from collections.abc import Sequence

from dialogues.messages import Button
from dialogues.scene import Scene
from knowledge.model import Fact, Topic, inside_sentence
from knowledge.search import Hit
from nlu.types import Intent

FACTUAL = {"region", "province", "challenge", "domain", "programme"}
MEASURABLE = {"since", "when", "population", "count", "economy", "energy", "scale"}
"""Attributes whose answer is a date or a figure: if the topic has none, a summary would dodge the question."""
FIGURES = MEASURABLE - {"when", "count"}
"""Those that name what is measured; "how many" alone counts what the rest of the question names."""
NARROW = {"count", "when", "where", "location"}
"""Attributes that are told only when asked for: short facts, which resemble any question on their topic."""
SOUGHT = {"region": "where", "province": "partner"}
""" "Which region …?" looks for the region itself: what it asks about stands in the rest of the question."""
ALIKE = {
    "when": "since",
    "since": "when",
    "who": "partner",
    "partner": "who",
    "location": "where",
    "where": "location",
}
OFFERS = 3
STUCK = 3
"""Misses in a row after which a person is offered."""


def topic(scene: Scene, identifier: str, attributes: Sequence[str] = ()) -> None:
    """Answer a topic: the fact asked for, or what there is to say about it."""
    subject = scene.kb.topic(identifier)
    fact = asked(subject, attributes)
    scene.state.misses = 0
    if subject.kind == "unknown":
        return unknown(scene, identifier)
    scene.state.topic, scene.state.beside = identifier, None
    if fact is None and MEASURABLE.intersection(attributes) and subject.kind in FACTUAL:
        return _missing_fact(scene, subject)
    fact = fact or subject.fact()
    if fact is None:
        raise KeyError(f"{identifier} has nothing to say")
    text, buttons = _once_more(scene, _titled(scene, subject, scene.voice.pick(fact.text)), _follow_ups(scene, subject))
    scene.say("answer", text, buttons, topics=[identifier], sources=fact.sources)
    return None


def compare(scene: Scene, regions: Sequence[str], challenge: str | None, first: str) -> None:
    """Set regions side by side: what ties each to a challenge, or what is told of each. No source ranks them.

    `first` is what the text is likeliest about; it leads the topics if it is among them.
    """
    told = {region: _compared(scene, region, challenge) for region in regions}
    lines = [_named(scene, region, text) for region, (text, _) in told.items()]
    topics = sorted([*regions, *([challenge] if challenge else [])], key=lambda t: t != first)
    scene.state.topic, scene.state.beside, scene.state.misses = topics[0], challenge, 0
    buttons = [scene.button(p) for p in (*regions[: OFFERS - 1], scene.usual_form)]
    text = "\n\n".join([scene.voice.say("answer.compared"), *lines])
    scene.say("answer", text, buttons, topics=topics, sources=[s for _, sources in told.values() for s in sources])


def _compared(scene: Scene, region: str, challenge: str | None) -> tuple[str, Sequence[str]]:
    """What is told of one of several regions, with its sources."""
    if challenge:
        ties = scene.kb.ties(challenge=challenge, region=region)
        text = " ".join(scene.voice.pick(t.text) for t in ties)
        return text or scene.voice.say("answer.compared_no_tie"), [s for t in ties for s in t.sources]
    subject, attributes = scene.kb.topic(region), scene.understanding.values("attribute")
    fact = asked(subject, [a for a in attributes if a != SOUGHT["region"]])
    if fact is None and not FIGURES.intersection(attributes):
        fact = subject.fact()
    return (scene.voice.pick(fact.text), fact.sources) if fact else (scene.voice.say("answer.compared_no_fact"), ())


def ask_what(scene: Scene, subject: Topic) -> None:
    """Ask back what is to be told of the topic before, which the text only points at."""
    scene.state.misses += 1
    buttons = [scene.button(subject.id), *_follow_ups(scene, subject)]
    text = scene.voice.say("answer.about", name=_inside(scene, subject.id))
    scene.say("clarify", text, list(dict.fromkeys(buttons))[:OFFERS])


def found(scene: Scene, hit: Hit, others: Sequence[str]) -> bool:
    """Answer with what the search found, with the other readings one tap away.

    False if it does not give the figure or date that was asked for.
    """
    if hit.beside is not None:
        region, challenge = sorted((hit.topic, hit.beside), key=lambda t: not t.startswith("region:"))
        tie(scene, region, challenge)
        return True
    subject = scene.kb.topic(hit.topic)
    fact = _found_fact(subject, scene.understanding.values("attribute"), str(hit.attribute))
    if fact is None:
        return False
    scene.state.topic, scene.state.beside, scene.state.misses = hit.topic, None, 0
    lead = scene.voice.say("answer.found", name=scene.voice.name(hit.topic))
    follow_ups = _follow_ups(scene, subject)
    buttons = list(dict.fromkeys([*(scene.button(p) for p in others[: OFFERS - 1]), *follow_ups]))
    scene.say(
        "answer",
        f"{lead}\n{scene.voice.pick(fact.text)}",
        buttons[: max(OFFERS, len(follow_ups))],
        topics=[hit.topic],
        sources=fact.sources,
    )
    return True


def _found_fact(subject: Topic, attributes: Sequence[str], found: str) -> Fact | None:
    """The fact asked for, else the one that was found, else the summary; none instead of a missing figure or date."""
    fact = asked(subject, [a for a in attributes if a != SOUGHT.get(subject.kind)])
    if fact is None and MEASURABLE.intersection(attributes):
        return None
    return fact or (subject.fact(found) if found not in NARROW else None) or subject.fact()


def tie(scene: Scene, region: str, challenge: str) -> None:
    """Answer whether a challenge matters in a region, with the tie's source or an honest no."""
    scene.state.topic, scene.state.beside, scene.state.misses = region, challenge, 0
    voice = scene.voice
    ties = scene.kb.ties(challenge=challenge, region=region)
    if ties:
        text = "\n".join(voice.pick(t.text) for t in ties)
        sources = [s for t in ties for s in t.sources]
    else:
        others = scene.kb.ties(region=region)
        known = voice.say("list.separator").join(_inside(scene, t.challenge) for t in others)
        sources = [s for t in others for s in t.sources]
        key = "answer.no_tie" if others else "answer.no_tie_at_all"
        text = voice.say(key, region=voice.name(region), challenge=_inside(scene, challenge), known=known)
    buttons = [scene.button(challenge), scene.button(region), scene.button(scene.usual_form)]
    scene.say("answer", text, buttons, topics=[region, challenge], sources=sources)


def unknown(scene: Scene, identifier: str, others: Sequence[Intent] = ()) -> None:
    """Say that no source tells this, and offer a person or other readings. A plain yes takes the person."""
    subject = scene.kb.topic(identifier)
    fact = subject.fact()
    text = scene.voice.pick(fact.text) if fact else scene.voice.say("answer.unknown")
    offers = ["action:human", *(i.name for i in others), *subject.follow_ups]
    payloads = list(dict.fromkeys(offers))[:OFFERS]
    scene.state.misses, scene.state.yes = 0, "action:human"
    text, buttons = _once_more(scene, text, [scene.button(p) for p in payloads])
    scene.say("unknown", text, buttons, topics=[identifier])


def clarify(scene: Scene, intents: list[Intent]) -> None:
    """Offer the likeliest readings as buttons, a person beside a single one."""
    scene.state.misses += 1
    buttons = [scene.button(i.name) for i in intents[:OFFERS]]
    if len(buttons) == 1:
        buttons = list(dict.fromkeys([*buttons, scene.button("action:human")]))
    scene.say("clarify", scene.voice.say(_stage(scene, "clarify")), buttons)


def decline(scene: Scene) -> None:
    """Say that this is not ours, and what is."""
    scene.state.misses += 1
    if scene.state.misses >= STUCK:
        scene.state.yes = "action:human"
    buttons = [scene.button(p) for p in ("programme:overview", "challenges", "action:human")]
    scene.say("decline", scene.voice.say(_stage(scene, "decline")), buttons, topics=["out-of-scope"])


def _stage(scene: Scene, key: str) -> str:
    """Another wording when the one before did not help, with an offer of a person; never the same twice in a row."""
    misses = scene.state.misses
    return f"answer.{key}.{misses if misses <= STUCK else 2 + misses % 2}"


def _once_more(scene: Scene, text: str, buttons: list[Button]) -> tuple[str, list[Button]]:
    """An answer that was just given gets other words before it, and a person among its buttons."""
    state = scene.state
    state.again = state.again + 1 if state.said == text else 0
    state.said = text
    if not state.again:
        return text, buttons
    person = scene.button("action:human")
    buttons = buttons if person in buttons else [*buttons[: OFFERS - 1], person]
    return scene.voice.say(f"answer.again.{2 - state.again % 2}", text=text), buttons


def asked(subject: Topic, attributes: Sequence[str]) -> Fact | None:
    """The fact that answers the first attribute for which there is one."""
    wanted = [a for a in attributes if a != "count"] if FIGURES.intersection(attributes) else attributes
    found = (subject.fact(a) or subject.fact(ALIKE.get(a, a)) for a in wanted)
    return next((fact for fact in found if fact), None)


def _titled(scene: Scene, subject: Topic, text: str) -> str:
    """Named, where the text would leave open what it speaks of."""
    return _named(scene, subject.id, text) if subject.kind in ("challenge", "domain") else text


def _named(scene: Scene, identifier: str, text: str) -> str:
    name = scene.voice.name(identifier)
    named = name.casefold() in text.casefold()
    return text if named else scene.voice.say("answer.titled", name=name, text=text)


def _inside(scene: Scene, identifier: str) -> str:
    """The name as it stands within a sentence; a place keeps its capital."""
    name = scene.voice.name(identifier)
    return inside_sentence(name) if scene.kb.topic(identifier).kind in ("challenge", "domain") else name


def _missing_fact(scene: Scene, subject: Topic) -> None:
    scene.state.yes = "action:human"
    text = scene.voice.say("answer.missing_fact", topic=_inside(scene, subject.id))
    scene.say("unknown", text, [scene.button(subject.id), scene.button("action:human")], topics=[subject.id])


def _follow_ups(scene: Scene, subject: Topic) -> list[Button]:
    """Where to go next: what belongs to the topic, and the form for who described a challenge."""
    if subject.kind in ("regions", "provinces", "challenges", "domains"):
        return [scene.button(t.id) for t in scene.kb.of_kind(subject.kind[:-1]) if t.facts]
    form = scene.usual_form
    payloads = [form if p == "action:proposal" else p for p in subject.follow_ups]
    if subject.kind == "challenge":
        others = [p for p in payloads if p != form]
        payloads = [*others[: OFFERS - 1], form]
    return [scene.button(p) for p in payloads[:OFFERS]]
