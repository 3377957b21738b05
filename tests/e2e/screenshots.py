"""Takes the pictures of the widget in docs/images: `.venv/bin/python -m tests.e2e.screenshots`."""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.connectors.web.browser import Visitor, launch, visitor
from tests.e2e.product import ROOT, Product

IMAGES = ROOT / "docs" / "images"
CONVERSATIONS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "en": ({"locale": "en-GB"}, [("Is there a need for soil remediation in Chongqing?", "Soil")]),
    "nl": (
        {"locale": "nl-BE", "viewport": {"width": 420, "height": 840}},
        [("Wij willen een voorstel indienen", "naam van uw bedrijf"), ("Wij zijn BodemZorg BV", "contactpersoon")],
    ),
    "zh": (
        {"locale": "zh-CN", "color_scheme": "dark"},
        [("我们钢铁厂需要处理烟气", "废气"), ("与河北有关吗？", "推断")],
    ),
}


def main() -> None:
    """Take one picture a language."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        product = Product(Path(folder) / "data")
        browser = launch(playwright)
        try:
            for language, (context, lines) in CONVERSATIONS.items():
                _take(browser, product, language, context, lines)
        finally:
            browser.close()
            product.stop()


def _take(
    browser: Browser, product: Product, language: str, context: dict[str, Any], lines: list[tuple[str, str]]
) -> None:
    with visitor(
        browser, **{"viewport": {"width": 900, "height": 760}, "device_scale_factor": 1.5, **context}
    ) as person:
        person.open(product.url)
        for line, answer in lines:
            _say(person, line, answer)
        person.page.wait_for_timeout(800)
        person.page.screenshot(path=IMAGES / f"widget-{language}.png")


def _say(person: Visitor, line: str, answer: str) -> None:
    person.say(line)
    person.page.locator(".line:not(.person) .bubble", has_text=answer).last.wait_for()
    person.page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
