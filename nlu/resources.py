"""Data files of this package, reachable from a checkout and from a wheel."""

from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.yaml_files import parse


@cache
def lexicon(name: str) -> Any:
    """The content of a word list, `nlu/lexicon/NAME.yml`. Shared: do not change it."""
    text = (files("nlu") / "lexicon" / f"{name}.yml").read_text(encoding="utf-8")
    return parse(text)
