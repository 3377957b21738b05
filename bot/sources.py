"""The sources of answers, titled in a person's language."""

from collections.abc import Iterable

from bot.ports import Json
from knowledge.base import KnowledgeBase
from knowledge.script import traditional
from nlu.types import LanguageCode


def titles(kb: KnowledgeBase, language: LanguageCode, keys: Iterable[str] | None = None) -> list[Json]:
    """Sources as {"key", "title", "url"}: those of `keys` that exist, or all."""
    base = "zh" if language.startswith("zh") else language
    found = kb.sources.values() if keys is None else [kb.sources[k] for k in keys if k in kb.sources]
    listed = []
    for source in found:
        title = source.title[base]
        shown = traditional(title) if language == "zh-Hant" else title
        listed.append({"key": source.key, "title": shown, "url": source.url})
    return listed
