"""What must hold between the parts of the data: languages, sources, references, unique names."""

from collections import Counter
from collections.abc import Iterator, Mapping

from knowledge.model import Fact, Localized, Topic
from knowledge.reading import Data, Located
from knowledge.spelling import key

ATTRIBUTES = (
    *("summary", "since", "when", "who", "partner", "location", "population", "economy", "energy", "needs"),
    *("cooperation", "goals", "count", "why", "how", "scale", "example", "where"),
)
UNSOURCED_KINDS = frozenset({"smalltalk", "action", "assistant", "unknown", "out-of-scope"})
PLACEHOLDERS = ("region", "challenges", "theme")


def inconsistencies(data: Data) -> list[str]:
    """A line for each thing that does not fit together: file, place, what to mend."""
    problems = []
    if not data.languages:
        problems.append("programme.yml: languages is missing; write for example languages: [en, nl, zh]")
    if data.reasons is None:
        problems.append("reasons.yml: the section reasons is missing")
    problems += _texts(data)
    problems += _duplicates([(t.value.id, t.place) for t in data.topics], "identifier")
    problems += _duplicates([(s.value.key, s.place) for s in data.sources], "source key")
    problems += _references(data)
    problems += _rival_names(data.topics)
    return problems


def _texts(data: Data) -> Iterator[str]:
    languages = data.languages
    yield from _languages(data.name, "programme.yml, name", languages)
    for source in data.sources:
        yield from _languages(source.value.title, f"{source.place}, title", languages)
    for tie in data.ties:
        yield from _languages(tie.value.text, f"{tie.place}, text", languages)
    for topic in data.topics:
        yield from _languages(topic.value.names, f"{topic.place}, names", languages)
        yield from _known_languages(topic.value.aliases, f"{topic.place}, aliases", languages)
        for number, fact in enumerate(topic.value.facts, 1):
            yield from _languages(fact.text, f"{_place(topic, fact, number)}, text", languages)
        for number, theme in enumerate(topic.value.themes, 1):
            yield from _languages(theme.text, f"{topic.place}, themes {number}, text", languages)
            yield from _known_languages(theme.near, f"{topic.place}, themes {number}, near", languages)
    if data.reasons is not None:
        for name, text in data.reasons.value:
            yield from _languages(text, f"{data.reasons.place}, {name}", languages)
            yield from _placeholders(text, f"{data.reasons.place}, {name}")


def _languages(text: Localized, place: str, languages: tuple[str, ...]) -> Iterator[str]:
    for code in languages:
        if code not in text:
            yield f"{place}: {code} is missing"
    yield from _known_languages(text, place, languages)


def _known_languages(group: Mapping[str, object], place: str, languages: tuple[str, ...]) -> Iterator[str]:
    for code in sorted(group.keys() - set(languages)):
        yield f"{place}: {code} is not one of the languages {', '.join(languages)}"


def _placeholders(text: Localized, place: str) -> Iterator[str]:
    for code, wording in text.items():
        try:
            wording.format(**dict.fromkeys(PLACEHOLDERS, ""))
        except (KeyError, ValueError, IndexError) as error:
            names = ", ".join(f"{{{p}}}" for p in PLACEHOLDERS)
            yield f"{place} {code}: unknown placeholder {error}; known are {names}"


def _place(topic: Located[Topic], fact: Fact, number: int) -> str:
    return f"{topic.place}, facts {number} ({fact.attribute})"


def _duplicates(entries: list[tuple[str, str]], what: str) -> Iterator[str]:
    counts = Counter(name for name, _ in entries)
    for name, count in counts.items():
        if count > 1:
            places = " and ".join(place for entry, place in entries if entry == name)
            yield f"{places}: the {what} {name} is given {count} times"


def _references(data: Data) -> Iterator[str]:
    topics = {t.value.id: t.value for t in data.topics}
    sources = {s.value.key for s in data.sources}
    for topic in data.topics:
        yield from _facts(topic, sources)
        for target in topic.value.follow_ups:
            if target not in topics:
                yield f"{topic.place}, follow_ups: there is no topic {target}"
        for target in topic.value.partners:
            if target not in topics:
                yield f"{topic.place}, partners: there is no topic {target}"
            elif {topic.value.kind, topics[target].kind} != {"region", "province"}:
                yield f"{topic.place}, partners: {target} cannot be a partner; partners are a region and a province"
    for tie in data.ties:
        for target, kind in ((tie.value.challenge, "challenge"), (tie.value.region, "region")):
            if target not in topics or topics[target].kind != kind:
                yield f"{tie.place}, {kind}: there is no {kind} {target}"
        for source in set(tie.value.sources) - sources:
            yield f"{tie.place}, sources: there is no source {source}"
    pairs = [(f"{t.value.challenge} in {t.value.region}", t.place) for t in data.ties]
    yield from _duplicates(pairs, "tie")


def _facts(topic: Located[Topic], sources: set[str]) -> Iterator[str]:
    for number, fact in enumerate(topic.value.facts, 1):
        place = _place(topic, fact, number)
        if fact.attribute not in ATTRIBUTES:
            yield f"{place}: unknown attribute; known are {', '.join(ATTRIBUTES)}"
        is_list = ":" not in topic.value.id
        if not fact.sources and not is_list and topic.value.kind not in UNSOURCED_KINDS:
            yield f"{place}: no source; add sources: [...]"
        for source in set(fact.sources) - sources:
            yield f"{place}, sources: there is no source {source}"
    for number, theme in enumerate(topic.value.themes, 1):
        for source in set(theme.sources) - sources:
            yield f"{topic.place}, themes {number}, sources: there is no source {source}"
    attributes = [(f.attribute, topic.place) for f in topic.value.facts]
    yield from _duplicates(attributes, "attribute")


def _rival_names(topics: list[Located[Topic]]) -> Iterator[str]:
    owners: dict[tuple[str, ...], Located[Topic]] = {}
    for topic in topics:
        for name in (*spellings(topic.value), *topic.value.places):
            owner = owners.setdefault(key(name), topic)
            if owner.value.id != topic.value.id:
                yield f"{topic.place}: the name {name!r} is already that of {owner.value.id} ({owner.place})"


def spellings(topic: Topic) -> list[str]:
    """Every name and alias of a topic, in all languages."""
    return list(dict.fromkeys([*topic.names.values(), *(a for group in topic.aliases.values() for a in group)]))
