"""A whole Chinese conversation in a real browser, from the first hello to the intake in Slack."""

import json

from playwright.sync_api import Route, expect, sync_playwright

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


def test_a_server_that_dies_in_a_reply_loses_and_doubles_nothing(product: Product) -> None:
    def die_after_handling(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch()
        product.kill()
        route.abort()
        person.page.unroute_all()

    with sync_playwright() as playwright:
        browser = launch(playwright)
        with visitor(browser) as person:
            person.open(product.url)
            says(person, "hello", "automated assistant")
            person.page.route("**/messages", die_after_handling)
            person.choices.filter(has_text="proposal").first.click()
            expect(person.status).to_contain_text("connection is lost")
            person.say("AquaPura NV")
            expect(person.page.get_by_text("Waiting to be sent").locator("visible=true")).to_have_count(2)
            product.restart(same_port=True)
            person.page.locator(".line .bubble", has_text="contact person").last.wait_for()
            expect(person.status).not_to_contain_text("lost")
            kept = person.bubbles()
            person.page.reload()
            person.launcher.click()
            person.page.locator(".line .bubble", has_text="contact person").last.wait_for()
            assert person.bubbles() == kept
        browser.close()
    shown = [line for line in kept if line in ("hello", "Submit a proposal", "AquaPura NV")]
    assert shown == ["hello", "Submit a proposal", "AquaPura NV"]
    assert len(kept) == len(set(kept))
