"""What the folders hold is checked as a whole, and a change of it is told."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from bot.content import Content, changes, read_content
from bot.settings import Settings
from knowledge.errors import KnowledgeError

HEBEI = "regions/hebei.yml"
EXAMPLES = "version: '3.1'\nnlu:\n- intent: {}\n  examples: |\n    - {}\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Copies of the programme's folders; of the examples a few."""
    (tmp_path / "training" / "en").mkdir(parents=True)
    (tmp_path / "training" / "en" / "some.yml").write_text(EXAMPLES.format("region:hebei", "steel"), "utf-8")
    knowledge = Path(shutil.copytree(str(files("knowledge") / "data"), tmp_path / "knowledge"))
    return Settings(knowledge_dir=knowledge, training_dir=tmp_path / "training")


def edit(settings: Settings, file: str, old: str, new: str) -> None:
    assert settings.knowledge_dir is not None
    path = settings.knowledge_dir / file
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new), "utf-8")


def example(settings: Settings, intent: str, text: str) -> None:
    assert settings.training_dir is not None
    (settings.training_dir / "en" / "more.yml").write_text(EXAMPLES.format(intent, text), "utf-8")


def problems(settings: Settings) -> list[str]:
    with pytest.raises(KnowledgeError) as refused:
        read_content(settings)
    return refused.value.problems


def test_the_same_files_have_the_same_key(settings: Settings) -> None:
    one, other = read_content(settings), read_content(settings)
    assert one.key == other.key
    assert changes(one, other) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            HEBEI,
            "Hebei lies in the north-east",
            "Hebei is in the north-east",
            ["facts: 1 changed (region:hebei summary)"],
        ),
        (HEBEI, "attribute: since", "attribute: when", ["facts: 1 added (region:hebei when)", "facts: 1 removed"]),
        (HEBEI, "zh: 河北}", "zh: 冀省}", ["topics: 1 changed (region:hebei)"]),
        ("sources.yml", "sources:", "sources:\n- {key: S9, title: {en: A, nl: B, zh: 丙}}", ["sources: 1 added (S9)"]),
        ("ties.yml", "kind: inferred", "kind: stated", ["ties: "]),
        ("confusable.yml", "confusable:", "confusable:\n- Nowhereland", ["wording: 1 changed (confusable)"]),
    ],
)
def test_an_edit_is_told_and_changes_the_key(
    settings: Settings, file: str, old: str, new: str, told: list[str]
) -> None:
    before = read_content(settings)
    edit(settings, file, old, new)
    after = read_content(settings)
    assert after.key != before.key
    lines = changes(before, after)
    assert [line for line, start in zip(lines, told, strict=True) if not line.startswith(start)] == []


def test_an_example_more_is_told(settings: Settings) -> None:
    before = read_content(settings)
    example(settings, "region:chengdu", "pandas")
    after = read_content(settings)
    assert after.key != before.key
    assert changes(before, after) == ["examples: 1 added (region:chengdu)"]
    assert changes(after, before) == ["examples: 1 removed (region:chengdu)"]


def test_many_names_are_counted(settings: Settings) -> None:
    content = read_content(settings)
    (line,) = changes(Content(content.kb, []), Content(content.kb, list(content.examples)))
    assert line == "examples: 1 added (region:hebei)"
    edit(settings, "sources.yml", "year: ", "year: 1")
    (line,) = changes(content, read_content(settings))
    assert line.endswith(" more)")


def test_problems_of_both_folders_are_told_at_once(settings: Settings) -> None:
    edit(settings, HEBEI, "sources: [S1]", "sources: [S99]")
    example(settings, "region:hebei", "[x](")
    (settings.training_dir or Path()).joinpath("en", "more.yml").write_text("nlu", "utf-8")
    found = problems(settings)
    assert any("hebei.yml" in p and "there is no source S99" in p for p in found)
    assert any(p.startswith("training examples: ") and "more.yml" in p for p in found)


def test_examples_of_no_topic_are_refused(settings: Settings) -> None:
    example(settings, "region:hebej", "steel province")
    assert problems(settings) == [
        "training examples: 1 are of the intent region:hebej, and there is no such topic",
    ]


def test_what_the_assistant_cannot_do_without_is_refused(settings: Settings) -> None:
    for path in (settings.knowledge_dir or Path()).rglob("*.yml"):
        path.write_text(path.read_text("utf-8").replace("action:status", "action:state"), "utf-8")
    edit(settings, HEBEI, "attribute: summary", "attribute: goals")
    assert set(problems(settings)) == {
        "there is no topic action:status; the assistant speaks of it",
        "region:hebei has facts and no summary; the assistant answers with it",
    }
