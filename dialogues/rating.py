"""Thumbs on answers: noted without disturbing whatever goes on."""

import re

from dialogues.effects import Rate
from dialogues.scene import Scene
from dialogues.state import Choice

_PAYLOAD = re.compile(r"rate:(?P<thumb>up|down):(?P<seq>[0-9]{1,9})")


def read_rating(payload: str) -> Rate | None:
    """The rating that a payload such as `rate:up:7` stands for; 7 is the seq of the rated answer."""
    found = _PAYLOAD.fullmatch(payload)
    return Rate(int(found["seq"]), found["thumb"] == "up") if found else None


def rate(scene: Scene, rating: Rate) -> None:
    """Note a rating. Who found an answer unhelpful is asked what they missed, unless a question is open.

    Nothing else changes: an open form, buttons that can be typed and what "yes" stands for stay as they are.
    """
    state = scene.state
    if state.owner == "coordinator":
        # Nothing to do would mean that it is for the coordinator.
        return scene.effects.append(rating)
    if not scene.event.rated:
        return None
    scene.effects.append(rating)
    if rating.helpful or state.confirming:
        return None
    offered = state.offered
    human = scene.button("action:human")
    scene.notice("rating.missed" if state.form is None else "rating.missed_in_form", [human])
    if all(choice.payload != human.payload for choice in offered):
        offered = [*offered, Choice(title=human.title, payload=human.payload)]
    state.offered = offered
    return None
