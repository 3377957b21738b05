"""Chinese scripts: texts are kept and understood in Simplified, and shown in Traditional to who writes it."""

import re
from functools import cache
from typing import Any

import opencc


@cache
def _converter(config: str) -> Any:
    return opencc.OpenCC(config)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _convert(config: str, text: str) -> str:
    if text.isascii():
        return text
    # The converter takes no lone surrogates, which broken clients do send.
    return str(_converter(config).convert(_SURROGATE.sub("\ufffd", text)))


def simplified(text: str) -> str:
    """Traditional characters replaced by Simplified ones; anything else stays."""
    return _convert("t2s", text)


def simplified_in_place(text: str) -> str:
    """The same, each character in its place, so that what is found in it can be cut out of the text."""
    converted = simplified(text)
    if len(converted) == len(text):
        return converted
    return "".join(c if len(c) == 1 else before for before in text for c in [simplified(before)])


def traditional(text: str) -> str:
    """Simplified characters replaced by Traditional ones in Hong Kong's forms; anything else stays."""
    return _convert("s2hk", text)
