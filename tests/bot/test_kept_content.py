"""What is kept of the content is what reading it gives, until a file of it changes."""

from pathlib import Path

import pytest

from bot import kept_content
from bot.content import Content, changes, read_content
from bot.kept_content import load_content
from bot.settings import Settings
from knowledge.errors import KnowledgeError
from tests.bot.test_content import EXAMPLES, HEBEI, edit
from tests.bot.test_content import settings as folders  # noqa: F401


@pytest.fixture
def settings(folders: Settings, tmp_path: Path) -> Settings:  # noqa: F811
    return folders.model_copy(update={"data_dir": tmp_path / "data"})


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads the examples now fails."""

    def read(_: Settings) -> Content:
        raise AssertionError("the examples were read")

    monkeypatch.setattr(kept_content, "read_content", read)


def cached(settings: Settings) -> list[str]:
    return sorted(f.name for f in (settings.data_dir / "cache").iterdir())


def test_what_is_kept_says_the_same(settings: Settings, request: pytest.FixtureRequest) -> None:
    (settings.training_dir or Path()).joinpath("en", "more.yml").write_text(
        EXAMPLES.format("region:hebei", "the [steel works](place) of Gent"), "utf-8"
    )
    read = load_content(settings)
    request.getfixturevalue("unread")
    kept = load_content(settings)
    for name in ("entries", "key", "learnt", "vocabulary", "known", "counted"):
        assert getattr(kept, name) == getattr(read, name), name
    for name in ("languages", "programme", "topics", "sources", "reasons", "confusable"):
        assert getattr(kept.kb, name) == getattr(read.kb, name), name
    assert kept.kb.ties() == read.kb.ties()
    assert len(kept.examples) == len(read.examples)
    assert list(kept.examples) == list(read.examples)
    assert list(kept.questions) == list(read.questions)
    assert changes(kept, read) == []


def test_an_edit_is_read(settings: Settings) -> None:
    before, files = load_content(settings), cached(settings)
    edit(settings, HEBEI, "steel", "bamboo")
    after = load_content(settings)
    assert after.key == read_content(settings).key != before.key
    assert len(cached(settings)) == 1
    assert cached(settings) != files
    assert changes(before, after)


def test_a_new_example_is_read(settings: Settings) -> None:
    load_content(settings)
    assert settings.training_dir
    (settings.training_dir / "en" / "more.yml").write_text(EXAMPLES.format("region:hebei", "iron"), "utf-8")
    assert [e.text for e in load_content(settings).examples] == ["iron", "steel"]


def test_what_was_edited_while_it_was_read_is_not_kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def edited_meanwhile(settings: Settings) -> Content:
        content = read_content(settings)
        edit(settings, HEBEI, "steel", "bamboo")
        return content

    monkeypatch.setattr(kept_content, "read_content", edited_meanwhile)
    load_content(settings)
    assert not (settings.data_dir / "cache").exists()


def test_what_does_not_hold_together_is_told_and_not_kept(settings: Settings) -> None:
    edit(settings, HEBEI, "id: region:hebei", "id: region:nowhere")
    for _ in range(2):
        with pytest.raises(KnowledgeError):
            load_content(settings)


def test_a_damaged_file_is_read_again(settings: Settings) -> None:
    before = load_content(settings)
    for file in (settings.data_dir / "cache").iterdir():
        file.unlink()
        file.write_bytes(b"broken")
    assert load_content(settings).key == before.key
