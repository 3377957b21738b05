"""The words on coordinators' cards, read from labels.yml."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from knowledge.yaml_files import parse
from nlu.types import LanguageCode

COORDINATORS_LANGUAGE: LanguageCode = "en"


@dataclass(frozen=True, slots=True)
class Labels:
    """Words by what they name. `texts` and `alerts` must have what is asked for; the rest may lack a new identifier."""

    texts: dict[str, str]
    authors: dict[str, str]
    slots: dict[str, str]
    values: dict[str, str]
    statuses: dict[str, str]
    languages: dict[str, str]
    channels: dict[str, str]
    kinds: dict[str, str]
    alerts: dict[str, str]


@cache
def load_labels() -> Labels:
    """The labels that come with this package."""
    raw = parse((files("connectors.slack") / "labels.yml").read_text("utf-8"))
    return TypeAdapter(Labels).validate_python(raw)
