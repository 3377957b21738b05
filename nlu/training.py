"""Training examples in Rasa's YAML 3.1: one folder per language, one or more files in it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from knowledge.yaml_files import parse

LANGUAGES = ("en", "nl", "zh")
VERSION = "3.1"

_ANNOTATION = re.compile(r"\[(?P<text>[^\]]+)\](?:\((?P<type>[\w-]+)\)|(?P<json>\{[^}]*\}))")
_KEYS = {"intent", "examples"}


class TrainingError(ValueError):
    """A training file cannot be used. The message names file and intent."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """An entity marked in an example. `start` and `end` count in the example's plain text."""

    type: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """A text that someone could write, and what it means. `language` is en, nl or zh."""

    text: str
    intent: str
    language: str
    entities: tuple[Annotation, ...] = ()


def load_training(root: Traversable | None = None) -> list[Example]:
    """All examples in `root`/{en,nl,zh}/*.yml (default: the programme's own), never those of a test folder.

    Raises TrainingError.
    """
    root = files("nlu") / "data" if root is None else root
    examples = [e for language in LANGUAGES for e in _read_folder(root / language, language)]
    if not examples:
        raise TrainingError(f"{root}: no training examples; expected files like en/regions.yml")
    return examples


def load_questions(split: str, root: Traversable | None = None) -> list[Example]:
    """The labelled questions of `root`/{dev,test}/{en,nl,zh}.yml, written apart from the examples and never trained on.

    Thresholds are chosen on dev; test is for figures alone. Empty where there are none. Raises TrainingError.
    """
    folder = (files("nlu") / "data" if root is None else root) / split
    found = [(folder / f"{language}.yml", language) for language in LANGUAGES]
    return [e for file, language in found if file.is_file() for e in read_examples(file, language)]


def read_examples(file: Traversable, language: str) -> list[Example]:
    """The examples of one file. Raises TrainingError."""
    try:
        content = parse(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise TrainingError(f"{file}: {error}") from error
    if not isinstance(content, dict) or str(content.get("version")) != VERSION:
        raise TrainingError(f'{file}: must start with version: "{VERSION}"')
    return [e for block in content.get("nlu") or () for e in _read_block(block, language, str(file))]


def parse_line(line: str) -> tuple[str, tuple[Annotation, ...]]:
    """An example's plain text and its annotations, `[text](type)` or `[text]{"entity": …, "value": …}`.

    Raises ValueError for an annotation that is not understood.
    """
    plain, annotations, position = "", [], 0
    for match in _ANNOTATION.finditer(line):
        plain += line[position : match.start()]
        start, text = len(plain), match["text"]
        plain += text
        annotations.append(_annotation(match, start))
        position = match.end()
    return plain + line[position:], tuple(annotations)


def _annotation(match: re.Match[str], start: int) -> Annotation:
    text = match["text"]
    marked: dict[str, Any] = {"entity": match["type"]} if match["type"] else json.loads(match["json"])
    if not isinstance(marked.get("entity"), str):
        raise ValueError(f"no entity in {match[0]}")
    return Annotation(marked["entity"], str(marked.get("value", text)), start, start + len(text))


def _read_folder(folder: Traversable, language: str) -> Iterator[Example]:
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith((".yml", ".yaml")):
            yield from read_examples(file, language)


def _read_block(block: Any, language: str, file: str) -> Iterator[Example]:
    if not isinstance(block, dict) or set(block) != _KEYS:
        raise TrainingError(f"{file}: every entry of nlu needs just intent and examples, not {block!r:.80}")
    intent, examples = block["intent"], block["examples"]
    if not isinstance(intent, str) or not isinstance(examples, str):
        raise TrainingError(f"{file}: intent {intent!r}: examples must be a text block (examples: |)")
    for line in filter(str.strip, examples.splitlines()):
        if not line.startswith("- ") or not line[2:].strip():
            raise TrainingError(f"{file}: intent {intent}: not an example: {line!r} (write: - text)")
        try:
            text, entities = parse_line(line[2:].strip())
        except ValueError as error:
            raise TrainingError(f"{file}: intent {intent}: {line!r}: {error}") from error
        yield Example(text, intent, language, entities)
