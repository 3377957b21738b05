"""What a coordinator may want to mend although the assistant can start."""

from collections.abc import Iterator

from knowledge.base import KnowledgeBase
from knowledge.consistency import UNSOURCED_KINDS
from knowledge.model import Topic
from knowledge.script import simplified

EXPECTED = (
    "programme:overview programme:how-to-apply programme:after-submission programme:contact "
    "regions provinces challenges domains assistant:capabilities assistant:privacy "
    "action:proposal action:need action:human action:status action:language "
    "smalltalk:greeting smalltalk:thanks smalltalk:goodbye out-of-scope province:other"
)
LISTS = {"regions": "region", "provinces": "province", "challenges": "challenge", "domains": "domain"}
WORDLESS = frozenset({"smalltalk", "action", "out-of-scope"})


def missing(kb: KnowledgeBase) -> list[str]:
    """Warnings that do not stop a start: identifiers, aliases, facts, ties and list entries that are lacking."""
    return [
        *(f"{i}: no topic; the dialogue speaks of it" for i in EXPECTED.split() if i not in kb),
        *(line for topic in kb.topics.values() for line in _topic(kb, topic)),
        *_untied(kb),
        *_stale_lists(kb),
        *_stale_places(kb),
        *_unused_sources(kb),
    ]


def _topic(kb: KnowledgeBase, topic: Topic) -> Iterator[str]:
    if topic.id != "out-of-scope":
        for code in kb.languages:
            if not topic.aliases.get(code):
                yield f"{topic.id}: no aliases in {code}"
    if topic.kind in WORDLESS:
        return
    if topic.fact() is None:
        yield f"{topic.id}: no summary"
    if not topic.follow_ups:
        yield f"{topic.id}: no follow-ups"
    for fact in topic.facts:
        if not fact.sources and topic.kind not in UNSOURCED_KINDS:
            yield f"{topic.id}: {fact.attribute} names no source"
        if "zh" in fact.text and simplified(fact.text["zh"]) != fact.text["zh"]:
            yield f"{topic.id}: {fact.attribute} has Traditional characters in zh; write Simplified"


def _untied(kb: KnowledgeBase) -> Iterator[str]:
    for challenge in kb.of_kind("challenge"):
        if not kb.ties(challenge=challenge.id):
            yield f"{challenge.id}: no tie to any region"
    for region in kb.of_kind("region"):
        if not kb.ties(region=region.id):
            yield f"{region.id}: no tie to any challenge"
        if not region.partners:
            yield f"{region.id}: no partner province"


def _stale_lists(kb: KnowledgeBase) -> Iterator[str]:
    for identifier, kind in LISTS.items():
        summary = kb.topic(identifier).fact() if identifier in kb else None
        if summary is None:
            continue
        for member in kb.of_kind(kind):
            for code in kb.languages:
                if member.id != "province:other" and not _names(summary.text[code], member, code):
                    yield f"{identifier}: the {code} summary does not name {member.id}"


def _stale_places(kb: KnowledgeBase) -> Iterator[str]:
    for challenge in kb.of_kind("challenge"):
        where = challenge.fact("where")
        for tie in kb.ties(challenge=challenge.id) if where else ():
            region = kb.topic(tie.region)
            for code in kb.languages:
                if where and not _names(where.text[code], region, code):
                    yield f"{challenge.id}: where in {code} does not name {region.id}, to which it is tied"


def _names(text: str, topic: Topic, code: str) -> bool:
    return topic.names[code].casefold() in text.casefold()


def _unused_sources(kb: KnowledgeBase) -> Iterator[str]:
    used = {s for topic in kb.topics.values() for fact in topic.facts for s in fact.sources}
    used |= {s for tie in kb.ties() for s in tie.sources}
    yield from (f"source {source}: no fact or tie names it" for source in kb.sources if source not in used)
