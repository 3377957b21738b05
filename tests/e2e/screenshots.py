"""Takes the pictures of the widget in docs/images: `.venv/bin/python -m tests.e2e.screenshots`."""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.connectors.web.browser import Visitor, launch, visitor
from tests.e2e.product import ROOT, Product

IMAGES = ROOT / "docs" / "images"
LOG = "document.querySelector('i2pcc-chat').shadowRoot.querySelector('.scroll')"
TALLEST = 4000
"""Pixels of the tallest picture."""
GLIMPSES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
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
CONVERSATIONS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "en": (
        {"locale": "en-GB"},
        [
            ("Hebei or Shaanxi for dust filters?", "No source ranks them"),
            ("and since when is Shaanxi a partner?", "1985"),
            ("We are CleanStack BV from Ghent and want to submit a proposal, mail an@cleanstack.be", "Noted"),
            ("An Peeters", "Which challenges"),
            ("2", "describe your solution"),
            ("Our filters take fine dust out of the flue gas of steel plants. Would Hebei need that?", "kept that"),
            ("skip", "on your own"),
            ("alone", "preference"),
            ("Hebei", "May we pass"),
            ("yes", "check your answers"),
            ("my email should be info@cleanstack.be", "changed from"),
        ],
    ),
    "nl": (
        {"locale": "nl-BE", "color_scheme": "dark"},
        [
            ("Is er in Chongqing vraag naar bodemsanering?", "Bodemvervuiling"),
            ("en in Guangdong?", "legt een verband"),
            ("ok, ik wil een voorstel indienen", "naam van uw bedrijf"),
            ("BodemZorg BV", "contactpersoon"),
            ("waarom moet u dat weten?", "aanspreken"),
            ("Sofie Maes, zaakvoerder", "e-mailadres"),
            ("sofie@bodemzorg", "niet volledig"),
            ("sofie@bodemzorg.be", "provincie"),
            ("Geel", "uitdagingen"),
            ("wacht even", "Neem gerust uw tijd"),
            ("bodem en slib", "Beschrijf"),
            ("ik snap het niet", "Bijvoorbeeld"),
            ("Wij reinigen vervuilde grond ter plaatse met bacteriën.", "toegepast"),
            ("stop", "Zullen we hier stoppen"),
            ("ja", "hou uw antwoorden"),
        ],
    ),
    "zh": (
        {"locale": "zh-CN"},
        [
            ("我们钢铁厂的烟气老是超标", "废气"),
            ("与河北有关吗？", "推断"),
            ("那边呢", "想了解什么"),
            ("登记需求", "贵单位的名称"),
            ("唐山华丰钢铁有限公司", "联系人"),
            ("王建国，设备部经理", "电子邮箱"),
            ("会不会泄露我的信息？", "继续填写"),
            ("wangjg@hfsteel.example.cn", "哪个地区"),
            ("河北", "哪些挑战"),
            ("2", "说明您的需求"),
            ("烧结机烟气需要脱硫脱硝，粉尘排放要减少一半。", "规模"),
            ("跳过", "是否同意"),
            ("同意", "请核对"),
            ("确认提交", "编号"),
            ("补充一下：希望明年完成改造", "已补充"),
        ],
    ),
}
"""Whole conversations, each taken in one tall picture."""


def main() -> None:
    """Take a glimpse and a whole conversation in every language."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        product = Product(Path(folder) / "data")
        browser = launch(playwright)
        try:
            for language, (context, lines) in GLIMPSES.items():
                _take(browser, product, language, context, lines)
            for language, (context, lines) in CONVERSATIONS.items():
                _take_whole(browser, product, language, context, lines)
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


def _take_whole(
    browser: Browser, product: Product, language: str, context: dict[str, Any], lines: list[tuple[str, str]]
) -> None:
    """The whole log, on a window as tall as it."""
    with visitor(browser, **{"viewport": {"width": 480, "height": 900}, **context}) as person:
        person.open(product.url)
        for line, answer in lines:
            _say(person, line, answer)
        person.page.wait_for_timeout(800)
        hidden = person.page.evaluate(f"{LOG}.scrollHeight - {LOG}.clientHeight")
        person.page.set_viewport_size({"width": 480, "height": min(900 + hidden, TALLEST)})
        person.page.evaluate(f"{LOG}.scrollTo(0, 0)")
        person.page.wait_for_timeout(300)
        person.page.screenshot(path=IMAGES / f"conversation-{language}.png")


def _say(person: Visitor, line: str, answer: str) -> None:
    person.say(line)
    person.page.locator(".line:not(.person) .bubble", has_text=answer).last.wait_for()
    person.page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
