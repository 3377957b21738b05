from pathlib import Path

import pytest

from nlu.training import Annotation, TrainingError, load_training, parse_line

HEAD = 'version: "3.1"\nnlu:\n'


def write(folder: Path, content: str, name: str = "en/some.yml") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def test_reads_examples_with_their_annotations(tmp_path: Path) -> None:
    write(tmp_path, HEAD + "- intent: region:hebei\n  examples: |\n    - what about [Hebei](region)?\n    - Hebei\n")
    first, second = load_training(tmp_path)
    assert (first.text, first.intent, first.language) == ("what about Hebei?", "region:hebei", "en")
    assert first.entities == (Annotation("region", "Hebei", 11, 16),)
    assert second.entities == ()


def test_reads_annotations_with_a_value() -> None:
    text, entities = parse_line('from [Anvers]{"entity": "province", "value": "province:antwerp"} to [Ghent](city)')
    assert text == "from Anvers to Ghent"
    assert [(e.type, e.value, text[e.start : e.end]) for e in entities] == [
        ("province", "province:antwerp", "Anvers"),
        ("city", "Ghent", "Ghent"),
    ]


def test_test_data_are_never_read(tmp_path: Path) -> None:
    write(tmp_path, HEAD + "- intent: a\n  examples: |\n    - one\n")
    write(tmp_path, HEAD + "- intent: b\n  examples: |\n    - two\n", "test/en.yml")
    assert [e.intent for e in load_training(tmp_path)] == ["a"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("version: [", "some.yml"),
        ("version: 2.0\nnlu: []\n", 'must start with version: "3.1"'),
        (HEAD + "- intent: a\n  example: x\n", "needs just intent and examples"),
        (HEAD + "- intent: region:hebei\n  examples:\n    - x\n", "intent 'region:hebei'"),
        (HEAD + "- intent: region:hebei\n  examples: |\n    no dash\n", "intent region:hebei: not an example"),
        (HEAD + '- intent: a\n  examples: |\n    - [x]{"value": "y"}\n', "intent a"),
        (HEAD, "no training examples"),
    ],
)
def test_a_fault_names_its_place(tmp_path: Path, content: str, told: str) -> None:
    write(tmp_path, content)
    with pytest.raises(TrainingError) as caught:
        load_training(tmp_path)
    assert told in str(caught.value)


def test_the_programmes_own_data_are_complete(kb: object) -> None:
    examples = load_training()
    for language in ("en", "nl", "zh"):
        intents = {e.intent for e in examples if e.language == language}
        assert "out-of-scope" in intents
        assert len(intents) == len({e.intent for e in examples})
