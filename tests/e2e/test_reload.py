"""Edited knowledge reaches a running server by `i2pcc reload` and by SIGHUP; a broken edit changes nothing."""

import re
import shutil
import signal
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from bot.engines import load_engines
from bot.settings import Settings
from nlu.encoder import load_encoder
from tests.e2e.product import Product, WebPerson, wait_for
from tests.knowledge.test_new_region import ZHUOLAN

EXAMPLES = 1
"""Of each intent in each file: enough to go by names, and trained in seconds."""
TRAINING = 300.0
"""Seconds that training may take on a busy machine."""


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    return Path(shutil.copytree(str(files("knowledge") / "data"), tmp_path / "knowledge"))


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the examples, so that training takes seconds."""
    folder = tmp_path_factory.mktemp("training")
    source = Path(str(files("nlu") / "data"))
    for file in (f for language in ("en", "nl", "zh") for f in (source / language).glob("*.yml")):
        copy = folder / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(_shortened(file.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cache(training: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models of the unedited data, so that a start does not train."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("trained"), training_dir=training)
    load_engines(settings, load_encoder())
    return settings.data_dir / "cache"


def _shortened(content: str) -> str:
    kept, count = [], 0
    for line in content.splitlines(keepends=True):
        is_example = line.startswith("    - ")
        count = count + 1 if is_example else 0
        if count <= EXAMPLES:
            kept.append(line)
    return "".join(kept)


@pytest.fixture
def product(tmp_path: Path, knowledge: Path, training: Path, cache: Path) -> Iterator[Product]:
    # A cache of its own: training here must not replace the others' model.
    shutil.copytree(cache, tmp_path / "data" / "cache")
    running = Product(tmp_path / "data", knowledge_dir=str(knowledge), training_dir=str(training))
    yield running
    running.stop()


def key(product: Product) -> str:
    found = re.search(r'i2pcc_knowledge_info\{key="(\w+)"\}', httpx.get(f"{product.url}/metrics").text)
    assert found
    return found[1]


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def test_a_region_by_one_file_is_answered_while_a_form_stays_open(product: Product, knowledge: Path) -> None:
    person = WebPerson(product, "en")
    person.presses("action:proposal")
    person.says("AquaPura NV")
    before, file = key(product), knowledge / "regions" / "zhuolan.yml"

    file.write_text(ZHUOLAN.replace("key: Z1", "key: Z2"), encoding="utf-8")
    refused = product.command("reload")
    assert refused.returncode == 2
    assert "regions/zhuolan.yml, topics region:zhuolan, facts 1 (summary), sources: there is no source Z1" in (
        refused.stderr
    )
    assert refused.stderr.count("there is no source Z1") == 3
    assert key(product) == before
    assert person.presses("region:zhuolan")["messages"][0]["kind"] == "notice"

    file.write_text(ZHUOLAN, encoding="utf-8")
    taken = product.command("reload", patience=TRAINING)
    assert taken.returncode == 0, taken.stderr
    assert "topics: 1 added (region:zhuolan)" in taken.stdout
    assert "training: done" in taken.stderr
    assert "training" not in product.log, "the server must not spend its time on training"
    assert key(product) != before
    assert key(product) in taken.stdout

    asked = person.says("What is Zhuolan?")
    answer = asked["messages"][0]
    assert (answer["kind"], answer["topics"], answer["sources"]) == ("answer", ["region:zhuolan"], ["Z1"])
    assert asked["awaiting"] == "contact_name"
    assert person.says("An Peeters")["awaiting"] == "contact_email"
    assert "AquaPura NV" in person.presses("edit:company_name")["messages"][-1]["text"]

    titles = httpx.get(f"{product.url}/api/sources", params={"language": "nl"}).json()["sources"]
    assert "Een verzonnen pagina" in [source["title"] for source in titles]
    assert "region:zhuolan" in str(WebPerson(product, "nl").presses("regions"))
    assert "Nothing has changed" in product.command("reload").stdout


def test_a_hangup_signal_takes_an_edit_up_and_refuses_a_broken_one(product: Product, knowledge: Path) -> None:
    person, hebei = WebPerson(product, "en"), knowledge / "regions" / "hebei.yml"
    edit(hebei, "en: Hebei lies", "en: Freshly edited. Hebei lies")
    product.signal(signal.SIGHUP)
    wait_for(lambda: "Changed: facts: 1 changed (region:hebei" in product.log, "the edit to be taken up")
    assert "Freshly edited." in person.presses("region:hebei")["messages"][-1]["text"]

    edit(hebei, "Freshly edited. ", "Edited again. ")
    (knowledge / "broken.yml").write_text("topics: [", encoding="utf-8")
    product.signal(signal.SIGHUP)
    wait_for(lambda: "is refused: broken.yml: not readable as YAML" in product.log, "the edit to be refused")
    assert "Freshly edited." in person.presses("region:hebei")["messages"][-1]["text"]


def test_a_server_that_was_killed_leaves_nothing_in_the_way(product: Product, knowledge: Path) -> None:
    line = product.data_dir / "i2pcc.sock"
    assert oct(line.stat().st_mode & 0o777) == "0o600"
    product.kill()
    gone = product.command("reload")
    assert gone.returncode == 2
    assert "no server runs" in gone.stderr

    product.restart()
    edit(knowledge / "regions" / "hebei.yml", "en: Hebei lies", "en: Freshly edited. Hebei lies")
    assert product.command("reload").returncode == 0
    assert "Freshly edited." in str(WebPerson(product, "en").presses("region:hebei"))

    product.stop()
    assert not line.exists()
