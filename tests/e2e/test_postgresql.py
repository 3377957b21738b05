"""The whole way on PostgreSQL, over a sudden end."""

import json
from pathlib import Path

from tests.e2e.conftest import slack_settings
from tests.e2e.product import Product, WebPerson, wait_for
from tests.e2e.test_web_to_slack import propose
from tests.fakes.slack_server import FakeSlack


def test_a_proposal_survives_a_kill_on_postgresql(tmp_path: Path, postgres_url: str, slack: FakeSlack) -> None:
    product = Product(tmp_path / "data", database_url=postgres_url, **slack_settings(slack))
    try:
        person = WebPerson(product)
        reference = propose(person)
        product.kill()
        product.restart()
        assert "I2P-" in person.says("Where is my proposal?")["messages"][-1]["text"]
        listed = json.loads(product.command("intakes", "list", "--json").stdout)
        assert [i["reference"] for i in listed] == [reference]
        wait_for(lambda: slack.messages(), "the card")
        assert len([m for m in slack.messages() if reference in json.dumps(m)]) == 1
    finally:
        product.stop()
