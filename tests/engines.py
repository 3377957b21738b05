"""The real engines, made once for all tests, with the trained model kept in the project's cache."""

from functools import cache
from pathlib import Path

from bot.engines import load_engines
from bot.settings import Settings
from bot.turn import Engines
from nlu.encoder import load_encoder

CACHE = Path(__file__).parents[1] / "var"


@cache
def real_engines() -> Engines:
    """The engines as the assistant starts them."""
    return load_engines(Settings(data_dir=CACHE), load_encoder(cache_dir=CACHE / "cache"))
