"""Several real processes on one PostgreSQL: they share the load, and take over from each other."""

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import postgres
from tests.e2e.conftest import slack_settings, telegram_settings
from tests.e2e.product import wait_for
from tests.e2e.replicas import FETCHING, WATCHING, Replicas, Roaming
from tests.e2e.test_web_to_slack import propose
from tests.fakes.slack_server import FakeSlack
from tests.fakes.telegram_server import TelegramServer

CONFLICT = "another program fetches this bot's updates"


@pytest.fixture(scope="module")
def shared_slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@pytest.fixture(scope="module")
def shared_telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="module")
def socket() -> Iterator[str]:
    with postgres.cluster() as folder:
        yield folder


@pytest.fixture(scope="module")
def started(
    tmp_path_factory: pytest.TempPathFactory, socket: str, shared_slack: FakeSlack, shared_telegram: TelegramServer
) -> Iterator[Replicas]:
    running = Replicas(
        Path(tmp_path_factory.mktemp("replicas")),
        f"postgresql://postgres@/postgres?host={socket}",
        **slack_settings(shared_slack),
        **telegram_settings(shared_telegram),
    )
    yield running
    running.stop()


@pytest.fixture
def replicas(started: Replicas) -> Replicas:
    started.revive()
    return started


def cards(slack: FakeSlack, reference: str) -> int:
    return sum(reference in json.dumps(m) for m in slack.messages())


def ask(telegram: TelegramServer, chats: range) -> None:
    for chat in chats:
        telegram.send_text(chat, "Tell me about Hebei")


def answered(telegram: TelegramServer, chats: range) -> None:
    for chat in chats:
        wait_for(lambda c=chat: "Hebei" in json.dumps(telegram.sent(c)), f"an answer in chat {chat}")


def test_they_share_the_load(replicas: Replicas, shared_slack: FakeSlack, shared_telegram: TelegramServer) -> None:
    ask(shared_telegram, range(1, 6))
    with ThreadPoolExecutor() as pool:
        references = list(pool.map(propose, [Roaming(replicas) for _ in range(2)]))
    answered(shared_telegram, range(1, 6))
    for reference in references:
        wait_for(lambda r=reference: cards(shared_slack, r), f"the card of {reference}")
    listed = json.loads(replicas.one.command("intakes", "list", "--json").stdout)
    assert sorted(i["reference"] for i in listed) == sorted(references)
    assert [cards(shared_slack, r) for r in references] == [1] * 2
    wait_for(lambda: len(replicas.on_duty(FETCHING)) == 1, "one who fetches")
    assert not any(CONFLICT in p.log for p in replicas.all)


def test_a_message_reaches_the_screens_of_every_process(replicas: Replicas, shared_slack: FakeSlack) -> None:
    person = Roaming(replicas)
    before = len(shared_slack.messages())
    with person.watches(replicas.one) as one, person.watches(replicas.two) as two:
        person.says("Can I talk to a person?")
        card = wait_for(lambda: shared_slack.messages()[before:], "the card")[0]
        shared_slack.press("claim", card)
        for screen in (one, two):
            screen.shows("Anna")
        shared_slack.reply(shared_slack.CHANNEL, card["ts"], "Hello from Leuven")
        for screen in (one, two):
            screen.shows("Hello from Leuven")


def test_they_go_on_after_a_restart_of_postgresql(
    replicas: Replicas, socket: str, shared_slack: FakeSlack, shared_telegram: TelegramServer
) -> None:
    person = Roaming(replicas)
    person.says("I want to submit a proposal")
    wait_for(lambda: replicas.on_duty(FETCHING), "one who fetches")
    with person.watches(replicas.two):
        postgres.restart(socket)
    ask(shared_telegram, range(11, 14))
    assert person.says("AquaPura NV")["awaiting"] == "contact_name"
    answered(shared_telegram, range(11, 14))
    wait_for(lambda: len(replicas.on_duty(FETCHING)) == 1, "one who fetches")
    with person.watches(replicas.one) as screen:
        person.says("An Peeters")
        screen.shows("mail")


def test_who_is_stopped_or_killed_loses_nothing(replicas: Replicas, shared_slack: FakeSlack) -> None:
    with ThreadPoolExecutor() as pool:
        proposing = [pool.submit(propose, Roaming(replicas)) for _ in range(2)]
        replicas.one.stop()
        replicas.one.restart()
        proposing += [pool.submit(propose, Roaming(replicas)) for _ in range(2)]
        replicas.two.kill()
        references = [p.result() for p in proposing]
    for reference in references:
        wait_for(lambda r=reference: cards(shared_slack, r), f"the card of {reference}")
    assert len(set(references)) == 4
    assert [cards(shared_slack, r) for r in references] == [1] * 4


def test_a_send_of_a_killed_process_is_finished_once(replicas: Replicas, shared_slack: FakeSlack) -> None:
    person = Roaming(replicas)
    shared_slack.fail_next("chat.postMessage", hang=300)  # it arrives, but nobody hears of that
    reference = propose(person)
    sender = wait_for(replicas.sender, "the process that posts the card")
    wait_for(lambda: cards(shared_slack, reference), "the card")
    sender.kill()
    card = next(m for m in shared_slack.messages() if reference in json.dumps(m))
    wait_for(lambda: shared_slack.thread(shared_slack.CHANNEL, card["ts"]), "the transcript, by another process")
    assert cards(shared_slack, reference) == 1


def test_the_next_one_fetches_when_the_first_is_killed(replicas: Replicas, shared_telegram: TelegramServer) -> None:
    first = wait_for(lambda: replicas.on_duty(FETCHING), "one who fetches")[0]
    ask(shared_telegram, range(21, 26))
    first.signal(signal.SIGKILL)
    ask(shared_telegram, range(26, 31))
    first.kill()
    answered(shared_telegram, range(21, 31))
    wait_for(lambda: len(replicas.on_duty(FETCHING)) == 1, "the next one")
    assert replicas.on_duty(FETCHING) != [first]


def test_the_duties_of_a_process_that_hangs_go_to_another(replicas: Replicas) -> None:
    hanging = wait_for(lambda: replicas.on_duty(WATCHING), "one who watches")[0]
    hanging.signal(signal.SIGSTOP)
    try:
        wait_for(lambda: len(replicas.on_duty(WATCHING)) == 2, "the next one, while the first believes in its duty")
    finally:
        hanging.signal(signal.SIGCONT)
    wait_for(lambda: hanging not in replicas.on_duty(WATCHING), "the first to see that it lost the duty")
    wait_for(lambda: len(replicas.on_duty(WATCHING)) == 1, "one who watches")
