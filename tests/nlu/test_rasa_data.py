import re

import pytest
import yaml

from knowledge.base import KnowledgeBase
from nlu.phrases import plain
from nlu.rasa_data import HELD_OUT, pattern, training_yaml
from nlu.training import Example, load_training, parse_line


def blocks(kb: KnowledgeBase, *examples: Example) -> dict[tuple[str, str], list[str]]:
    """The lines of each block by its kind and name."""
    content = yaml.safe_load(training_yaml(kb, examples, []))
    assert content["version"] == "3.1"
    read = {}
    for block in content["nlu"]:
        (kind, name), _ = block.items()
        read[kind, name] = [line.removeprefix("- ") for line in block["examples"].splitlines()]
    return read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hebei heavy industry", ["hebei"]),
        ("in Hebei's plants", ["hebei"]),
        ("我在Hebei省工作", ["hebei"]),
        ("河北的钢铁厂", ["河北"]),
        ("我在廣東", ["广东"]),
        ("waterstof en water", ["water"]),
        ("heb ei", []),
        ("GUANG AN", []),
        ("waste  water", ["waste  water"]),
        ("waste-water", ["waste-water"]),
    ],
)
def test_names_are_found_as_whole_words_and_anywhere_in_chinese(text: str, found: list[str]) -> None:
    names = pattern(["Hebei", "河北", "廣東", "water", "waste water"])
    assert [m.group() for m in re.finditer(names, plain(text))] == found


def test_every_example_is_there_once(kb: KnowledgeBase) -> None:
    twice = Example("how about  Hebei", "region:hebei", "en"), Example("how about Hebei", "region:hebei", "nl")
    assert blocks(kb, *twice)["intent", "region:hebei"].count("how about hebei") == 1
    every = load_training()
    written = blocks(kb, *every)
    assert {name for kind, name in written if kind == "intent"} == {e.intent for e in every}


def test_every_kind_of_name_is_marked_somewhere(kb: KnowledgeBase) -> None:
    """Rasa extracts only entities of which it has seen an example."""
    written = blocks(kb, *load_training())
    marked = {
        a.type for (kind, _), lines in written.items() if kind == "intent" for x in lines for a in parse_line(x)[1]
    }
    assert marked == {"region", "province", "challenge", "domain", "elsewhere"}


def test_names_stand_for_their_topic(kb: KnowledgeBase) -> None:
    synonyms = blocks(kb)["synonym", "region:hebei"]
    assert {"hebei", "河北"} <= set(synonyms)


def test_questions_are_marked_as_held_out(kb: KnowledgeBase) -> None:
    asked = Example('What about "Hebei"? \\ :', "region:hebei", "en")
    written = yaml.safe_load(training_yaml(kb, [], [asked]))["nlu"]
    (block,) = (b for b in written if isinstance(b["examples"], list))
    assert block["intent"] == "region:hebei"
    assert block["examples"] == [{"text": plain(asked.text), "metadata": {HELD_OUT: True}}]
