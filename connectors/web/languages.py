"""Which of the served languages a hint or a browser asks for."""

from nlu.types import LanguageCode

TRADITIONAL = {"hant", "tw", "hk", "mo"}


def served(tag: str) -> LanguageCode | None:
    """The served language of a BCP 47 tag (en-US, zh, zh-TW), or None."""
    base, *rest = tag.strip().lower().replace("_", "-").split("-")
    if base == "zh":
        return "zh-Hant" if TRADITIONAL.intersection(rest) else "zh-Hans"
    if base == "en":
        return "en"
    return "nl" if base == "nl" else None


def preferred(accept_language: str) -> LanguageCode:
    """The best served language of an Accept-Language header; English when there is none."""
    weighed = []
    for part in accept_language.split(","):
        tag, _, quality = part.partition(";q=")
        language = served(tag)
        if language:
            weighed.append((_weight(quality), language))
    return max(weighed, key=lambda pair: pair[0])[1] if weighed else "en"


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
