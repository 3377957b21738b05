"""Asking the engines about labelled texts: which texts, which engines, and one report of it all."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bot.content import Content, read_content
from bot.engines import load_engines
from bot.errors import SetupError
from bot.settings import Settings
from nlu.encoder import load_encoder
from nlu.evaluation import Evaluation, evaluation, read
from nlu.language_evaluation import LanguageText, bucket
from nlu.language_mistakes import LanguageEvaluation, language_evaluation
from nlu.rasa_interpreter import RasaInterpreter
from nlu.rasa_model import token_file
from nlu.rasa_server import RasaAwayError, RasaServer
from nlu.training import LANGUAGES, Example, TrainingError, read_examples
from nlu.types import Interpreter

PATIENCE = 10.0
"""Seconds for an answer of Rasa: nobody waits for it here."""

Progress = Callable[[str, int], Callable[[], None]]
"""Begins a task of so many steps under a name; what it gives is called after each step."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `knowledge` is the key of the knowledge base and examples (see `Content.key`).

    `absent` says in one line why an engine that was asked for has no figures.
    """

    knowledge: str
    evaluations: list[Evaluation]
    languages: list[LanguageEvaluation]
    absent: str | None = None

    def of(self, split: str) -> list[Evaluation]:
        """The engines side by side on one set of texts."""
        return [e for e in self.evaluations if e.split == split]

    @property
    def splits(self) -> list[str]:
        """The sets of texts, in the order in which they were asked about."""
        return list(dict.fromkeys(e.split for e in self.evaluations))


def read_split(settings: Settings, split: str) -> list[Example]:
    """The labelled texts of `dev` or `test`, which no engine is trained on. Raises TrainingError."""
    folder = (settings.training_dir or files("nlu") / "data") / split
    found = [(language, folder / f"{language}.yml") for language in LANGUAGES]
    examples = [e for language, file in found if file.is_file() for e in read_examples(file, language)]
    if not examples:
        raise TrainingError(f"{folder}: no questions to evaluate with; expected files like en.yml")
    return examples


def read_texts(file: Path) -> list[LanguageText]:
    """Texts with their languages: a line of JSON each, with `lang`, `text` and `bucket`. Raises SetupError."""
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [LanguageText(r["text"], r["lang"].split("-")[0], r["bucket"]) for r in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"{file}: each line must be JSON with lang, bucket and text ({error!r})") from error


def make_report(
    settings: Settings, splits: Sequence[str], engines: Sequence[str], texts: Path | None, progress: Progress
) -> Report:
    """Ask each engine about each set of texts. A first run trains the embedded engine.

    Raises TrainingError, KnowledgeError or SetupError; the latter too when Rasa alone is asked for and away.
    """
    questions = {split: read_split(settings, split) for split in splits}
    labelled = {split: [LanguageText(e.text, e.language, bucket(e.text)) for e in q] for split, q in questions.items()}
    if texts:
        labelled[texts.name] = read_texts(texts)
    content = read_content(settings)
    encoder = load_encoder(cache_dir=settings.data_dir / "cache")
    loaded = load_engines(settings.model_copy(update={"nlu": "embedded"}), encoder, content)
    embedded = loaded.interpreter if "embedded" in engines else None
    wants_rasa = "rasa" in engines
    evaluations = asyncio.run(_understanding(settings, content, embedded, wants_rasa, questions, progress))
    languages = [
        language_evaluation(loaded.detector, name, found, progress(f"language, {name}", len(found)))
        for name, found in labelled.items()
    ]
    absent = wants_rasa and not any(e.engine == "rasa" for e in evaluations)
    return Report(content.key, evaluations, languages, _absent(settings) if absent else None)


async def _understanding(
    settings: Settings,
    content: Content,
    embedded: Interpreter | None,
    wants_rasa: bool,
    questions: Mapping[str, Sequence[Example]],
    progress: Progress,
) -> list[Evaluation]:
    engines = {"embedded": embedded} if embedded else {}
    server = RasaServer(settings.rasa_url, token_file(settings.data_dir), timeout=PATIENCE)
    try:
        if wants_rasa and await server.reachable():
            # Without another engine behind it: an answer of that one would count as Rasa's.
            engines["rasa"] = RasaInterpreter(server, content.kb, content.examples)
        if not engines:
            raise SetupError(_absent(settings))
        return [
            evaluation(name, split, await read(engine, examples, progress(f"{name}, {split}", len(examples))))
            for split, examples in questions.items()
            for name, engine in engines.items()
        ]
    except RasaAwayError as error:
        raise SetupError(f"Rasa went away while it was asked ({error}). Start it and evaluate again.") from error
    finally:
        await server.close()


def _absent(settings: Settings) -> str:
    return f"Rasa is not there at {settings.rasa_url}, so it has no figures: start it with scripts/run rasa serve."
