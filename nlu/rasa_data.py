"""What Rasa is trained on, generated from our examples and the knowledge base: YAML 3.1 with names and synonyms."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from knowledge.base import KnowledgeBase
from knowledge.consistency import spellings
from knowledge.spelling import key
from nlu.classifier import OUT_OF_SCOPE
from nlu.entities import TOPIC_KINDS
from nlu.phrases import plain
from nlu.training import VERSION, Example

ELSEWHERE = "elsewhere"
"""Entity type of a name that looks like one of ours and is not: what lies within it is no name of ours."""

HELD_OUT = "held_out"
"""Metadata of a question that is not to be trained on."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = r"[^\W_\u3400-\u9fff]"
_GAP = re.compile(r"(?:\\[\s-])+")


def training_yaml(kb: KnowledgeBase, examples: Sequence[Example], questions: Sequence[Example]) -> str:
    """One file of examples, synonyms and patterns. The same data give the same text.

    `questions` are marked as held out: the thresholds are chosen on them, and nothing is trained on them.
    """
    texts: dict[str, dict[str, None]] = defaultdict(dict)
    for example in examples:
        texts[example.intent][" ".join(plain(example.text).split())] = None
    blocks = [_block("intent", intent, [*lines, *_marked(kb, intent)]) for intent, lines in sorted(texts.items())]
    blocks += [_held_out(q) for q in questions]
    topics = sorted(kb.topics)
    blocks += [_block("synonym", topic, _plain_names(kb, topic)) for topic in topics if _kind(topic) in TOPIC_KINDS]
    blocks += [_block("regex", topic, [pattern(spellings(kb.topic(topic)))]) for topic in topics]
    blocks += [_block("regex", kind, [pattern(_of_kind(kb, kind))]) for kind in TOPIC_KINDS]
    blocks.append(_block("regex", ELSEWHERE, [pattern(_elsewhere(kb))]))
    return f'version: "{VERSION}"\nnlu:\n' + "".join(blocks)


def pattern(names: Iterable[str]) -> str:
    """A regular expression that finds any of the names in a `nlu.phrases.plain` text.

    Whole words in Latin script, anywhere in Chinese. Rasa's look-up tables know one border for all names: with it
    Chinese is not found, without it "water" is found in "waterstof".
    """
    forms = sorted(dict.fromkeys(plain(name).strip() for name in names), key=lambda f: (-len(f), f))
    latin = [_GAP.sub(r"[\\s-]+", re.escape(f)).replace("'", "'?") for f in forms if not _HAN.search(f)]
    branches = [re.escape(f) for f in forms if _HAN.search(f)]
    if latin:
        branches.insert(0, f"(?<!{_LETTER})(?:{'|'.join(latin)})(?!{_LETTER})")
    return "|".join(branches)


def _kind(identifier: str) -> str:
    return identifier.partition(":")[0] if ":" in identifier else ""


def _of_kind(kb: KnowledgeBase, kind: str) -> Iterator[str]:
    return (name for topic in kb.of_kind(kind) for name in spellings(topic))


def _plain_names(kb: KnowledgeBase, identifier: str) -> list[str]:
    return list(dict.fromkeys(plain(name) for name in spellings(kb.topic(identifier))))


def _marked(kb: KnowledgeBase, intent: str) -> Iterator[str]:
    """A name with its entity: Rasa looks for an entity only where an example has one."""
    if intent in kb and _kind(intent) in TOPIC_KINDS:
        yield from (f"[{name}]({_kind(intent)})" for name in _plain_names(kb, intent)[:1])
    if intent == OUT_OF_SCOPE:
        yield from (f"[{name}]({ELSEWHERE})" for name in _elsewhere(kb)[:1])


def _elsewhere(kb: KnowledgeBase) -> list[str]:
    """Confusable names; one that is ours as well, such as a part of a longer one, is ours."""
    ours = {key(name) for topic in kb.topics.values() for name in spellings(topic)}
    return [name for name in kb.confusable if key(name) not in ours]


def _held_out(question: Example) -> str:
    text = json.dumps(" ".join(plain(question.text).split()), ensure_ascii=False)
    return f"- intent: {question.intent}\n  examples:\n  - text: {text}\n    metadata:\n      {HELD_OUT}: true\n"


def _block(sort: str, name: str, lines: Iterable[str]) -> str:
    return f"- {sort}: {name}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines)
