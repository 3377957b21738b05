"""Turning a reviewed question into a training example or a fact: a file is replaced once the result was checked."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from bot.errors import SetupError
from bot.settings import Settings
from bot.yaml_edits import with_example, with_fact
from knowledge.base import KnowledgeBase, load
from knowledge.errors import KnowledgeError
from knowledge.model import Fact
from knowledge.script import simplified
from knowledge.spelling import key
from nlu.training import LANGUAGES, VERSION, Example, TrainingError, load_training, parse_line, read_examples

LEARNED = "learned.yml"
"""The file for an intent that has no examples in the language yet."""
_CLOSE = 70


def knowledge_folder(settings: Settings) -> Path:
    """Where the knowledge base stands."""
    return settings.knowledge_dir or Path(str(files("knowledge"))) / "data"


def training_folder(settings: Settings) -> Path:
    """Where the training examples stand, a folder per language."""
    return settings.training_dir or Path(str(files("nlu"))) / "data"


def add_example(settings: Settings, text: str, topic: str, language: str) -> Path:
    """Add an example of a topic in a base language (en, nl, zh); gives the file. Simplified Chinese is written.

    Raises SetupError for an unknown topic, a text that is an example or a name already, and one that stands in
    the questions that engines are measured on.
    """
    folder, kb = training_folder(settings), load(settings.knowledge_dir)
    examples = load_training(settings.training_dir)
    text = " ".join((simplified(text) if language == "zh" else text).split())
    _check_topic(topic, {*kb.topics, *(e.intent for e in examples)})
    _check_text(text, language, kb, examples)
    for file in sorted((folder / language).glob("*.y*ml")):
        changed = with_example(_read(file), topic, text)
        if changed is not None:
            return _add_checked(file, changed, Example(text, topic, language))
    file = folder / language / LEARNED
    before = _read(file).rstrip() if file.exists() else f'version: "{VERSION}"\nnlu:'
    return _add_checked(
        file, f"{before}\n- intent: {topic}\n  examples: |\n    - {text}\n", Example(text, topic, language)
    )


def add_fact(settings: Settings, topic: str, fact: Fact) -> Path:
    """Add a fact to a topic; gives the file.

    Raises SetupError for an unknown topic, and with what is wrong when the knowledge base would not hold together:
    an unknown source, a missing language, an attribute that the topic has already.
    """
    folder = knowledge_folder(settings)
    _check_topic(topic, set(load(settings.knowledge_dir).topics))
    for file in (f for f in sorted(folder.rglob("*")) if f.suffix in (".yml", ".yaml")):
        try:
            changed = with_fact(_read(file), topic, fact)
        except ValueError as error:
            raise SetupError(f"{file}: {error}") from error
        if changed is not None:
            _check_knowledge(folder, file, changed, topic, fact)
            _replace(file, changed)
            return file
    raise SetupError(f"No file in {folder} holds the topic {topic}")


def _check_topic(topic: str, known: set[str]) -> None:
    if topic in known:
        return
    close = [
        name for name, _, _ in process.extract(topic, sorted(known), scorer=fuzz.WRatio, score_cutoff=_CLOSE, limit=3)
    ]
    raise SetupError(f"There is no topic {topic}" + (f"; did you mean {' or '.join(close)}?" if close else ""))


def _check_text(text: str, language: str, kb: KnowledgeBase, examples: Sequence[Example]) -> None:
    form = key(text)
    if not form or not _is_plain(text):
        raise SetupError("An example needs words, and no brackets with braces or parentheses behind them; use --text")
    for example in examples:
        if example.language == language and key(example.text) == form:
            raise SetupError(f"“{example.text}” is an example of {example.intent} already")
    for identifier, topic in kb.topics.items():
        if form in (key(name) for name in (*topic.names.values(), *(a for g in topic.aliases.values() for a in g))):
            raise SetupError(f"“{text}” is a name of {identifier}: names count as examples already")
    if form in (key(question) for question in _measured()):
        raise SetupError("This stands in the questions that engines are measured on; put it in other words with --text")


def _is_plain(text: str) -> bool:
    try:
        return parse_line(text) == (text, ())
    except ValueError:
        return False


def _measured() -> Iterator[str]:
    """Every question that engines are measured on and never trained with."""
    for part in ("dev", "test"):
        for file in (files("nlu") / "data" / part).iterdir():
            language = file.name.removesuffix(".yml")
            if language in LANGUAGES:
                yield from (e.text for e in read_examples(file, language))
            else:
                listed = yaml.safe_load(file.read_text(encoding="utf-8"))
                yield from (str(question) for group in listed.values() for question in group)


def _add_checked(file: Path, changed: str, example: Example) -> Path:
    """Replace a training file once it reads as before, with just this example more."""
    before = read_examples(file, example.language) if file.exists() else []
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / file.name
        draft.write_text(changed, encoding="utf-8", newline="")
        try:
            after = read_examples(draft, example.language)
        except TrainingError as error:
            raise SetupError(f"{file} would no longer be readable: add the example by hand") from error
    if Counter(after) - Counter(before) != Counter([example]) or Counter(before) - Counter(after):
        raise SetupError(f"{file} is laid out in a way that cannot be added to: add the example by hand")
    _replace(file, changed)
    return file


def _check_knowledge(folder: Path, file: Path, changed: str, topic: str, fact: Fact) -> None:
    """Load the whole knowledge base as it would be."""
    with tempfile.TemporaryDirectory() as place:
        draft = Path(place) / "knowledge"
        shutil.copytree(folder, draft)
        (draft / file.relative_to(folder)).write_text(changed, encoding="utf-8", newline="")
        try:
            kb = load(draft)
        except KnowledgeError as error:
            raise SetupError(
                "Nothing was changed, because it would not hold together: " + "; ".join(error.problems)
            ) from error
    if kb.topic(topic).fact(fact.attribute) != fact:
        raise SetupError(f"{file} is laid out in a way that cannot be added to: add the fact by hand")


def _read(file: Path) -> str:
    with file.open(encoding="utf-8", newline="") as opened:
        return opened.read()


def _replace(file: Path, content: str) -> None:
    """Write a file whole or not at all, with the rights of the one before. It holds no personal data."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            draft = Path(folder) / "draft"  # no .yml, which a start just now would read
            draft.write_text(content, encoding="utf-8", newline="")
            draft.chmod(file.stat().st_mode if file.exists() else 0o644)
            draft.replace(file)
    except OSError as error:
        raise SetupError(
            f"{file} cannot be written ({error.strerror}): run this as the user who may change it"
        ) from error
