"""From questions on the web and on Telegram to what the assistant knows, by an operator's commands."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

from bot.learning import knowledge_folder, training_folder
from bot.settings import Settings
from knowledge.base import load
from nlu.training import Example, load_training
from tests.connectors.web.browser import launch, visitor
from tests.e2e.conftest import telegram_settings
from tests.e2e.product import Product, WebPerson, wait_for
from tests.e2e.test_operators import told
from tests.fakes.telegram_server import TelegramServer

CHAT = 4711
NAMED = "I'm Jan Peeters of AquaLixi NV (jan@aqualixi.be), what will the weather be like tomorrow?"
FACT = [
    *("--attribute", "population", "--source", "S1"),
    *(
        "--en",
        "Invented for a test: 74 million people live there.",
        "--nl",
        "Verzonnen voor een test.",
        "--zh",
        "仅供测试。",
    ),
]


@pytest.fixture
def own(tmp_path: Path, telegram: TelegramServer) -> Iterator[Product]:
    """A product with folders of its own."""
    shutil.copytree(knowledge_folder(Settings()), tmp_path / "knowledge")
    for part in ("en", "nl", "zh", "dev"):
        shutil.copytree(training_folder(Settings()) / part, tmp_path / "training" / part)
    folders = {"knowledge_dir": str(tmp_path / "knowledge"), "training_dir": str(tmp_path / "training")}
    running = Product(tmp_path / "data", **folders, **telegram_settings(telegram))
    yield running
    running.stop()


def unanswered(product: Product, *options: str) -> list[dict[str, Any]]:
    result = product.command("unanswered", "--json", *options)
    assert result.returncode == 0, result.stderr
    listed: list[dict[str, Any]] = json.loads(result.stdout)
    return listed


def test_a_question_becomes_an_example_and_another_a_fact(own: Product, tmp_path: Path) -> None:
    english, dutch = WebPerson(own, "en"), WebPerson(own, "nl")
    assert english.says(NAMED)["messages"][-1]["kind"] == "decline"
    assert dutch.says("Hoeveel mensen wonen er in Hebei?")["messages"][-1]["kind"] == "unknown"
    assert english.says("How many people live in Hebei?")["messages"][-1]["kind"] == "unknown"
    assert english.says("how many people live in hebei")["messages"][-1]["kind"] == "unknown"

    first, *others = unanswered(own)
    assert (first["count"], first["language"], first["topic"]) == (2, "en", "region:hebei")
    assert [(q["kinds"], q["language"]) for q in others] == [(["unknown"], "nl"), (["declined"], "en")]
    assert others[1]["text"] == "I'm … of … (…), what will the weather be like tomorrow?"
    assert unanswered(own, "--kind", "declined", "--language", "en") == [others[1]]
    table = own.command("unanswered").stdout
    assert table.splitlines()[0].startswith(f"{first['id']:>5}  2×")
    assert "region:hebei" in table

    learn = ("learn", str(first["id"]))
    assert "no source S99" in told(own.command(*learn, "--fact", "region:hebei", *FACT, "--source", "S99"))
    assert "--topic" in told(own.command(*learn))
    assert len(unanswered(own)) == 3

    learned = own.command(*learn, "--fact", "region:hebei", *FACT)
    assert learned.returncode == 0, learned.stderr
    assert "2 like questions are learned" in learned.stdout
    assert load(tmp_path / "knowledge").topic("region:hebei").fact("population")
    reloaded = own.command("reload")
    assert reloaded.returncode == 0, reloaded.stderr
    assert "74 million" in WebPerson(own).says("How many people live in Hebei?")["messages"][-1]["text"]

    before = load_training(tmp_path / "training")
    example = ("--topic", "region:hebei", "--text", "hoeveel volk huist er rond de hoofdstad")
    assert own.command("learn", str(others[0]["id"]), *example).returncode == 0
    added = set(load_training(tmp_path / "training")) - set(before)
    assert added == {Example("hoeveel volk huist er rond de hoofdstad", "region:hebei", "nl")}

    assert own.command("dismiss", str(others[1]["id"])).returncode == 0
    assert "dismissed already" in told(own.command("dismiss", str(others[1]["id"])))
    assert unanswered(own) == []
    assert "no such question" in own.command("unanswered").stdout
    assert {q["status"] for q in unanswered(own, "--all")} == {"learned", "dismissed"}


def test_a_thumb_on_telegram(own: Product, telegram: TelegramServer) -> None:
    telegram.send_text(CHAT, "Wat is Shaanxi?", language_code="nl")
    answer = wait_for(lambda: [m for m in telegram.sent(CHAT) if "Zijderoute" in m["text"]], "the answer")[0]
    rating = [key["callback_data"] for key in answer["reply_markup"]["inline_keyboard"][-1]]
    telegram.press(CHAT, answer, rating[1])
    wait_for(lambda: "miste u" in telegram.sent(CHAT)[-1]["text"], "the question what was missed")
    (kept,) = unanswered(own)
    assert (kept["kinds"], kept["topic"], kept["text"]) == (["unhelpful"], "region:shaanxi", "Wat is Shaanxi?")
    telegram.press(CHAT, telegram.sent(CHAT)[-2], rating[0])
    wait_for(lambda: not unanswered(own), "the question to be withdrawn")


def test_a_thumb_in_the_widget_during_a_form(own: Product) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with visitor(browser, locale="en") as person:
            person.open(own.url)
            for text, heard in (
                ("hello", "Welcome to"),
                ("I want to submit a proposal", "name of your company"),
                ("What is Hebei?", "north-east of China"),
            ):
                person.say(text)
                person.page.locator(".line .bubble", has_text=heard).last.wait_for()
            assert person.page.locator(".rating").count() == 1
            person.page.get_by_role("button", name="Unhelpful answer").click()
            person.page.locator(".line .bubble", has_text="Your form stays open").wait_for()
            expect(person.choices.filter(has_text="coordinator")).to_have_count(1)
            person.say("AquaLixi NV")
            person.page.locator(".line .bubble", has_text="contact person").wait_for()
        browser.close()
    (kept,) = unanswered(own)
    assert (kept["text"], kept["topic"]) == ("What is Hebei?", "region:hebei")


def test_an_erasure_takes_the_questions_along(own: Product) -> None:
    person = WebPerson(own, "en")
    person.says("what will the weather be like tomorrow")
    assert len(unanswered(own)) == 1
    person.says("/delete")
    person.says("yes")
    assert unanswered(own, "--all") == []
