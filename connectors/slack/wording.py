"""What a slot holds, in the coordinators' words."""

from collections.abc import Callable

from connectors.slack.labels import COORDINATORS_LANGUAGE, Labels
from nlu.types import LanguageCode

Names = Callable[[str, LanguageCode], str]
"""The name of a topic's or an option's identifier in a language. Raises KeyError."""

_IDENTIFIERS = frozenset({"province", "region", "challenges", "preferred_regions"})
_CHOICES = frozenset({"collaboration_mode", "consortium_role"})
_WRITTEN = frozenset({"solution", "track_record", "consortium_note", "need", "scale"})


class Wording:
    """Words an intake whose person speaks `language`."""

    def __init__(self, names: Names, labels: Labels, language: LanguageCode) -> None:
        self._names = names
        self._labels = labels
        self._language = language

    def title(self, key: str, value: object) -> str:
        """The title of a slot, marked where the person's own words follow in another language."""
        label = self._labels.slots.get(key, key)
        written = value and key in _WRITTEN and self._language != COORDINATORS_LANGUAGE
        return f"{label} ({self._labels.texts['as_written']})" if written else label

    def value(self, key: str, value: object, separator: str = ", ") -> str:
        """What a slot holds."""
        if value is None or value in ("", [], ()):
            return self._labels.texts["none"]
        if isinstance(value, bool):
            return self._labels.values["yes" if value else "no"]
        if isinstance(value, (list, tuple)):
            bullet = separator.lstrip("\n") if separator.startswith("\n") else ""
            return bullet + separator.join(self._word(key, item) for item in value)
        return self._word(key, value)

    def _word(self, key: str, value: object) -> str:
        word = str(value)
        if key not in _IDENTIFIERS | _CHOICES:
            return word
        ours = self._labels.values.get(word, word) if key in _CHOICES else self.name(word)
        theirs = self.name(word, self._language)
        beside = self._language != COORDINATORS_LANGUAGE and theirs not in (ours, word)
        return f"{ours} ({theirs})" if beside else ours

    def name(self, identifier: str, language: LanguageCode = COORDINATORS_LANGUAGE) -> str:
        """The name of a topic, or its identifier where it has none."""
        try:
            return self._names(identifier, language)
        except KeyError:
            return identifier

    def measure(self, value: object) -> str:
        """A number or a word for how sure something is."""
        if isinstance(value, (int, float)):
            return f"{value:.2f}"
        return self._labels.values.get(str(value), str(value))
