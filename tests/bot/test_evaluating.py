"""`evaluate` on a few questions: with the real embedded engine, the real Rasa, and without it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from bot import commands
from bot.errors import SetupError
from bot.evaluating import read_split, read_texts
from bot.settings import Settings
from nlu.rasa_model import token_file
from nlu.training import TrainingError
from tests.engines import CACHE
from tests.rasa import Rasa

NOWHERE = "http://127.0.0.1:9"
QUESTIONS = {
    "en": {"region:hebei": ["what about <b>Hebei</b>?"], "out-of-scope": ["who won the world cup"]},
    "nl": {"unknown:fees": ["hoeveel kost deelname?", "waterstof"]},
}


class Dying(BaseHTTPRequestHandler):
    """Has a status, and breaks when it is asked about a text."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def dying() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Dying) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The programme's own examples, so that no model needs training, with four questions to evaluate by."""
    folder = tmp_path / "training"
    folder.mkdir()
    for part in ("en", "nl", "zh", "dev"):
        (folder / part).symlink_to(Path(str(files("nlu") / "data" / part)))
    (folder / "test").mkdir()
    for language, intents in QUESTIONS.items():
        blocks = [f"- intent: {i}\n  examples: |\n" + "".join(f"    - {t}\n" for t in ts) for i, ts in intents.items()]
        (folder / "test" / f"{language}.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (CACHE / "cache").mkdir(parents=True, exist_ok=True)
    (data / "cache").symlink_to(CACHE / "cache")
    monkeypatch.setenv("I2PCC_TRAINING_DIR", str(folder))
    monkeypatch.setenv("I2PCC_DATA_DIR", str(data))
    monkeypatch.setenv("I2PCC_RASA_URL", NOWHERE)
    return folder


@pytest.mark.usefixtures("training")
def test_without_rasa_its_figures_are_left_out(tmp_path: Path) -> None:
    page, figures = tmp_path / "page.html", tmp_path / "figures.json"
    result = CliRunner().invoke(
        commands.app, ["evaluate", "--split", "test", "--html", str(page), "--json", str(figures)]
    )
    assert result.exit_code == 0, result.output
    found = json.loads(figures.read_text(encoding="utf-8"))
    (embedded,) = found["evaluations"]
    assert (embedded["engine"], embedded["split"]) == ("embedded", "test")
    scores = embedded["scores"]
    assert {language: (s["count"], s["foreign"]) for language, s in scores.items()} == {
        "all": (4, 1),
        "en": (2, 1),
        "nl": (2, 0),
    }
    assert (scores["en"]["top1"], scores["nl"]["top1"], scores["all"]["declined_foreign"]) == (1.0, 0.5, 1.0)
    assert scores["nl"]["declined_foreign"] is None
    (confusion,) = embedded["confusions"]
    assert (confusion["topic"], confusion["taken_for"]) == ("unknown:fees", "challenge:hydrogen")
    assert [m["text"] for m in confusion["mistakes"]] == ["waterstof"]
    assert {s["language"] for s in found["languages"][0]["scores"]} == {"en", "nl"}
    assert NOWHERE in found["absent"]
    for told in (result.output, page.read_text(encoding="utf-8")):
        assert f"Rasa is not there at {NOWHERE}, so it has no figures: start it with scripts/run rasa serve." in told
        assert "waterstof" in told
    assert "unknown:fees → challenge:hydrogen" in result.output


def test_rasa_is_asked_itself(training: Path, rasa: Rasa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_file(tmp_path / "data")
    token.parent.mkdir()
    token.symlink_to(rasa.token_file)
    monkeypatch.setenv("I2PCC_RASA_URL", rasa.url)
    before = rasa.parsed
    result = CliRunner().invoke(commands.app, ["evaluate", "--split", "test", "--json", str(tmp_path / "figures.json")])
    assert result.exit_code == 0, result.output
    assert rasa.parsed - before == 4, result.output
    found = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert [e["engine"] for e in found["evaluations"]] == ["embedded", "rasa"]
    assert found["evaluations"][1]["scores"]["all"]["count"] == 4
    assert found["absent"] is None


@pytest.mark.usefixtures("training")
def test_rasa_alone_must_be_there() -> None:
    result = CliRunner().invoke(commands.app, ["evaluate", "--engine", "rasa"])
    assert isinstance(result.exception, SetupError)
    assert NOWHERE in str(result.exception)


@pytest.mark.usefixtures("training")
def test_a_folder_that_is_not_there_is_told_before_the_work() -> None:
    result = CliRunner().invoke(commands.app, ["evaluate", "--html", "/nowhere/page.html"])
    assert isinstance(result.exception, SetupError)
    assert "/nowhere" in str(result.exception)


def test_a_split_without_questions_is_told(training: Path) -> None:
    assert [e.text for e in read_split(Settings(), "test")] == [
        t for intents in QUESTIONS.values() for texts in intents.values() for t in texts
    ]
    (training / "dev").unlink()
    with pytest.raises(TrainingError, match="dev: no questions"):
        read_split(Settings(), "dev")


def test_texts_for_language_detection_are_lines_of_json(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"lang": "zh-Hant", "bucket": "short", "text": "謝謝", "src": "x"}\n\n', encoding="utf-8")
    (text,) = read_texts(file)
    assert (text.text, text.language, text.bucket) == ("謝謝", "zh", "short")


@pytest.mark.parametrize(
    "content", ["no json", '{"lang": "nl", "text": "x"}', "[1]", '{"lang": 1, "bucket": "", "text": ""}']
)
def test_a_file_of_texts_that_cannot_be_read_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SetupError, match=r"texts\.jsonl"):
        read_texts(file)


@pytest.mark.usefixtures("training")
def test_rasa_that_goes_away_has_no_figures_of_another_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with dying() as url:
        monkeypatch.setenv("I2PCC_RASA_URL", url)
        result = CliRunner().invoke(
            commands.app, ["evaluate", "--split", "test", "--json", str(tmp_path / "figures.json")]
        )
    assert isinstance(result.exception, SetupError)
    assert "went away" in str(result.exception)
    assert not (tmp_path / "figures.json").exists()
