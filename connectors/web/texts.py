"""The words of the web channel itself: the widget's labels, the page around it, errors a person may see."""

from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.script import traditional
from knowledge.yaml_files import parse
from nlu.types import LanguageCode

FILES = {"en": "en.yml", "nl": "nl.yml", "zh-Hans": "zh.yml", "zh-Hant": "zh.yml"}


@cache
def texts(language: LanguageCode) -> dict[str, Any]:
    """All texts in one language, in sections: widget, page, errors."""
    content = (files("connectors.web") / "texts" / FILES[language]).read_text(encoding="utf-8")
    data: dict[str, Any] = parse(traditional(content) if language == "zh-Hant" else content)
    return data


def error_text(code: str, language: LanguageCode) -> str | None:
    """What a person is told for an error code, or None when no person meets it."""
    text: str | None = texts(language)["errors"].get(code)
    return text
