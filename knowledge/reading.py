"""Reads the folder of YAML files into checked values, and notes every problem with its place.

Any file may hold any of the sections: name, languages, sources, topics, ties, reasons, confusable.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.model import Localized, ReasonTexts, Source, Tie, Topic
from knowledge.yaml_files import SafeLoader

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Located(Generic[M]):
    """A value and where it stands, as a person finds it: file and entry."""

    value: M
    place: str


@dataclass(slots=True)
class Data:
    """What the files hold, and what is wrong with their form."""

    name: Localized = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    sources: list[Located[Source]] = field(default_factory=list)
    topics: list[Located[Topic]] = field(default_factory=list)
    ties: list[Located[Tie]] = field(default_factory=list)
    reasons: Located[ReasonTexts] | None = None
    confusable: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)


class _UniqueKeys(SafeLoader):  # type: ignore[misc]
    """YAML takes the last of two equal keys in silence; a coordinator's slip must be told instead."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for (key_node, _), key, index in zip(node.value, keys, range(len(keys)), strict=True):
            if key in keys[:index]:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands here twice", key_node.start_mark)
        return dict(super().construct_mapping(node, deep=deep))


def read(root: Traversable) -> Data:
    """Read every .yml and .yaml file under `root`. Problems of form are collected, never raised."""
    data = Data()
    found = False
    for place, file in _yaml_files(root):
        found = True
        try:
            content = yaml.load(file.read_text(encoding="utf-8"), _UniqueKeys)  # noqa: S506 - a safe loader
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            data.problems.append(f"{place}: not readable as YAML: {' '.join(str(error).split())}")
            continue
        _read_file(data, place, content)
    if not found:
        data.problems.append(f"{root}: no .yml file here; name a folder that holds the programme's data")
    return data


def _yaml_files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _yaml_files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".yml", ".yaml")):
            yield f"{prefix}{entry.name}", entry


def _read_file(data: Data, place: str, content: Any) -> None:
    if not isinstance(content, dict):
        data.problems.append(f"{place}: must hold sections such as topics: or ties:")
        return
    for section, value in content.items():
        where = f"{place}, {section}"
        match section:
            case "sources":
                data.sources += _models(Source, where, value, data.problems)
            case "topics":
                data.topics += _models(Topic, where, value, data.problems)
            case "ties":
                data.ties += _models(Tie, where, value, data.problems)
            case "reasons":
                data.reasons = next(iter(_models(ReasonTexts, where, [value], data.problems)), data.reasons)
            case "name" if isinstance(value, dict) and _strings(list(value.values())):
                data.name = value
            case "languages" if _strings(value):
                data.languages = tuple(value)
            case "confusable" if _strings(value):
                data.confusable += tuple(value)
            case "name" | "languages" | "confusable":
                data.problems.append(f"{where}: every entry must be a text; put it into quotes")
            case _:
                data.problems.append(
                    f"{where}: unknown section; known are name, languages, sources, topics, ties, reasons, confusable"
                )


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _models(model: type[M], where: str, entries: Any, problems: list[str]) -> list[Located[M]]:
    if not isinstance(entries, list):
        problems.append(f"{where}: must be a list; begin each entry with a dash")
        return []
    read_entries = []
    for number, entry in enumerate(entries, 1):
        place = f"{where} {_label(entry, number)}"
        try:
            read_entries.append(Located(model.model_validate(entry), place))
        except ValidationError as error:
            problems += [f"{place}, {_path(e['loc'])}: {e['msg']}" for e in error.errors()]
    return read_entries


def _label(entry: Any, number: int) -> str:
    if not isinstance(entry, dict):
        return str(number)
    tie = f"{entry.get('challenge')} in {entry.get('region')}" if "challenge" in entry else None
    return str(entry.get("id") or entry.get("key") or tie or number)


def _path(location: tuple[int | str, ...]) -> str:
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in location) or "entry"
