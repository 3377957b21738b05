"""The real encoder, knowledge base and interpreter, made once a run; the trained model outlives the run."""

from pathlib import Path

import pytest

from knowledge import base
from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder
from nlu.embedded import EmbeddedInterpreter
from nlu.encoder import load_encoder
from nlu.language import Detector, vocabulary
from nlu.training import load_training


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    return base.load()


@pytest.fixture(scope="session")
def model_folder(pytestconfig: pytest.Config) -> Path:
    assert pytestconfig.cache is not None
    return Path(pytestconfig.cache.mkdir("nlu-model"))


@pytest.fixture(scope="session")
def interpreter(kb: KnowledgeBase, encoder: Encoder, model_folder: Path) -> EmbeddedInterpreter:
    return EmbeddedInterpreter(kb, encoder, load_training(), model_folder)


@pytest.fixture(scope="session")
def detector(kb: KnowledgeBase) -> Detector:
    names = [t for kind in ("region", "province") for topic in kb.of_kind(kind) for t in topic.names.values()]
    return Detector([*names, *kb.programme.values()], vocabulary(load_training()))
