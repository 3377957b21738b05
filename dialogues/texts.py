"""The assistant's own words, one YAML file a language, and the voice that speaks them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.model import Localized
from knowledge.script import traditional
from knowledge.yaml_files import parse
from nlu.types import LanguageCode

_traditional = cache(traditional)


def base_language(language: LanguageCode) -> str:
    """The code under which texts are kept: zh for both Chinese scripts."""
    return "zh" if language.startswith("zh") else language


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{name}.")
        else:
            flat[name] = value
    return flat


class Texts:
    """All texts by base language and dotted key, such as `form.proposal.solution.ask`."""

    def __init__(self, by_language: Mapping[str, Mapping[str, Any]]) -> None:
        self.by_language = {code: _flatten(tree) for code, tree in by_language.items()}

    @classmethod
    def load(cls, root: Traversable | None = None) -> "Texts":
        """Read every `<language>.yml` of a folder (default: the assistant's own)."""
        root = root or files("dialogues") / "data" / "texts"
        return cls(
            {
                entry.name.removesuffix(".yml"): parse(entry.read_text(encoding="utf-8"))
                for entry in root.iterdir()
                if entry.name.endswith(".yml")
            }
        )


class Voice:
    """Texts and names in one language. What a person wrote is put in unchanged, in their own script."""

    def __init__(self, texts: Texts, kb: KnowledgeBase, language: LanguageCode) -> None:
        self.language = language
        self.base = base_language(language)
        self._catalogue = texts.by_language[self.base]
        self._kb = kb

    def __contains__(self, key: str) -> bool:
        return key in self._catalogue

    def say(self, key: str, **values: object) -> str:
        """The text under a key, filled in. Raises KeyError for an unknown key."""
        return self._script(str(self._catalogue[key])).format(**values)

    def items(self, key: str) -> list[str]:
        """A list of texts under a key; empty when there is none."""
        return [self._script(str(item)) for item in self._catalogue.get(key, ())]

    def pick(self, localized: Localized) -> str:
        """A knowledge text in this language."""
        return self._script(localized[self.base])

    def name(self, identifier: str) -> str:
        """The name of a topic, or of an option that only forms know."""
        if identifier in self._kb:
            return self._script(self._kb.name(identifier, self.base))
        return self.say(f"option.{identifier}")

    def listing(self, identifiers: list[str]) -> str:
        """Names in a row: `Hebei, Chengdu`."""
        return self.say("list.separator").join(self.name(i) for i in identifiers)

    def _script(self, text: str) -> str:
        return _traditional(text) if self.language == "zh-Hant" else text
