"""What an operator's folders hold, checked as a whole: the knowledge base and the training examples."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from bot.settings import Settings
from dialogues.actions import ACTIONS
from dialogues.texts import Texts
from knowledge.base import KnowledgeBase, load
from knowledge.check import EXPECTED
from knowledge.errors import KnowledgeError
from nlu.embedded import digest_of
from nlu.language import vocabulary
from nlu.masking import known_words
from nlu.training import Example, TrainingError, load_questions, load_training

_ANSWERS = frozenset({"command:affirm", "command:deny"})
_SHOWN = 6
"""Names that a line of changes gives before it counts the rest."""

Entries = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Content:
    """A knowledge base, the examples that go with it, and the questions on which doubt is measured."""

    kb: KnowledgeBase
    examples: Sequence[Example]
    questions: Sequence[Example] = ()

    @cached_property
    def entries(self) -> Entries:
        """By section, each entry's name with a digest of what it says: enough to tell what changed."""
        kb = self.kb
        return {
            "topics": {t.id: _digest(t.model_copy(update={"facts": ()})) for t in kb.topics.values()},
            "facts": {f"{t.id} {f.attribute}": _digest(f) for t in kb.topics.values() for f in t.facts},
            "ties": {f"{t.challenge} in {t.region}": _digest(t) for t in kb.ties()},
            "sources": {s.key: _digest(s) for s in kb.sources.values()},
            "wording": {
                "languages": _digest(kb.languages),
                "name": _digest(kb.programme),
                "reasons": _digest(kb.reasons),
                "confusable": _digest(kb.confusable),
            },
        }

    @cached_property
    def counted(self) -> Counter[tuple[str, str, str]]:
        """How often each example is given."""
        return Counter((e.intent, e.language, e.text) for e in self.examples)

    @cached_property
    def vocabulary(self) -> Mapping[str, Collection[str]]:
        """The words of the examples, by language."""
        return vocabulary(self.examples)

    @cached_property
    def known(self) -> frozenset[str]:
        """The words that are no names."""
        return known_words(self.kb, self.examples)

    @cached_property
    def learnt(self) -> str:
        """What stands for all that the classifier learns from."""
        return digest_of(self.kb, self.examples, self.questions)

    @cached_property
    def key(self) -> str:
        """Twelve hexadecimal digits that change with any of it."""
        questions = sorted((q.intent, q.language, q.text) for q in self.questions)
        return _digest([self.entries, sorted(self.counted.items()), questions])[:12]


def read_content(settings: Settings) -> Content:
    """Read both folders. Raises KnowledgeError with every problem, also where the two do not fit together."""
    problems: list[str] = []
    try:
        kb = load(settings.knowledge_dir)
    except KnowledgeError as error:
        problems += error.problems
    try:
        examples = load_training(settings.training_dir)
        questions = load_questions("dev", settings.training_dir)
    except TrainingError as error:
        problems.append(f"training examples: {error}")
    if not problems:
        problems += _misfits(kb, examples)
    if problems:
        raise KnowledgeError(problems)
    return Content(kb, examples, questions)


def _misfits(kb: KnowledgeBase, examples: Sequence[Example]) -> Iterator[str]:
    """What would leave a person without an answer."""
    for code in sorted(Texts.load().by_language.keys() - set(kb.languages)):
        yield f"programme.yml, languages: the assistant speaks {code}; every text is needed in it"
    for identifier in EXPECTED.split():
        if identifier not in kb:
            yield f"there is no topic {identifier}; the assistant speaks of it"
    for topic in kb.topics.values():
        if topic.facts and topic.fact() is None and topic.kind != "unknown":
            yield f"{topic.id} has facts and no summary; the assistant answers with it"
    answered = kb.topics.keys() | ACTIONS.keys() | _ANSWERS
    for intent, count in Counter(e.intent for e in examples if e.intent not in answered).items():
        yield f"training examples: {count} are of the intent {intent}, and there is no such topic"


def changes(old: Content, new: Content) -> list[str]:
    """A line for each section that differs: how many entries were added, removed and changed, and which."""
    lines = [line for section in old.entries for line in _section(section, old.entries[section], new.entries[section])]
    return lines + _examples(old, new)


def _section(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    differences = {
        "added": [k for k in new if k not in old],
        "removed": [k for k in old if k not in new],
        "changed": [k for k in new if k in old and old[k] != new[k]],
    }
    yield from (f"{name}: {len(keys)} {what} ({_named(keys)})" for what, keys in differences.items() if keys)


def _examples(old: Content, new: Content) -> list[str]:
    differences = {"added": new.counted - old.counted, "removed": old.counted - new.counted}
    return [
        f"examples: {found.total()} {what} ({_named(list(dict.fromkeys(intent for intent, _, _ in found)))})"
        for what, found in differences.items()
        if found
    ]


def _named(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _digest(value: object) -> str:
    text = json.dumps(value, default=_plain, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"cannot digest {type(value).__name__}")
