import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase, load
from knowledge.encoder import Encoder
from knowledge.gazetteer import Gazetteer
from knowledge.matching import Matcher
from nlu.encoder import load_encoder

DATA = Path(str(files("knowledge") / "data"))

Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    return load()


@pytest.fixture(scope="session")
def gazetteer(kb: KnowledgeBase) -> Gazetteer:
    return Gazetteer(kb)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def matcher(kb: KnowledgeBase, encoder: Encoder) -> Matcher:
    return Matcher(kb, encoder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the programme's data to edit."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replaces a text that must stand in a file, as a coordinator would."""

    def replace(file: str, old: str, new: str) -> None:
        path = folder / file
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), encoding="utf-8")

    return replace
