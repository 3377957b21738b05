"""What a text may be read as, where the engine is unsure."""

from dialogues.scene import Scene
from nlu.types import Intent

LIKELY = 0.12
"""Confidence below which a reading is not worth a button."""


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


def in_no_source(scene: Scene) -> str | None:
    """The likeliest question without a source, if such questions are at least half as likely as the best reading.

    A topic that only comes near would dodge the question; it is still offered as a button.
    """
    intents = scene.understanding.intents
    nowhere = [i for i in intents if i.name.startswith("unknown:")]
    if not nowhere or 2 * sum(i.confidence for i in nowhere) < intents[0].confidence:
        return None
    return nowhere[0].name
