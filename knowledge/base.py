"""The knowledge base: the programme's topics, ties and sources, read from YAML and looked up by identifier."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from knowledge.consistency import inconsistencies
from knowledge.errors import KnowledgeError
from knowledge.model import Localized, ReasonTexts, Source, Tie, Topic
from knowledge.reading import read


class KnowledgeBase:
    """All that the assistant may say about the programme.

    `languages` are the base codes that every text must have (en, nl, zh); `programme` holds its names.
    `confusable` are names that look like one of ours and are not; `reasons` the wording of matches.
    """

    def __init__(
        self,
        languages: tuple[str, ...],
        programme: Localized,
        topics: Iterable[Topic],
        ties: Iterable[Tie],
        sources: Iterable[Source],
        reasons: ReasonTexts,
        confusable: Iterable[str] = (),
    ) -> None:
        self.languages = languages
        self.programme = programme
        self.topics: Mapping[str, Topic] = {t.id: t for t in topics}
        self._by_kind: dict[str, list[Topic]] = defaultdict(list)
        for topic in self.topics.values():
            if ":" in topic.id:
                self._by_kind[topic.kind].append(topic)
        self._ties = tuple(ties)
        self.sources: Mapping[str, Source] = {s.key: s for s in sources}
        self.reasons = reasons
        self.confusable = tuple(confusable)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self.topics

    def topic(self, identifier: str) -> Topic:
        """The topic under an identifier. Raises KeyError for an unknown one."""
        return self.topics[identifier]

    def of_kind(self, kind: str) -> Sequence[Topic]:
        """All topics of a kind (region, challenge, …) in the order of the data."""
        return self._by_kind.get(kind, [])

    def name(self, identifier: str, language: str) -> str:
        """A topic's name in a base language (en, nl, zh)."""
        return self.topics[identifier].names[language]

    def ties(self, challenge: str | None = None, region: str | None = None) -> list[Tie]:
        """Ties of a challenge, of a region, between the two, or all."""
        return [
            t
            for t in self._ties
            if (challenge is None or t.challenge == challenge) and (region is None or t.region == region)
        ]


def load(root: Traversable | None = None) -> KnowledgeBase:
    """Read and check a folder of YAML (default: the programme's own).

    Raises KnowledgeError, which lists every file and place that needs mending.
    """
    data = read(root if root is not None else files("knowledge") / "data")
    problems = data.problems + inconsistencies(data)
    if problems or data.reasons is None:
        raise KnowledgeError(problems)
    return KnowledgeBase(
        languages=data.languages,
        programme=data.name,
        topics=_with_inverse_partners([t.value for t in data.topics]),
        ties=[t.value for t in data.ties],
        sources=[s.value for s in data.sources],
        reasons=data.reasons.value,
        confusable=data.confusable,
    )


def _with_inverse_partners(topics: list[Topic]) -> list[Topic]:
    """A partnership written at one end counts for both, so that a new region needs no edit elsewhere."""
    completed = []
    for topic in topics:
        others = [t.id for t in topics if topic.id in t.partners and t.id not in topic.partners]
        completed.append(topic.model_copy(update={"partners": (*topic.partners, *others)}) if others else topic)
    return completed
