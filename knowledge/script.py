"""Chinese scripts: texts are kept and understood in Simplified, and shown in Traditional to who writes it."""

from functools import cache
from typing import Any

import opencc


@cache
def _converter(config: str) -> Any:
    return opencc.OpenCC(config)


def simplified(text: str) -> str:
    """Traditional characters replaced by Simplified ones; anything else stays."""
    return str(_converter("t2s").convert(text))


def traditional(text: str) -> str:
    """Simplified characters replaced by Traditional ones in Hong Kong's forms; anything else stays."""
    return str(_converter("s2hk").convert(text))
