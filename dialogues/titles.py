"""What people call options and answers, in every language, folded for comparison."""

from collections.abc import Iterator
from functools import cache

from dialogues.phrases import normal
from dialogues.texts import Texts
from knowledge.base import KnowledgeBase


class Titles:
    """Names of what is ours, never of what people write. Each is folded when it is first asked for, and kept."""

    def __init__(self, texts: Texts, kb: KnowledgeBase) -> None:
        self._catalogues = texts.by_language
        self._kb = kb
        self.of_option = cache(self._of_option)
        self.of_slot = cache(self._of_slot)
        self.words = cache(self._words)

    def _of_option(self, value: str) -> tuple[str, ...]:
        """All that an option is called."""
        return tuple(normal(name) for name in self._option_names(value))

    def _option_names(self, value: str) -> Iterator[str]:
        for code, catalogue in self._catalogues.items():
            if value in self._kb:
                yield self._kb.name(value, code)
            elif title := catalogue.get(f"option.{value}"):
                yield str(title)
            yield from map(str, catalogue.get(f"option_words.{value}", ()))

    def _of_slot(self, kind: str, slot: str) -> frozenset[str]:
        """All that the answer to a form's slot is called."""
        key = f"form.{kind}.{slot}"
        labels = {str(c[f"{key}.label"]) for c in self._catalogues.values() if c.get(f"{key}.label")}
        return frozenset(map(normal, labels)) | self._words(f"{key}.words")

    def _words(self, key: str) -> frozenset[str]:
        """The words of a list."""
        return frozenset(normal(str(w)) for c in self._catalogues.values() for w in c.get(key, ()) if w)
