"""Training, dev and test share no question, nor nearly so: otherwise the figures would measure memory."""

import re

import pytest
from rapidfuzz import fuzz, process

from knowledge.base import KnowledgeBase
from knowledge.script import simplified
from nlu.embedded import named_examples
from nlu.training import Example, load_questions, load_training

ALIKE = 90
"""Percent of rapidfuzz's ratio from which two questions count as the same."""


def plain(example: Example) -> str:
    return re.sub(r"[\W_]+", " ", simplified(example.text).casefold()).strip()


def alike(some: list[Example], others: list[Example]) -> list[tuple[str, str]]:
    ratios = process.cdist(
        [plain(e) for e in some], [plain(e) for e in others], scorer=fuzz.ratio, score_cutoff=ALIKE, workers=-1
    )
    pairs = zip(some, ratios.argmax(axis=1), ratios.max(axis=1), strict=True)
    return [(e.text, others[place].text) for e, place, ratio in pairs if ratio >= ALIKE]


@pytest.mark.parametrize("split", ["dev", "test"])
def test_no_question_stands_nearly_the_same_among_the_examples(split: str, kb: KnowledgeBase) -> None:
    assert alike(load_questions(split), [*load_training(), *named_examples(kb)]) == []


def test_no_question_of_test_stands_nearly_the_same_in_dev() -> None:
    assert alike(load_questions("test"), load_questions("dev")) == []


def test_a_near_duplicate_is_seen() -> None:
    asked = [Example("What does taking part cost?", "unknown:fees", "en")]
    assert alike(asked, [Example("what does taking part cost", "unknown:fees", "en")])
    assert not alike(asked, [Example("what does a visa cost", "out-of-scope", "en")])


@pytest.mark.parametrize("language", ["en", "nl", "zh"])
def test_every_topic_has_enough_examples_and_questions(language: str, kb: KnowledgeBase) -> None:
    examples = [e.intent for e in load_training() if e.language == language]
    asked = [e.intent for split in ("dev", "test") for e in load_questions(split) if e.language == language]
    for topic in (t.id for t in kb.topics.values() if t.facts):
        assert examples.count(topic) >= 25, topic
        if topic in set(asked):
            assert asked.count(topic) >= 4, topic
    assert len(set(asked)) >= 55
    assert asked.count("out-of-scope") >= 100
