"""The interpreter that asks Rasa, with another engine behind it for when Rasa is away."""

from collections.abc import Iterator, Sequence

from knowledge.base import KnowledgeBase
from knowledge.gazetteer import Gazetteer
from nlu.classifier import OUT_OF_SCOPE
from nlu.embedded import OFFERED
from nlu.entities import TOPIC_KINDS
from nlu.preparing import Prepared, Preparer
from nlu.rasa_data import ELSEWHERE
from nlu.rasa_server import Answer, Named, RasaAwayError, RasaServer
from nlu.training import Example
from nlu.types import Entity, Intent, Interpreter, LanguageCode, Understanding

LONGEST = 1000
"""Characters that Rasa is asked about: it takes half a second for 4,000, and the rest tells no other topic."""
_COMMAND = "/"
"""Rasa takes a text that begins so for the name of an intent."""


class RasaInterpreter:
    """nlu.types.Interpreter over a Rasa server.

    While the server is away `fallback` answers, and the Understanding's `engine` says so. Without a fallback
    `parse` raises RasaAwayError: what is measured is Rasa then.
    """

    name = "rasa"

    def __init__(
        self, server: RasaServer, kb: KnowledgeBase, examples: Sequence[Example], fallback: Interpreter | None = None
    ) -> None:
        self._server = server
        self._fallback = fallback
        self._preparer = Preparer(Gazetteer(kb))
        # A model may be older than the data that were reloaded: what it still knows leads nowhere.
        self._known = {*kb.topics, *(e.intent for e in examples)}

    async def parse(self, text: str, language: LanguageCode) -> Understanding:
        """Understand `text`. Raises RasaAwayError when there is no fallback."""
        seen = self._preparer.prepare(text)
        if not seen.topical:
            return Understanding(text, (), seen.entities, "unsure", seen.question, self.name)
        asked = seen.text.strip().lstrip(_COMMAND).lstrip()[:LONGEST].rstrip()
        try:
            answer = await self._server.parse(asked)
        except RasaAwayError:
            if self._fallback is None:
                raise
            return await self._fallback.parse(text, language)
        entities = _merged(seen, self._names(answer.entities, seen.text, seen.text.index(asked)))
        verdict = answer.verdict if self._ours(answer) or answer.verdict == "foreign" else "unsure"
        return Understanding(text, self._intents(answer), entities, verdict, seen.question, self.name)

    def _ours(self, answer: Answer) -> list[Intent]:
        return [
            Intent(r.name, round(r.confidence, 4))
            for r in answer.intent_ranking
            if r.name in self._known and r.name != OUT_OF_SCOPE
        ]

    def _intents(self, answer: Answer) -> tuple[Intent, ...]:
        ours = self._ours(answer)
        if answer.verdict == "foreign":
            ours.insert(0, Intent(OUT_OF_SCOPE, round(answer.out_of_scope, 4)))
        return tuple(ours[:OFFERED])

    def _names(self, found: Sequence[Named], text: str, offset: int) -> list[Entity]:
        """Rasa's names in the original text: the longest where several overlap, and none of elsewhere."""
        kept: list[Named] = []
        for named in sorted(found, key=lambda n: (n.start - n.end, n.start)):
            if all(named.end <= k.start or named.start >= k.end for k in kept):
                kept.append(named)
        spans = [(n, n.start + offset, n.end + offset) for n in kept if n.entity != ELSEWHERE]
        return [
            Entity(n.entity, n.value, text[start:end], start, end)
            for n, start, end in spans
            if n.entity in TOPIC_KINDS and n.value in self._known
        ]


def _merged(seen: Prepared, names: Sequence[Entity]) -> tuple[Entity, ...]:
    """Rasa's names, misspelt ones that it does not know, and all that is no name."""
    entities = [*names, *_beside(seen.entities, names)]
    return tuple(sorted(entities, key=lambda e: (e.start, -e.end)))


def _beside(ours: Sequence[Entity], names: Sequence[Entity]) -> Iterator[Entity]:
    for entity in ours:
        clash = any(entity.start < n.end and n.start < entity.end for n in names)
        if entity.type not in TOPIC_KINDS or not clash:
            yield entity
