"""What goes wrong on the way out, as an operator sees it: told, listed, and mended without a restart."""

import json

import httpx

from tests.e2e.product import Json, Product, wait_for
from tests.fakes.slack_server import FakeSlack
from tests.fakes.telegram_server import TelegramServer


def listed(product: Product) -> list[Json]:
    found: list[Json] = json.loads(product.command("deliveries", "--json").stdout)
    return found


def metric(product: Product, line: str) -> bool:
    return line in httpx.get(f"{product.url}/metrics").text


def degraded(product: Product) -> list[str]:
    answer: list[str] = httpx.get(f"{product.url}/readyz").json()["degraded"]
    return answer


def test_a_blocked_bot_a_lost_channel_and_how_an_operator_mends_them(
    product: Product, telegram: TelegramServer, slack: FakeSlack
) -> None:
    slack.fail_next("chat.postMessage", times=1000, error="not_in_channel")
    telegram.block(1)
    telegram.send_text(1, "/start")
    telegram.send_text(2, "/human")
    telegram.wait_for(2, 1, 60)  # Telegram goes on
    wait_for(lambda: degraded(product) == ["slack"], "slack to be away")
    wait_for(lambda: "cannot be delivered over telegram" in product.log, "the refusal")
    assert metric(product, 'i2pcc_channel_up{channel="slack"} 0.0')
    wait_for(lambda: metric(product, 'i2pcc_undeliverable_total{channel="telegram"} 2.0'), "both of its messages")
    assert product.log.count("slack takes no deliveries (not_in_channel), they wait: check I2PCC_SLACK_CHANNEL") == 1
    failed = listed(product)
    assert [(row["state"], row["channel"]) for row in failed] == [("failed", "telegram")] * 2
    assert all("blocked by the user" in row["reason"] for row in failed)
    assert product.command("deliveries").stdout.count("blocked by the user") == 2

    slack.heal("chat.postMessage")
    telegram.unblock(1)
    assert "2 rows are tried again." in product.command("deliveries", "replay", *(row["id"] for row in failed)).stdout
    telegram.wait_for(1, 2, 60)
    wait_for(lambda: len(slack.messages()) == 1, "the card")  # the same command let Slack be tried
    wait_for(lambda: degraded(product) == [], "slack to be back")
    assert product.log.count("slack takes deliveries again") == 1
    assert product.command("deliveries").stdout == "Nothing failed, and nothing waits.\n"
