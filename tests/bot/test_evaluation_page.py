"""The page of an evaluation in a real browser: whole, escaped, from one file, for everybody."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from bot.evaluating import Report
from bot.evaluation_page import as_html, as_json
from bot.evaluation_table import show
from nlu.evaluation import Evaluation, evaluation
from nlu.language_evaluation import LanguageScores
from nlu.language_mistakes import LanguageConfusion, LanguageEvaluation
from nlu.readings import Reading
from nlu.training import Example
from nlu.types import Intent, Understanding, Verdict
from tests.connectors.web.browser import PHONE, launch

EVIL = "<script>document.title='x'</script> & [red]\"'"
VOID = {"br", "meta"}


def reading(text: str, intent: str, told: str, confidence: float, verdict: Verdict = "sure") -> Reading:
    understanding = Understanding(text, (Intent(told, confidence),), (), verdict)
    return Reading(Example(text, intent, "nl" if "ij" in text else "en"), understanding, 0.004, 0.005)


def evaluated(engine: str, *more: Reading) -> Evaluation:
    """Two topics, an off-topic question, and two dozen pairs that are mistaken for each other."""
    read = [
        reading("Hebei?", "region:hebei", "region:hebei", 0.9),
        reading("zij", "region:hebei", "region:chengdu", 0.6, "unsure"),
        reading("weer", "out-of-scope", "out-of-scope", 0.7, "foreign"),
        *(reading(f"number {i}", f"topic:{i}", f"topic:{i + 1}", 0.2 + i / 40) for i in range(24)),
    ]
    return evaluation(engine, "dev", [*read, *more])


@pytest.fixture(scope="module")
def report() -> Report:
    language = LanguageEvaluation(
        "dev",
        [LanguageScores("nl", "short", 20, right=0.95, undetermined=0.05, foreign=0.0)],
        [LanguageConfusion("nl", "en", ((EVIL, 0.61),))],
        0.2,
        0.4,
    )
    engines = [evaluated("embedded", reading(EVIL, "region:hebei", "region:chengdu", 0.99)), evaluated("rasa")]
    return Report("0123456789ab", engines, [language])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(params=["light", "dark", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, report: Report, tmp_path: Path) -> Iterator[Page]:
    """The page without a network."""
    file = tmp_path / "page.html"
    file.write_text(as_html(report), encoding="utf-8")
    scheme, size = ("dark" if request.param == "dark" else "light"), (PHONE if request.param == "phone" else None)
    context = chromium.new_context(color_scheme=scheme, viewport=size, offline=True)
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda r: asked.append(r.url))
    opened.goto(file.as_uri())
    yield opened
    assert asked == [file.as_uri()]
    context.close()


class Nesting(HTMLParser):
    """Fails where an end tag does not close what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open += [tag] if tag not in VOID else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()


def test_the_page_is_well_formed(report: Report) -> None:
    parser = Nesting()
    parser.feed(as_html(report))
    parser.close()
    assert parser.open == []


def test_it_shows_everything_and_runs_nothing(page: Page) -> None:
    assert page.title() == "How well questions are understood"
    assert page.get_by_text(EVIL, exact=True).count() == 2
    assert page.locator("script").count() == 0
    assert page.locator("figure").count() == 3
    assert page.locator("polyline.embedded").count() == page.locator("polyline.rasa").count() == 2
    assert page.get_by_role("heading", name="Confusions, rasa").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_bars_are_as_long_as_their_shares(page: Page) -> None:
    bar = page.get_by_role("row", name="nl short").locator(".bar i")
    share = bar.evaluate("e => e.offsetWidth / e.parentElement.offsetWidth")
    assert share == pytest.approx(0.95, abs=0.02)


def test_everybody_can_read_it(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_print_shows_what_is_folded(page: Page) -> None:
    last = page.get_by_text("number 9", exact=True).first
    assert not last.is_visible()
    page.emulate_media(media="print")
    assert last.is_visible()


def test_both_splits_and_a_missing_engine(report: Report) -> None:
    test = evaluation("embedded", "test", [reading("x", "region:hebei", "region:hebei", 1.0)])
    told = Report("0123456789ab", [*report.evaluations, test], [], "Rasa is not there")
    page = as_html(told)
    assert "The dev questions" in page
    assert "The test questions" in page
    assert "Rasa is not there" in page
    assert "<p>None.</p>" in page


def test_json_has_null_for_what_is_no_number() -> None:
    only = evaluation("embedded", "dev", [reading("x", "region:hebei", "region:hebei", 1.0)])
    figures = json.loads(as_json(Report("0123456789ab", [only], [])))
    assert figures["evaluations"][0]["scores"]["en"]["top1"] == 1.0
    assert figures["evaluations"][0]["scores"]["en"]["declined_foreign"] is None


def test_the_terminal_shows_engines_side_by_side(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    show(report)
    lines = capsys.readouterr().out.splitlines()
    (accuracy,) = [line for line in lines if "accuracy" in line]
    shares = accuracy.split()[1:]
    assert shares == ["3.7%", "3.8%", "0.0%", "3.8%", "4.0%", "0.0%"]
    assert sum(EVIL in line for line in lines) == 1
