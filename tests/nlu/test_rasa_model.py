import os
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from nlu import rasa_model
from nlu.rasa_model import RasaError, RasaModel
from nlu.training import Example

EXAMPLE = Example("how about Hebei", "region:hebei", "en")
OTHER = Example("what of Hebei", "region:hebei", "en")


@pytest.fixture
def model(kb: KnowledgeBase, tmp_path: Path) -> RasaModel:
    return RasaModel(tmp_path, kb, [EXAMPLE], [])


def test_other_data_are_another_model(model: RasaModel, kb: KnowledgeBase, tmp_path: Path) -> None:
    assert RasaModel(tmp_path, kb, [EXAMPLE, EXAMPLE], []).path == model.path
    assert RasaModel(tmp_path, kb, [EXAMPLE, OTHER], []).path != model.path
    assert RasaModel(tmp_path, kb, [EXAMPLE], [OTHER]).path != model.path


def test_a_model_that_others_can_write_is_not_loaded(model: RasaModel) -> None:
    assert not model.trained
    model.path.parent.mkdir()
    model.path.touch(mode=0o600)
    assert model.trained
    model.path.chmod(0o666)
    assert not model.trained


def test_what_rasa_says_is_told_when_it_fails(
    model: RasaModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho no room left; exit 1\n")
    failing.chmod(0o700)
    monkeypatch.setattr(rasa_model, "PYTHON", failing)
    with pytest.raises(RasaError, match="no room left"):
        model.train()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["python"]


def test_rasa_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("I2PCC_SLACK_BOT_TOKEN", "secret")
    given = rasa_model._environment()
    assert "secret" not in given.values()
    assert given["PATH"] == os.environ["PATH"]


def test_servers_of_a_folder_share_a_token_that_is_theirs_alone(tmp_path: Path) -> None:
    token = rasa_model._token(tmp_path / "token")
    assert len(token) == 64
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0
    assert rasa_model._token(tmp_path / "token") == token
    (tmp_path / "token").chmod(0o666)
    assert rasa_model._token(tmp_path / "token") != token
