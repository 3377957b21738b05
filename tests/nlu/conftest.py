"""The real encoder, knowledge base and interpreter, made once a run; the trained model outlives the run."""

import pytest

from knowledge import base
from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder
from nlu.embedded import EmbeddedInterpreter
from nlu.encoder import load_encoder
from nlu.language import Detector, vocabulary
from nlu.training import load_questions, load_training
from tests.engines import CACHE


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder(cache_dir=CACHE / "cache")


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    return base.load()


@pytest.fixture(scope="session")
def interpreter(kb: KnowledgeBase, encoder: Encoder) -> EmbeddedInterpreter:
    return EmbeddedInterpreter(kb, encoder, load_training(), CACHE / "cache", load_questions("dev"))


@pytest.fixture(scope="session")
def detector(kb: KnowledgeBase) -> Detector:
    names = [t for kind in ("region", "province") for topic in kb.of_kind(kind) for t in topic.names.values()]
    return Detector([*names, *kb.programme.values()], vocabulary(load_training()))
