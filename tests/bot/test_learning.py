"""From a reviewed question to an example or a fact in the operator's folders."""

import filecmp
import shutil
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from bot.content import read_content
from bot.errors import SetupError
from bot.learning import add_example, add_fact, knowledge_folder, training_folder
from bot.settings import Settings
from knowledge.base import load
from knowledge.model import Fact
from nlu.training import Example, load_training, read_examples

FACT = Fact(
    attribute="population",
    sources=("S1",),
    text={
        "en": "About 74 million people live there.",
        "nl": "Er wonen zowat 74 miljoen mensen.",
        "zh": "约有7400万人口。",
    },
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Folders of one's own, as an operator sets them up."""
    own = Settings()
    shutil.copytree(knowledge_folder(own), tmp_path / "knowledge")
    for language in ("en", "nl", "zh"):
        shutil.copytree(training_folder(own) / language, tmp_path / "training" / language)
    return Settings(knowledge_dir=tmp_path / "knowledge", training_dir=tmp_path / "training")


def changed(settings: Settings) -> list[str]:
    """The files that differ from the assistant's own."""
    found = []
    for own, folder in (("nlu", settings.training_dir), ("knowledge", settings.knowledge_dir)):
        original = Path(str(files(own))) / "data"
        assert folder
        for file in (f for f in folder.rglob("*") if f.is_file()):
            name = file.relative_to(folder)
            if not (original / name).exists() or not filecmp.cmp(original / name, file, shallow=False):
                found.append(str(name))
    return sorted(found)


def test_without_folders_of_ones_own_the_assistants_are_meant() -> None:
    assert load(knowledge_folder(Settings())).topics.keys() == load().topics.keys()
    assert load_training(training_folder(Settings())) == load_training()


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [
        ("en", "does the steel belt  want scrubbers\n", "does the steel belt want scrubbers"),
        ("nl", "zoekt de staalstreek rookgaswassers", "zoekt de staalstreek rookgaswassers"),
        ("zh", "首都旁邊的鋼鐵基地需要洗滌塔嗎", "首都旁边的钢铁基地需要洗涤塔吗"),
    ],
)
def test_an_example_is_added_and_a_fresh_load_holds_it(
    settings: Settings, language: str, text: str, written: str
) -> None:
    before = Counter(load_training(settings.training_dir))
    file = add_example(settings, text, "region:hebei", language)
    after = Counter(load_training(settings.training_dir))
    assert after - before == Counter([Example(written, "region:hebei", language)])
    assert not before - after
    assert changed(settings) == [f"{language}/regions.yml"]
    assert file.parent.name == language
    assert read_content(settings).key != read_content(Settings()).key
    assert not list(file.parent.glob("tmp*"))


def test_an_intent_without_examples_in_a_language_gets_a_file(settings: Settings) -> None:
    assert settings.training_dir
    shutil.rmtree(settings.training_dir / "nl")
    for text in ("waar zit die staalstreek", "en die andere streek dan"):
        file = add_example(settings, text, "region:hebei", "nl")
    assert file.name == "learned.yml"
    assert [e.text for e in read_examples(file, "nl")] == ["waar zit die staalstreek", "en die andere streek dan"]


@pytest.mark.parametrize(
    ("text", "topic", "told"),
    [
        ("where is the steel belt", "region:hebej", "no topic region:hebej; did you mean region:hebei"),
        ("where is the steel belt", "nothing-like-it", "no topic nothing-like-it"),
        ("HEBEI!", "region:hebei", "already"),
        ("I want to submit a proposal?", "region:hebei", "example of action:proposal already"),
        ("Hopeh", "region:hebei", "name of region:hebei"),
        ("see [this](region) and that", "region:hebei", "brackets"),
        ('[x]{"no": 1}', "region:hebei", "brackets"),
        ("…?!", "region:hebei", "needs words"),
    ],
)
def test_what_cannot_be_learned_changes_nothing(settings: Settings, text: str, topic: str, told: str) -> None:
    with pytest.raises(SetupError, match=told):
        add_example(settings, text, topic, "en")
    assert changed(settings) == []


@pytest.mark.parametrize("part", ["dev", "test"])
def test_what_is_measured_on_is_never_trained(settings: Settings, part: str) -> None:
    known = {e.text.lower() for e in load_training()}
    for language in ("en", "nl", "zh"):
        measured = read_examples(files("nlu") / "data" / part / f"{language}.yml", language)
        with pytest.raises(SetupError, match=r"measured on|already"):
            add_example(settings, next(e.text for e in measured if e.text.lower() not in known), "regions", language)
    assert changed(settings) == []


def test_a_fact_is_added_with_its_source(settings: Settings) -> None:
    file = add_fact(settings, "region:hebei", FACT)
    assert load(settings.knowledge_dir).topic("region:hebei").fact("population") == FACT
    assert file.name == "hebei.yml"
    assert changed(settings) == ["regions/hebei.yml"]


@pytest.mark.parametrize(
    ("change", "topic", "told"),
    [
        ({}, "region:atlantis", "no topic region:atlantis"),
        ({"sources": ("S99",)}, "region:hebei", "no source S99"),
        ({"sources": ()}, "region:hebei", "no source"),
        ({"attribute": "since"}, "region:hebei", "attribute since is given 2 times"),
        ({"attribute": "colour"}, "region:hebei", "unknown attribute"),
        ({"text": {"en": "About 74 million."}}, "region:hebei", "nl is missing"),
    ],
)
def test_a_fact_that_does_not_fit_changes_nothing(settings: Settings, change: dict, topic: str, told: str) -> None:
    with pytest.raises(SetupError, match=told):
        add_fact(settings, topic, FACT.model_copy(update=change))
    assert changed(settings) == []


def test_a_folder_that_may_not_be_written_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(SetupError, match="cannot be written"):
        add_fact(settings, "region:hebei", FACT)
    assert changed(settings) == []


def test_the_rights_of_a_file_stay(settings: Settings) -> None:
    assert settings.knowledge_dir
    file = settings.knowledge_dir / "regions" / "hebei.yml"
    file.chmod(0o664)
    add_fact(settings, "region:hebei", FACT)
    assert file.stat().st_mode & 0o777 == 0o664


def test_every_topic_can_get_a_fact(settings: Settings) -> None:
    assert settings.knowledge_dir
    for topic in ("challenge:hydrogen", "province:limburg", "programme:contact", "domain:water", "regions"):
        if topic in load().topics:
            add_fact(settings, topic, FACT.model_copy(update={"attribute": "economy"}))
            assert load(settings.knowledge_dir).topic(topic).fact("economy")
