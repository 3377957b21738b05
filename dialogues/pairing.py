"""A region and a challenge together, and regions side by side."""

from dialogues import answers
from dialogues.readings import in_no_source
from dialogues.scene import Scene

PAIRED = 0.25
"""Confidence from which a challenge is taken for the one asked about, beside a region that is named."""
COMPARED = 3
"""Regions up to which they are set side by side; who names more asks for all of them."""
LISTS = {"regions", "provinces", "challenges", "domains"}
SUBJECTS = {"region", "province", "challenge", "domain"} | LISTS


def together(scene: Scene) -> bool:
    """A question on a region and a challenge at once, or on several regions: what ties them, or each by itself."""
    understanding = scene.understanding
    regions, challenges = understanding.values("region"), understanding.values("challenge")
    first = understanding.intents[0].name if understanding.intents else ""
    # A choice between regions for a challenge may read like a question of no topic, but what is known of it helps.
    compared = first == "unknown:other" and len(regions) > 1 and bool(challenges)
    about_them = first.split(":")[0] in SUBJECTS or understanding.verdict != "sure" or compared
    if not regions or not about_them:
        return False
    if not challenges and (described := described_challenge(scene)):
        challenges = [described]
    if len(regions) == 1 and challenges:
        answers.tie(scene, regions[0], challenges[0])
        return True
    if not 1 < len(regions) <= COMPARED or (not challenges and understanding.verdict != "sure" and in_no_source(scene)):
        return False
    answers.compare(scene, regions, challenges[0] if challenges else None, first)
    return True


def pair(scene: Scene, before: str, now: str) -> bool:
    """ "And in Hebei?" after a challenge, or after another region and a challenge."""
    if now.startswith("region:") and scene.state.beside:
        before = scene.state.beside
    kinds = {before.split(":")[0]: before, now.split(":")[0]: now}
    if kinds.keys() != {"region", "challenge"}:
        return False
    answers.tie(scene, kinds["region"], kinds["challenge"])
    return True


def described_challenge(scene: Scene) -> str | None:
    """The challenge that a text describes without naming it: the likeliest reading, regions aside."""
    understanding = scene.understanding
    if understanding.verdict == "sure":
        first = understanding.intents[0].name if understanding.intents else ""
        return first if first.startswith("challenge:") else None
    best = next((i for i in understanding.intents if not i.name.startswith("region:")), None)
    if best is None or not best.name.startswith("challenge:") or best.confidence < PAIRED or in_no_source(scene):
        return None
    return best.name
