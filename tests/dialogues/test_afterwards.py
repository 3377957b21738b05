"""Status, additions and withdrawals after an intake was sent in."""

import pytest

from dialogues.effects import Add, Link, Withdraw
from dialogues.events import IntakeStatus
from nlu.types import LanguageCode
from tests.dialogues.talk import REFERENCE, START, Talk, at, payloads

OTHER = "I2P-XXXXXX"


def with_intakes(language: LanguageCode = "en", *statuses: str, form: str | None = None) -> Talk:
    talk = Talk(language, form=at(form) if form else None)
    references = (REFERENCE, "I2P-333333", "I2P-444444")
    given = statuses or ("received",)
    talk.intakes = tuple(IntakeStatus(r, "need", s, START) for r, s in zip(references, given, strict=False))
    return talk


def test_the_status_of_an_open_intake_offers_what_can_be_done() -> None:
    talk = with_intakes().press("action:status")
    assert f"intake:add={REFERENCE}" in payloads(talk.last)
    assert f"intake:withdraw={REFERENCE}" in payloads(talk.last)


@pytest.mark.parametrize("status", ["closed", "withdrawn"])
def test_nothing_can_be_done_about_one_that_is_over(status: str) -> None:
    talk = with_intakes("en", status).press("action:status")
    assert payloads(talk.last) == ["action:human"]
    assert not talk.press(f"intake:withdrawn={REFERENCE}").done(Withdraw)
    assert REFERENCE in talk.text("withdraw my proposal").last.text
    assert not talk.text("yes").done(Withdraw)


def test_nothing_sent_in_speaks_of_proposals_and_needs() -> None:
    for language, word in (("en", "need"), ("nl", "behoefte"), ("zh-Hans", "需求")):
        assert word in Talk(language).press("action:status").last.text  # type: ignore[arg-type]


def test_a_draft_set_aside_is_not_sent_in_yet() -> None:
    talk = Talk(form=at("solution")).press("form:stop").text("where is my proposal?")
    assert "not been sent in" in talk.last.text
    assert payloads(talk.last)[0] == "form:resume"
    assert talk.text("yes").awaiting == "solution"


WITHDRAW = [
    ("en", "withdraw my proposal"),
    ("en", "I would like to withdraw our need"),
    ("en", f"Please withdraw {REFERENCE}."),
    ("nl", "trek mijn voorstel in"),
    ("nl", "Ik wil mijn voorstel intrekken"),
    ("nl", f"Graag {REFERENCE} intrekken"),
    ("zh-Hans", "我想撤回我的方案"),
    ("zh-Hans", "把我们的需求撤回吧"),
    ("zh-Hans", f"请撤回{REFERENCE}"),
]


@pytest.mark.parametrize(("language", "text"), WITHDRAW)
def test_a_withdrawal_in_words_is_asked_once_and_done(language: LanguageCode, text: str) -> None:
    yes = {"en": "yes", "nl": "ja", "zh-Hans": "是的"}[language]
    talk = with_intakes(language).text(text)
    assert not talk.done(Withdraw)
    assert payloads(talk.last) == [f"intake:withdrawn={REFERENCE}", "intake:keep"]
    assert talk.text(yes).done(Withdraw) == [Withdraw(REFERENCE)]


@pytest.mark.parametrize("text", ["no", "cancel", "No, keep it"])
def test_a_withdrawal_can_be_taken_back(text: str) -> None:
    talk = with_intakes().text("withdraw my proposal").text(text)
    assert not talk.done(Withdraw)
    assert "stays" in talk.last.text
    assert not talk.text("yes").done(Withdraw)


def test_anything_else_after_the_question_withdraws_nothing() -> None:
    talk = with_intakes().text("withdraw my proposal").sure("Tell me about Hebei", "region:hebei")
    assert talk.last.topics == ("region:hebei",)
    assert not talk.text("yes").done(Withdraw)


@pytest.mark.parametrize("text", [f"withdraw {OTHER}", f"add to {OTHER}: spam", f"where is {OTHER}?"])
def test_a_strangers_reference_is_not_told_apart_from_none(text: str) -> None:
    talk = with_intakes().text(text)
    assert f"I don't see {OTHER}" in talk.last.text
    assert not talk.done(Withdraw)
    assert not talk.done(Add)
    assert talk.state.confirming is None


def test_of_several_it_is_asked_which() -> None:
    talk = with_intakes("en", "received", "claimed", "withdrawn").text("withdraw my proposal")
    assert payloads(talk.last) == [f"intake:withdraw={REFERENCE}", "intake:withdraw=I2P-333333"]
    assert talk.text("I2P-333333").text("yes").done(Withdraw) == [Withdraw("I2P-333333")]


ADD = [
    ("en", "Add something", "We got a certificate."),
    ("nl", "ik wil iets toevoegen", "We hebben een certificaat behaald."),
    ("zh-Hans", "我要补充", "我们取得了认证。"),
]


@pytest.mark.parametrize(("language", "wish", "text"), ADD)
def test_the_message_after_the_wish_is_added(language: LanguageCode, wish: str, text: str) -> None:
    talk = with_intakes(language).text(wish).text(text)
    assert talk.done(Add) == [Add(REFERENCE, text)]
    assert REFERENCE in talk.last.text
    assert not talk.text(text).done(Add)


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("Add to my proposal: two more plants since May", "two more plants since May"),
        (f"Please add this to {REFERENCE}: line one\nline two", "line one\nline two"),
        ("Iets toevoegen aan mijn voorstel: nog twee installaties", "nog twee installaties"),
        (f"Voeg toe aan {REFERENCE}: nog twee installaties", "nog twee installaties"),
        ("给我的方案补充：又建成两座工厂", "又建成两座工厂"),
        (f"给{REFERENCE}补充内容：又建成两座工厂", "又建成两座工厂"),
    ],
)
def test_wish_and_addition_in_one_message(text: str, added: str) -> None:
    assert with_intakes().text(text).done(Add) == [Add(REFERENCE, added)]


@pytest.mark.parametrize("text", ["cancel", "no", "niets", "不用了"])
def test_an_addition_can_be_left(text: str) -> None:
    talk = with_intakes().text("add something").text(text)
    assert not talk.done(Add)
    assert "nothing was added" in talk.last.text
    assert not talk.text("We got a certificate.").done(Add)


def test_a_sure_question_is_answered_rather_than_added() -> None:
    talk = with_intakes().text("add something").sure("What is Hebei known for?", "region:hebei")
    assert talk.last.topics == ("region:hebei",)
    assert not talk.done(Add)


def test_a_button_instead_of_an_addition() -> None:
    talk = with_intakes().text("add something").press("region:hebei").text("We got a certificate.")
    assert not talk.done(Add)


def test_in_a_form_an_addition_is_no_answer_and_the_form_goes_on() -> None:
    talk = with_intakes(form="solution").press(f"intake:add={REFERENCE}").text("We got a certificate.")
    assert talk.done(Add)
    assert talk.awaiting == "solution"
    assert talk.last.kind == "form"
    assert "solution" not in talk.draft.slots


def test_in_a_form_only_a_reference_makes_it_a_wish_about_an_intake() -> None:
    talk = with_intakes(form="solution").text("We want to add to our proposal: more detail on sludge")
    assert not talk.done(Add)
    assert "solution" in talk.draft.slots
    assert with_intakes(form="solution").text(f"withdraw {REFERENCE}").text("yes").done(Withdraw)


@pytest.mark.parametrize("text", ["Where is my need?", "waar is mijn behoefte?", "我的需求怎么样了？", REFERENCE])
def test_the_status_in_words(text: str) -> None:
    assert with_intakes().text(text).last.topics == ("action:status",)


def test_without_an_intake_nothing_is_withdrawn_or_added() -> None:
    for text in ("withdraw", "add something"):
        assert "don't see" in Talk().text(text).last.text


@pytest.mark.parametrize(
    "text",
    [
        f"We apply together with {OTHER}",
        f"please link our proposal to {OTHER}",
        f"Wij dienen samen in met {OTHER}",
        f"koppel ons voorstel aan {OTHER}",
        f"我们和{OTHER}一起申请",
    ],
)
def test_another_companys_intake_is_linked_without_telling_whether_there_is_one(text: str) -> None:
    talk = with_intakes().text(text)
    assert talk.done(Link) == [Link(REFERENCE, OTHER)]
    assert "If both are with us" in talk.last.text


def test_who_has_sent_nothing_in_is_asked_to_do_so_first() -> None:
    talk = Talk(form=at("solution")).text(f"We apply together with {OTHER}")
    assert not talk.done(Link)
    assert talk.awaiting == "solution"
    assert "first" in talk.said[0].text


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("I forgot to mention that we also hold ISO 14001", "we also hold ISO 14001"),
        ("Add: we also have a pilot in Leuven", "we also have a pilot in Leuven"),
        ("nog vergeten te zeggen: wij hebben ook een proefproject", "wij hebben ook een proefproject"),
        ("Aanvulling: onze installatie draait al in Gent", "onze installatie draait al in Gent"),
        ("补充一下：我们希望明年完成改造", "我们希望明年完成改造"),
        ("忘了说，厂区有二十公顷", "厂区有二十公顷"),
    ],
)
def test_what_was_forgotten_is_added_at_once(text: str, added: str) -> None:
    talk = with_intakes().text(text, "out-of-scope", verdict="foreign")
    assert [(a.reference, a.text) for a in talk.done(Add)] == [(REFERENCE, added)]


def test_a_question_on_top_is_no_addition() -> None:
    talk = with_intakes().sure("One more thing: what does it cost to take part?", "unknown:fees")
    assert talk.done(Add) == []
    assert talk.last.topics == ("unknown:fees",)


def test_without_an_intake_there_is_nothing_to_add_to() -> None:
    assert Talk().text("I forgot to mention that we also hold ISO 14001").done(Add) == []
