"""The command line reads the folders that the settings name."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli, commands


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the programme's knowledge, named by the setting."""
    copy = Path(shutil.copytree(str(files("knowledge") / "data"), tmp_path / "knowledge"))
    monkeypatch.setenv("I2PCC_KNOWLEDGE_DIR", str(copy))
    return copy


def test_check_knowledge_reads_the_folder_of_the_setting(folder: Path) -> None:
    source = "sources:\n- {key: Z9, title: {en: A, nl: B, zh: 丙}}\n"
    (folder / "more.yml").write_text(source, encoding="utf-8")
    assert "source Z9: no fact or tie names it" in CliRunner().invoke(commands.app, ["check-knowledge"]).output


def test_check_knowledge_prefers_the_folder_that_is_named(folder: Path) -> None:
    (folder / "more.yml").write_text("no section", encoding="utf-8")
    result = CliRunner().invoke(commands.app, ["check-knowledge", str(files("knowledge") / "data")])
    assert "topics" in result.output


def test_examples_that_cannot_be_read_are_told_without_a_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("I2PCC_TRAINING_DIR", str(tmp_path))
    monkeypatch.setenv("I2PCC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("sys.argv", ["i2pcc", "chat"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    _, line = capsys.readouterr().err.splitlines()
    assert f"{tmp_path}: no training examples" in line
