"""New entries in files that people laid out: nothing else changes."""

import pytest
import yaml

from bot.yaml_edits import with_example, with_fact
from knowledge.model import Fact

TRAINING = """\
# About regions.
version: "3.1"
nlu:
# The first one
- intent: region:hebei
  examples: |
    - Hebei
    - # a number sign is text in here

# The second one
- intent: region:shaanxi
  examples: |
      - Shaanxi
"""
KNOWLEDGE = """\
topics:
- id: region:hebei
  names: {en: Hebei}  # the same everywhere
  facts:
  - attribute: summary
    sources: [S1]  # the synopsis
    text:
      en: A long line that nobody may wrap, even where it goes on and on and on and on, and on and on and on and on.

  # What we still look for: the population.

- id: region:shaanxi
  names: {en: Shaanxi}
  aliases:
    en: [Shan-xi]
# Brackets:
- {id: region:x, facts: [{text: {en: X}}]}
"""
FACT = Fact(attribute="since", sources=("S1", "P2"), text={"en": "Since 2010: much", "zh": "自2010年起"})
WRITTEN = """\
{0}- attribute: since
{0}  sources: [S1, P2]
{0}  text:
{0}    en: 'Since 2010: much'
{0}    zh: 自2010年起
"""


def added(before: str, after: str | None) -> tuple[str, str]:
    """What is new, and the line before it."""
    assert after is not None
    start = next(i for i, (a, b) in enumerate(zip(before + "\0", after, strict=False)) if a != b)
    grown = len(after) - len(before)
    starts = [i for i in range(start - grown, start + 1) if i >= 0 and after[:i] + after[i + grown :] == before]
    at = next(i for i in starts if i == 0 or after[i - 1] == "\n")
    return after[at : at + grown], after[:at].splitlines()[-1]


def test_an_example_comes_at_the_end_of_its_block() -> None:
    after = with_example(TRAINING, "region:hebei", "河北 #1: [x]")
    assert added(TRAINING, after) == ("    - 河北 #1: [x]\n", "    - # a number sign is text in here")
    after = with_example(TRAINING, "region:shaanxi", "new")
    assert added(TRAINING, after) == ("      - new\n", "      - Shaanxi")


def test_an_example_of_another_file_changes_nothing() -> None:
    assert with_example(TRAINING, "region:chengdu", "new") is None
    assert with_example("version: '3.1'", "region:hebei", "new") is None
    assert with_fact(KNOWLEDGE, "region:chengdu", FACT) is None


@pytest.mark.parametrize("end", ["", "\n", "\n\n\n", "\n# the end\n"])
def test_the_end_of_a_file_may_be_anything(end: str) -> None:
    after = with_example(TRAINING.rstrip() + end, "region:shaanxi", "new")
    assert after is not None
    assert yaml.safe_load(after)["nlu"][1]["examples"].split("\n")[:2] == ["- Shaanxi", "- new"]


def test_windows_lines_stay_so() -> None:
    before = TRAINING.replace("\n", "\r\n")
    assert added(before, with_example(before, "region:hebei", "new"))[0] == "    - new\r\n"


def test_a_fact_comes_after_the_last_of_its_topic() -> None:
    new, before = added(KNOWLEDGE, with_fact(KNOWLEDGE, "region:hebei", FACT))
    assert new == WRITTEN.format("  ")
    assert before.strip().startswith("en: A long line")


def test_a_topic_without_facts_gets_its_first() -> None:
    new, before = added(KNOWLEDGE, with_fact(KNOWLEDGE, "region:shaanxi", FACT))
    assert new == "  facts:\n" + WRITTEN.format("  ")
    assert before == "    en: [Shan-xi]"


def test_facts_in_brackets_are_left_to_a_person() -> None:
    with pytest.raises(ValueError, match="by hand"):
        with_fact(KNOWLEDGE, "region:x", FACT)


def test_a_conclusion_is_written_as_one() -> None:
    after = with_fact(KNOWLEDGE, "region:hebei", FACT.model_copy(update={"kind": "inferred"}))
    assert "    kind: inferred\n" in str(after)


@pytest.mark.parametrize("text", ["yes", "- dash", "a: b", "'q' \"q\"", "#no", "x" * 500, "tail ", "{brace}", "1.5"])
def test_any_text_is_read_back(text: str) -> None:
    fact = Fact(attribute="since", sources=("S1",), text={"en": text, "nl": "x"})
    read = yaml.safe_load(str(with_fact(KNOWLEDGE, "region:hebei", fact)))["topics"][0]["facts"][-1]
    assert read["text"] == {"en": text.strip(), "nl": "x"}
