"""The forms as data: which slots, in which order, under which condition."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge.yaml_files import parse

SlotType = Literal["name", "person", "email", "text", "choice", "choices", "consent", "review"]


class Slot(BaseModel):
    """One question of a form.

    A choice takes its options from a kind of topic (`kind`) or a list of values (`options`).
    `when` names the answers that make the slot apply. `longest` is in characters. A slot that is not `asked` is
    filled by name, or as the `note` of another: what an answer to that one says beyond its choice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    type: SlotType
    optional: bool = False
    asked: bool = True
    note: str | None = None
    kind: str | None = None
    options: tuple[str, ...] = ()
    when: dict[str, str] = Field(default_factory=dict)
    shortest: Annotated[int, Field(ge=1)] = 1
    longest: Annotated[int, Field(ge=1)] = 4000

    @property
    def free(self) -> bool:
        """Whether whatever is typed may be the answer."""
        return self.type in ("name", "person", "text")

    def applies(self, slots: Mapping[str, Any]) -> bool:
        """Whether the answers so far call for this slot."""
        return self.when.items() <= slots.items()


class Form(BaseModel):
    """A form: its slots in the order of asking."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["proposal", "need"]
    slots: tuple[Slot, ...]

    def slot(self, name: str) -> Slot:
        """The slot of a name. Raises KeyError."""
        for slot in self.slots:
            if slot.id == name:
                return slot
        raise KeyError(name)

    def applicable(self, slots: Mapping[str, Any]) -> list[Slot]:
        """The slots that the answers so far call for."""
        return [s for s in self.slots if not s.when or s.applies(slots)]

    def next_open(self, slots: Mapping[str, Any]) -> Slot:
        """The first slot to ask for; the review never has an answer, so there always is one."""
        return next(s for s in self.applicable(slots) if s.asked and s.id not in slots)

    def progress(self, name: str, slots: Mapping[str, Any]) -> tuple[int, int]:
        """The place of a slot and how many are asked, the review left out."""
        counted = [s for s in self.applicable(slots) if s.type != "review"]
        names = [s.id for s in counted]
        place = names.index(name) + 1 if name in names else len(names)
        return sum(s.asked for s in counted[:place]), sum(s.asked for s in counted)


def load_forms(root: Traversable | None = None) -> dict[str, Form]:
    """Read every form of a folder (default: the assistant's own) by kind. Raises pydantic.ValidationError."""
    root = root or files("dialogues") / "data" / "forms"
    entries = [e for e in root.iterdir() if e.name.endswith(".yml")]
    forms = [Form.model_validate(parse(e.read_text(encoding="utf-8"))) for e in entries]
    return {form.kind: form for form in forms}
