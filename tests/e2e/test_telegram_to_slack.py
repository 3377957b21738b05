"""A proposal in Dutch on Telegram, from /start to the card in Slack."""

import json

from tests.e2e.product import Json, Product, wait_for
from tests.fakes.slack_server import FakeSlack
from tests.fakes.telegram_server import TelegramServer

CHAT = 4711


class Chat:
    """A person on Telegram who reads before answering."""

    def __init__(self, telegram: TelegramServer) -> None:
        self._telegram = telegram
        self._seen = 0

    def says(self, text: str, until: str) -> list[Json]:
        """Type something and wait for a message that contains `until`."""
        self._telegram.send_text(CHAT, text, language_code="nl")
        return self._wait(until)

    def presses(self, payload: str, until: str) -> list[Json]:
        """Press a button of the last message."""
        self._telegram.press(CHAT, self._telegram.sent(CHAT)[-1], payload)
        return self._wait(until)

    def _wait(self, until: str) -> list[Json]:
        def fresh() -> list[Json] | None:
            new = self._telegram.sent(CHAT)[self._seen :]
            return new if any(until in m["text"] for m in new) else None

        new: list[Json] = wait_for(fresh, f"“{until}”")
        self._seen += len(new)
        return new


def test_a_dutch_proposal_on_telegram(product: Product, telegram: TelegramServer, slack: FakeSlack) -> None:
    chat = Chat(telegram)
    first = chat.says("/start", "Welkom")
    assert "geautomatiseerde assistent" in first[0]["text"]
    answer = chat.says("Is er in Chongqing nood aan bodemsanering?", "Bron")
    assert "Chongqing" in answer[-1]["text"]
    chat.says("Ik wil een voorstel indienen", "naam van uw bedrijf")
    chat.says("BodemZorg BV", "contactpersoon")
    chat.says("Jef Claes", "e-mailadres")
    chat.says("jef@bodemzorg.be", "provincie")
    chat.presses("slot:province=province:limburg", "uitdagingen")
    chat.says("bodemsanering", "oplossing")
    chat.says("Wij breken PAK's in de bodem af met bacteriën.", "toegepast")
    chat.presses("form:skip", "alleen")
    chat.presses("slot:collaboration_mode=alone", "voorkeur")
    chat.says("geen voorkeur", "ja of nee")
    chat.presses("slot:consent=yes", "BodemZorg")
    done = chat.presses("form:confirm", "I2P-")
    assert "referentie" in done[-1]["text"]

    card = wait_for(lambda: next(iter(slack.messages()), None), "the card")
    assert "BodemZorg BV" in json.dumps(card, ensure_ascii=False)
    listed = json.loads(product.command("intakes", "list", "--json").stdout)
    assert listed[0]["channel"] == "telegram"
    assert listed[0]["language"] == "nl"
    assert listed[0]["match"]["regions"][0]["region"] == "region:chongqing"
