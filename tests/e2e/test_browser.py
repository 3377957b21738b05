"""A whole Chinese conversation in a real browser, from the first hello to the intake in Slack."""

import json

from playwright.sync_api import sync_playwright

from tests.connectors.web.browser import Visitor, launch, visitor
from tests.e2e.product import Product, wait_for
from tests.fakes.slack_server import FakeSlack

NEED = [
    ("我想登记需求", "贵单位的名称"),
    ("重庆两江水务有限公司", "联系人是哪位"),
    ("我叫李伟", "电子邮箱"),
    ("liwei@liangjiang.example.com", "哪个地区"),
    ("重庆", "哪些挑战"),
    ("4和5", "说明您的需求"),
    ("我们的污水处理厂每天产生大量污泥，需要减量和资源化。", "规模有多大"),
    ("没有", "是否同意"),
    ("同意", "请核对您的回答"),
]


def says(person: Visitor, text: str, hears: str) -> None:
    person.say(text)
    person.page.locator(".line .bubble", has_text=hears).last.wait_for()


def test_a_chinese_partner_registers_a_need(product: Product, slack: FakeSlack) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with visitor(browser, locale="zh-CN") as person:
            person.open(product.url)
            says(person, "你好", "自动助手")
            says(person, "重庆有哪些环保需求？", "三峡大坝")
            for line, answer in NEED:
                says(person, line, answer)
            person.choices.filter(has_text="确认提交").click()
            person.page.locator(".line .bubble", has_text="I2P-").wait_for()
            assert {
                product.url.replace("localhost", host).split("//")[1] for host in ("127.0.0.1", "localhost")
            } >= person.hosts()
        browser.close()
    card = wait_for(lambda: next(iter(slack.messages()), None), "the card")
    shown = json.dumps(card, ensure_ascii=False)
    assert "重庆两江水务有限公司" in shown
    assert "Chongqing" in shown
    intake = json.loads(product.command("intakes", "list", "--json").stdout)[0]
    assert (intake["kind"], intake["channel"], intake["language"]) == ("need", "web", "zh-Hans")
