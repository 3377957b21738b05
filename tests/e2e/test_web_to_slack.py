"""From the first hello on the web to the intake in Slack, and the talk that follows."""

import json

from tests.e2e.product import Product, WebPerson, wait_for
from tests.fakes.slack_server import FakeSlack

PROPOSAL = [
    "I want to submit a proposal",
    "AquaPura NV",
    "An Peeters",
    "an.peeters@aquapura.be",
    "Ghent",
    "4 and 5",
    "We remove heavy metals from mine water with membranes that need little energy.",
    "Three plants in Belgium since 2016",
    "alone",
    "Chongqing",
    "yes",
]


def propose(person: WebPerson) -> str:
    for line in PROPOSAL:
        reply = person.says(line)
    assert reply["awaiting"] == "review"
    reference = person.says("send it")["reference"]
    assert reference
    return str(reference)


def test_a_proposal_reaches_slack_with_match_and_transcript(product: Product, slack: FakeSlack) -> None:
    person = WebPerson(product)
    hello = person.says("Hello")
    assert hello["messages"][0]["kind"] == "notice"
    reference = propose(person)

    card = wait_for(lambda: next(iter(slack.messages()), None), "the card")
    shown = json.dumps(card, ensure_ascii=False)
    for part in (reference, "AquaPura NV", "An Peeters", "Chongqing", "Sludge"):
        assert part in shown, part
    thread = wait_for(lambda: slack.thread(slack.CHANNEL, card["ts"])[1:], "the transcript")
    assert "mine water" in json.dumps(thread)

    stored = json.loads(product.command("intakes", "show", reference, "--json").stdout)
    assert stored["slots"]["contact_email"] == "an.peeters@aquapura.be"
    assert stored["match"]["regions"][0]["region"] == "region:chongqing"
    assert stored["match"]["regions"][0]["reasons"][0]["sources"] == ["S1"]
    assert [i["reference"] for i in json.loads(product.command("intakes", "list", "--json").stdout)] == [reference]


def test_a_coordinator_claims_talks_and_hands_back(product: Product, slack: FakeSlack) -> None:
    person = WebPerson(product)
    assert person.says("Can I talk to a person?")["owner"] == "assistant"
    card = wait_for(lambda: next(iter(slack.messages()), None), "the card")

    slack.press("claim", card)
    joined = wait_for(lambda: [m for m in person.receives() if "Anna" in m["text"]], "the coordinator")
    assert joined[0]["kind"] == "notice"
    reply = person.says("Which documents do you need?")
    assert reply["owner"] == "coordinator"
    assert all(m["kind"] == "notice" for m in reply["messages"])
    wait_for(lambda: "Which documents do you need?" in json.dumps(slack.thread(slack.CHANNEL, card["ts"])), "the relay")

    slack.reply(slack.CHANNEL, card["ts"], "Just a short description & your name.")
    wait_for(lambda: [m for m in person.receives() if "description & your name" in m["text"]], "the answer")

    slack.press("release", slack.messages()[0])
    wait_for(lambda: person.says("Tell me about Hebei")["owner"] == "assistant", "the assistant")


def test_an_intake_waits_for_slack_and_comes_once(product: Product, slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", times=2, status=500)
    reference = propose(WebPerson(product))
    wait_for(lambda: slack.messages(), "the card after the failure")
    product.kill()
    product.restart()
    assert reference in product.command("intakes", "list").stdout
    cards = [m for m in slack.messages() if reference in json.dumps(m)]
    assert len(cards) == 1


def test_a_draft_survives_a_kill(product: Product) -> None:
    person = WebPerson(product)
    person.says("I want to submit a proposal")
    assert person.says("AquaPura NV")["awaiting"] == "contact_name"
    product.kill()
    product.restart()
    assert person.says("An Peeters")["awaiting"] == "contact_email"
