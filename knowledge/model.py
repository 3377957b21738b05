"""The shape of the programme's data, checked when it is read."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z-]+(:[a-z0-9-]+)?$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Localized = dict[str, Text]
"""A text by language code (en, nl, zh). zh is written in Simplified characters."""


class Strict(BaseModel):
    """Data that refuses unknown keys, so that a typo is told and not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where facts come from. `title` is what a person sees; `url` is absent for internal documents."""

    key: str
    title: Localized
    url: str | None = None
    year: int | None = None


class Fact(Strict):
    """One statement. `attribute` says which question it answers; `summary` is the answer to the topic itself.

    `kind` tells a statement of the source from a conclusion drawn from it.
    """

    attribute: Identifier = "summary"
    text: Localized
    sources: tuple[str, ...] = ()
    kind: Literal["stated", "inferred"] = "stated"


class Theme(Strict):
    """What a source connects with a region, in a few words: a proposal's text is compared with it.

    `near` are words of the same field that help the comparison and are never told.
    """

    text: Localized
    near: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    sources: Annotated[tuple[str, ...], Field(min_length=1)]


class Topic(Strict):
    """Something people ask about, under its stable identifier.

    `aliases` are other names, abbreviations and common misspellings; `places` towns and areas within a region
    or a province, which hint at it; `follow_ups` identifiers offered as buttons after an answer; `partners` the
    provinces of a region, or the regions of a province; `themes` are for regions.
    """

    id: Identifier
    names: Localized
    aliases: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    places: tuple[Text, ...] = ()
    facts: tuple[Fact, ...] = ()
    follow_ups: tuple[Identifier, ...] = ()
    partners: tuple[Identifier, ...] = ()
    themes: tuple[Theme, ...] = ()

    @property
    def kind(self) -> str:
        """What stands before the colon: region, challenge, province, …"""
        return self.id.split(":")[0]

    def fact(self, attribute: str = "summary") -> Fact | None:
        """The fact that answers the attribute asked for, if there is one."""
        return next((f for f in self.facts if f.attribute == attribute), None)


class Tie(Strict):
    """What makes a challenge matter in a region, stated by a source or inferred from one."""

    challenge: Identifier
    region: Identifier
    kind: Literal["stated", "inferred"]
    text: Localized
    sources: Annotated[tuple[str, ...], Field(min_length=1)]


class ReasonTexts(Strict):
    """How a region's score is explained. Placeholders: {region}, {challenges}, {theme}."""

    no_challenge: Localized
    no_tie_anywhere: Localized
    no_tie_here: Localized
    resembles: Localized
    home: Localized
    wish: Localized


def inside_sentence(name: str) -> str:
    """The name of a challenge or a domain as it stands within a sentence: no capital, unless an abbreviation has it."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
