"""The product with Rasa beside it, which dies in the middle of a conversation and comes back."""

from pathlib import Path

import httpx

from tests.e2e.product import Product, WebPerson, wait_for
from tests.rasa import Rasa


def metric(product: Product, name: str) -> float:
    lines = httpx.get(f"{product.url}/metrics").text.splitlines()
    return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name)), 0.0)


def told(product: Product, words: str) -> int:
    return sum(words in line for line in product.log.splitlines())


def readiness(product: Product) -> tuple[int, list[str]]:
    answer = httpx.get(f"{product.url}/readyz")
    return answer.status_code, answer.json()["degraded"]


def test_the_conversation_goes_on_without_rasa_and_takes_it_up_again(rasa: Rasa, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rasa").symlink_to(rasa.data_dir / "rasa")
    product = Product(tmp_path / "data", nlu="rasa", rasa_url=rasa.url)
    try:
        person = WebPerson(product, "en")
        before = rasa.parsed
        wait_for(lambda: person.says("hydrogen") and rasa.parsed > before, "Rasa to be asked")
        assert readiness(product) == (200, [])
        assert metric(product, "i2pcc_rasa_up") == 1

        rasa.kill()
        assert person.says("en Guangdong?")["messages"][-1]["topics"][0] == "region:guangdong"
        assert person.says("河北")["messages"][-1]["topics"][0] == "region:hebei"
        assert readiness(product) == (200, ["rasa"])
        assert metric(product, "i2pcc_rasa_up") == 0
        assert told(product, "Rasa is away") == told(product, "Rasa is back") + 1

        rasa.start()
        wait_for(lambda: readiness(product) == (200, []), "Rasa to be found again")
        wait_for(lambda: person.says("hydrogen") and rasa.parsed, "Rasa to be asked again")
        wait_for(lambda: readiness(product) == (200, []), "Rasa to be found again, had the machine been too busy")
        assert metric(product, "i2pcc_rasa_up") == 1
        assert told(product, "Rasa is away") == told(product, "Rasa is back") >= 1
        assert metric(product, 'i2pcc_rasa_requests_total{outcome="answered"}') >= 2
    finally:
        product.stop()
