"""What Telegram shows around the conversation, by language; the words are data in texts/."""

from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge.script import traditional
from knowledge.yaml_files import parse
from nlu.types import LanguageCode

CommandName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]
CommandHelp = Annotated[str, StringConstraints(min_length=3, max_length=256)]


class Texts(BaseModel):
    """One language's texts, within Telegram's limits. `group` has a place for the {bot}'s address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    sources: str
    group: str
    refused: str
    too_fast: str = Field(max_length=200)
    about: str = Field(max_length=120)
    commands: dict[CommandName, CommandHelp]


@cache
def texts(language: LanguageCode) -> Texts:
    """The texts in a language; Traditional Chinese is made from Simplified."""
    if language == "zh-Hant":
        return Texts.model_validate_json(traditional(texts("zh-Hans").model_dump_json()))
    name = language.split("-")[0]
    resource = files("connectors.telegram") / "texts" / f"{name}.yml"
    return Texts.model_validate(parse(resource.read_text(encoding="utf-8")))
