"""After "/delete" nothing of a person is left anywhere."""

import json
from pathlib import Path

from tests.e2e.product import Product, WebPerson, wait_for
from tests.e2e.test_web_to_slack import propose
from tests.fakes.slack_server import FakeSlack

TRACES = ("an.peeters@aquapura.be", "AquaPura", "mine water", "membrane-brochure", "weather over the quay")
IN_FILE = "trace-within-a-file"


def files_with(folder: Path, trace: str) -> list[str]:
    needle = trace.encode()
    return [str(f) for f in folder.rglob("*") if f.is_file() and needle in f.read_bytes()]


def test_erasing_leaves_no_trace(product: Product, slack: FakeSlack) -> None:
    person = WebPerson(product)
    person.says("I want to submit a proposal")
    person.sends("membrane-brochure.pdf", f"%PDF-1.4 {IN_FILE}".encode() * 1000)
    reference = propose(person)
    assert files_with(product.data_dir, IN_FILE)
    wait_for(lambda: IN_FILE in slack.everything(), "the file in Slack")
    listed = json.loads(product.command("intakes", "show", reference, "--json").stdout)["attachments"]
    assert [file["name"] for file in listed] == ["membrane-brochure.pdf"]
    person.says("what will the weather over the quay be like tomorrow")
    assert TRACES[-1] in product.command("unanswered").stdout
    wait_for(
        lambda: len(slack.thread(slack.CHANNEL, slack.messages()[0]["ts"])) > 1 if slack.messages() else False,
        "the card",
    )
    assert files_with(product.data_dir, TRACES[0]), "the test looks in the wrong place"
    assert TRACES[0] in json.dumps(slack.messages()) + json.dumps(
        slack.thread(slack.CHANNEL, slack.messages()[0]["ts"])
    )

    assert {b["payload"] for b in person.says("/delete")["messages"][-1]["buttons"]} == {"erase:yes", "erase:no"}
    person.says("yes")

    wait_for(lambda: not slack.messages(), "Slack to forget")
    for trace in (*TRACES, IN_FILE):
        wait_for(lambda trace=trace: not files_with(product.data_dir, trace), f"{trace} to go")
        assert trace not in json.dumps(slack.messages())
        assert trace not in product.log
        assert trace not in slack.everything()

    kept = json.loads(product.command("intakes", "show", reference, "--json").stdout)
    assert kept["reference"] == reference
    assert not any(kept["slots"].values())


def test_the_log_never_names_people(product: Product) -> None:
    propose(WebPerson(product))
    for trace in TRACES:
        assert trace not in product.log
