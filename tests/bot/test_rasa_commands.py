from pathlib import Path

import pytest

from bot import rasa_commands
from bot.errors import SetupError


@pytest.mark.parametrize("url", ["http://192.168.1.5:5005", "https://rasa.example.org", "http://0.0.0.0:5005"])
def test_serves_this_machine_alone(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("I2PCC_RASA_URL", url)
    with pytest.raises(SetupError, match="listens on this machine alone"):
        rasa_commands.serve()


def test_says_how_rasa_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("I2PCC_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("nlu.rasa_model.PYTHON", tmp_path / "python")
    with pytest.raises(SetupError, match="run scripts/rasa-environment"):
        rasa_commands.train()
    assert not list(tmp_path.iterdir())
