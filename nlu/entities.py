"""What a text names: topics, addresses, choices from a list, the fact asked for, languages, references."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from knowledge.gazetteer import Gazetteer, Mention
from nlu.phrases import Hit, Phrases, by_value, plain
from nlu.resources import lexicon
from nlu.types import Entity

TOPIC_KINDS = ("region", "province", "challenge", "domain")
MAX_CHARACTERS = 4000
SHORT = 60
"""Longest text, in characters, in which a question word anywhere makes a question."""

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_URL = re.compile(r"(?:https?://|www\.)[^\s，。）)]+", re.IGNORECASE)
_REFERENCE = re.compile(r"(?<![A-Za-z0-9])I2P[-–\s]?([0-9A-Z]{6})(?![A-Za-z0-9])", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.,-])\d{1,3}(?![\w%]|[.,]\d)")
_HAN_ORDINAL = re.compile(r"第\s?(\d{1,2})")
_SEPARATORS = re.compile(r"[\s,;&+/.、，；和与及()!#]+")


class EntityFinder:
    """Finds every entity of nlu.types.Entity, and urls. Read-only, safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        choices = lexicon("choices")
        self._attributes = Phrases(by_value(lexicon("attributes")["attributes"]))
        self._numbers = Phrases(by_value(choices["numbers"]))
        self._ordinals = Phrases(by_value(choices["ordinals"]))
        self._quantifiers = Phrases(by_value(choices["quantifiers"]))
        self._languages = Phrases(choices["languages"])
        self._unclear = frozenset(choices["ambiguous_languages"])
        self._context = frozenset(choices["language_context"])
        self._list_words = Phrases({"": [w for ws in choices["list_words"].values() for w in ws]})

    def find(self, text: str, mentions: Sequence[Mention] | None = None) -> list[Entity]:
        """The entities in the order of the text. `mentions` saves a second look-up of the names."""
        text = text[:MAX_CHARACTERS]
        found = list(_fixed_forms(text))
        rest = _cut(plain(text), [(e.start, e.end) for e in found])
        named = self._gazetteer.find(text) if mentions is None else mentions
        found += _topics(named)
        # A name is no question: "cooperation partners" does not ask how the cooperation goes.
        asked = _cut(rest, [(m.start, m.end) for m in named], "|")
        found += _entities("attribute", text, self._attributes.find(asked))
        found += _entities("language", text, self._language_hits(rest))
        found += self._choices(text, rest)
        return sorted(found, key=lambda e: (e.start, -e.end))

    def _choices(self, text: str, rest: str) -> Iterator[Entity]:
        ordinals = self._ordinals.find(rest) + [Hit(m[1], m.start(), m.end()) for m in _HAN_ORDINAL.finditer(rest)]
        quantifiers = self._quantifiers.find(rest)
        yield from _entities("ordinal", text, ordinals)
        yield from _entities("quantifier", text, quantifiers)
        rest = _cut(rest, [(h.start, h.end) for h in (*ordinals, *quantifiers)])
        numbers = [Hit(str(int(m.group())), m.start(), m.end()) for m in _DIGITS.finditer(rest)]
        words = self._numbers.find(_cut(rest, [(h.start, h.end) for h in numbers]))
        if not ordinals and self._is_list(rest, [*numbers, *words]):
            numbers += words
        yield from _entities("number", text, sorted(numbers, key=lambda h: h.start))

    def _is_list(self, rest: str, numbers: Sequence[Hit]) -> bool:
        """Whether a text is only numbers and what joins them; elsewhere "one" and "een" mean little."""
        others = _cut(rest, [(h.start, h.end) for h in numbers])
        others = _cut(others, [(h.start, h.end) for h in self._list_words.find(others)])
        return not _SEPARATORS.sub("", others)

    def _language_hits(self, text: str) -> Iterator[Hit]:
        alone = self._languages.whole(text) is not None
        for hit in self._languages.find(text):
            name = text[hit.start : hit.end]
            before = text[: hit.start].split()
            if alone or name not in self._unclear or (before and before[-1] in self._context):
                yield hit


class QuestionForm:
    """Tells a question by its form."""

    def __init__(self) -> None:
        data = lexicon("questions")
        self._endings = tuple(data["endings"])
        self._phrases = Phrases({"": [p for ps in data["phrases"].values() for p in ps]})
        self._never = Phrases({"": data["not_questions"]})
        lead_ins = "|".join(re.escape(w) for w in data["lead_ins"])
        words = sorted((w for ws in data["openers"].values() for w in ws), key=len, reverse=True)
        openers = "|".join(re.escape(w) for w in words)
        self._opening = re.compile(rf"\W*(?:(?:{lead_ins})\W+)*(?:{openers})(?!\w)")

    def matches(self, text: str) -> bool:
        """True for a question mark, a closing particle, a question word or a verb in first place."""
        asked = plain(text[-MAX_CHARACTERS:]).strip()
        asked = _cut(asked, [(h.start, h.end) for h in self._never.find(asked)])
        if asked.rstrip("!！。.)） ").endswith(self._endings):
            return True
        if len(asked) > SHORT:
            return bool(self._opening.match(asked)) and len(asked) <= 2 * SHORT
        return bool(self._opening.match(asked) or self._phrases.find(asked))


@cache
def _question_form() -> QuestionForm:
    return QuestionForm()


def is_question(text: str) -> bool:
    """Whether the text is a question by its form alone, in any served language."""
    return _question_form().matches(text)


def _fixed_forms(text: str) -> Iterator[Entity]:
    for match in _EMAIL.finditer(text):
        yield Entity("email", match.group().rstrip("."), match.group(), match.start(), match.end())
    for match in _URL.finditer(text):
        yield Entity("url", match.group().rstrip(".,"), match.group(), match.start(), match.end())
    for match in _REFERENCE.finditer(text):
        yield Entity("reference", f"I2P-{match[1].upper()}", match.group(), match.start(), match.end())


def _topics(mentions: Sequence[Mention]) -> Iterator[Entity]:
    for mention in mentions:
        kind = mention.identifier.split(":")[0]
        if kind in TOPIC_KINDS and ":" in mention.identifier:
            yield Entity(kind, mention.identifier, mention.text, mention.start, mention.end, mention.score)


def _entities(type_: str, text: str, hits: Iterator[Hit] | Sequence[Hit]) -> list[Entity]:
    return [Entity(type_, h.value, text[h.start : h.end], h.start, h.end) for h in hits]


def _cut(text: str, spans: Sequence[tuple[int, int]], filler: str = " ") -> str:
    """The text with a filler in place of the spans, so that places stay right."""
    for start, end in spans:
        text = text[:start] + filler * (end - start) + text[end:]
    return text
