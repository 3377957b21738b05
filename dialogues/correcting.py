"""Corrections in words, by patterns: "change the email to …", "the email is …", "no, I meant …"."""

from dialogues import asking, enumerating, filling, noting, replacing
from dialogues.asking import open_draft
from dialogues.naming import correctable, slot_named, takers, value_for
from dialogues.phrases import weight
from dialogues.scene import Scene
from dialogues.slots import Given, read

LONGEST = 200
"""Weight of the longest correction: more is a description."""
IN_DESCRIPTIONS = 60
"""Weight of the longest statement about another answer where a description is asked for."""


def correct(scene: Scene, text: str) -> bool:
    """Carry out a correction if the text is one; False leaves everything as it was."""
    plain = text.strip(" .!。！")
    if enumerating.correct(scene, plain) or _by_command(scene, plain):
        return True
    if weight(plain) > LONGEST or scene.understanding.question:
        return False
    return (
        replacing.replaced(scene, plain)
        or replacing.negated(scene, plain)
        or _put_right(scene, plain)
        or _stated(scene, plain)
        or replacing.added(scene, plain)
        or replacing.instead(scene, plain)
        or replacing.at_the_end(scene, plain)
        or replacing.another_address(scene, text)
    )


def _by_command(scene: Scene, text: str) -> bool:
    """ "Change the email", "my email is wrong", "no, I meant …"."""
    _, _, slot = open_draft(scene)
    keys = ("change",) if slot.type == "text" else ("change", "change_beside_descriptions")
    found = (words for key in keys for words in scene.world.patterns.whole(key, text))
    return any(_apply(scene, **words.groups) for words in found)


def _apply(scene: Scene, field: str | None = None, value: str | None = None) -> bool:
    if field is None:
        return value is not None and _meant(scene, value)
    slot = slot_named(scene, field)
    if slot is None or not correctable(scene, slot):
        return False
    if value and noting.hear(scene, slot, value):
        return True
    given = read(scene, slot, value) if value else None
    if isinstance(given, Given):
        filling.accept(scene, slot, given.value)
    else:
        filling.edit(scene, slot.id)
    return True


def _meant(scene: Scene, value: str) -> bool:
    """A new value without a name is for the last answer, unless another one alone can take it."""
    draft, form, _ = open_draft(scene)
    if not draft.history:
        return False
    last = form.slot(draft.history[-1])
    sure = list(takers(scene, value))
    if sure and (last.free or last not in sure):
        filling.accept(scene, sure[0], value_for(scene, sure[0], value))
        return True
    given = read(scene, last, value)
    if isinstance(given, Given):
        filling.accept(scene, last, given.value)
    return isinstance(given, Given)


def _put_right(scene: Scene, text: str) -> bool:
    """ "The email is wrong, it should be x@y.be"."""
    return any(_apply(scene, **words.groups) for words in scene.world.patterns.whole("put_right", text))


def _stated(scene: Scene, text: str) -> bool:
    """ "The email is x@y.be": where a description is asked for, only of what can't be part of one."""
    _, _, asked = open_draft(scene)
    for words in scene.world.patterns.whole("stated", text):
        slot = slot_named(scene, words["field"])
        if slot is None or slot.type == "consent" or not correctable(scene, slot):
            continue
        if asked.type == "text" and slot is not asked and (slot.free or weight(text) > IN_DESCRIPTIONS):
            continue
        if noting.hear(scene, slot, words["value"]):
            return True
        given = read(scene, slot, words["value"])
        if isinstance(given, Given):
            filling.accept(scene, slot, given.value)
            return True
    return False


def which(scene: Scene) -> None:
    """Ask which answer is meant, or say that nothing was answered yet."""
    draft, _, _ = open_draft(scene)
    if draft.slots:
        asking.fields(scene)
    else:
        asking.ask(scene)
