"""Whatever happens to a conversation, in whatever order, what is promised holds."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dialogues.actions import ACTIONS
from dialogues.afterwards import OPEN
from dialogues.attaching import MOST
from dialogues.drafts import KEPT
from dialogues.effects import Enclose, Erase, Export, Rate, Say, Submit
from dialogues.engine import Step
from dialogues.events import Event, IntakeStatus
from dialogues.forms import Slot
from dialogues.messages import Message
from dialogues.phrases import normal
from dialogues.rating import read_rating
from dialogues.slots import options
from dialogues.state import Attachment, Draft, State, load_state
from knowledge.search import Hit
from nlu.types import SERVED, Detection, Entity, Intent, LanguageCode, Understanding, Verdict
from tests.dialogues.talk import PROPOSAL, START, at, dialogue, finder, knowledge, scene, written

KB = knowledge()
WORLD = dialogue().world
PHRASES = [phrase for phrases in written().values() for phrase in phrases]
INTENTS = [*KB.topics, *(f"command:{w}" for w in ("affirm", "deny", "done", "cancel", "back", "skip", "delete"))]
VERDICTS: list[Verdict] = ["sure", "unsure", "foreign"]
ANSWERS = [
    "AquaPura NV", "An Peeters", "an.peeters@aquapura.be", "Antwerpen", "5 and 4", "4、5", "soil remediation",
    "Our membranes take heavy metals out of mine water.", "我们的膜技术可以去除矿井水中的重金属。", "-", "/", "geen",
    "alone", "samen met andere bedrijven", "lead", "no preference", "yes", "ja, dat klopt", "同意", "no", "不同意",
    "change my email to jan@voorbeeld.be", "nee, ik bedoelde Limburg", "公司名称改成 绿水科技",
    "change the review to yes", "change the consent to yes", "change the company to 12", "wat is Hebei?", "hoe?",
    "?", "…", "🙂", "2", "/start",
    "add something", "withdraw I2P-7K3F9Q", "把我的方案撤回", "voeg toe aan I2P-7K3F9Q: nog iets",
    "Wij zijn AquaLixi uit Mechelen, mail jan@aqualixi.be", "AquaLixi, Mechelen, jan@aqualixi.be", "no wait, back",
    "我们是石家庄的华清环保公司，联系邮箱 wang@huaqing.cn", "not Antwerp, Limburg", "also sludge", "never mind",
    "not Antwerp", "An Peeters should be Jan Peeters", "the email is jan@voorbeeld.be", "change the email",
    "Limburg, niet Antwerpen",
    "the name is Jan Peeters and the mail jan@voorbeeld.be", "公司改成绿水科技，邮箱改成wang@lvshui.cn",
    "provincie is Limburg, samenwerking is alleen", "聯絡人寫錯了，應該是王麗華",
    "We lead, and look for a partner for drying sludge", "we zoeken een partner die slib droogt",
    "由我们牵头，想找一家做干化的企业",
    "the partner is a company that dries sludge", "add it to my proposal", "together with other companies",
    "34CF-79GH", "continue on Telegram", "/start 34cf79gh",
    "/language zh", "/delete", "/nonsense", "/", "cancel", "continue", "back", "done",
]  # fmt: skip
GARBAGE = ["", ":", "slot:", "slot:x=y", "slot:solution=x", "slot:consent=yes", "edit:", "edit:review", "edit:need",
           "edit:consent", "language:", "language:xx", "smalltalk:nothing", "unknown:nothing", "doubt:question",
           "slot:province=province:antwerp", "slot:region=region:hebei", "slot:collaboration_mode=consortium",
           "slot:consortium_role=lead", "province:limburg", "alone", "form:confirm", "out-of-scope",
           "slot:consortium_note=x", "edit:consortium_note", "intake:enclose", "intake:unenclose",
           "intake:enclose=I2P-7K3F9Q", "rate:up:0", "rate:down:999999999", "rate:up:", "rate:sideways:1",
           "intake:", "intake:keep", "intake:add=I2P-000000", "intake:withdrawn=I2P-7K3F9Q"]  # fmt: skip

texts = st.one_of(st.sampled_from(ANSWERS), st.sampled_from(PHRASES), st.text(max_size=80))
NAMED = {"region": "region:hebei", "challenge": "challenge:hydrogen", "province": "province:limburg",
         "attribute": "since", "ordinal": "2", "language": "nl", "quantifier": "all"}  # fmt: skip
entities = st.sampled_from([Entity(kind, value, value, 0, len(value)) for kind, value in NAMED.items()])


@st.composite
def understandings(draw: st.DrawFn, text: str) -> Understanding | None:
    if draw(st.integers(0, 9)) == 0:
        return None
    names = draw(st.lists(st.sampled_from(INTENTS), max_size=3, unique=True))
    first = draw(st.sampled_from([0.95, 0.4, 0.1]))
    ranked = tuple(Intent(name, first / (place + 1)) for place, name in enumerate(names))
    found = draw(st.one_of(st.just(tuple(finder().find(text))), st.lists(entities, max_size=3).map(tuple)))
    return Understanding(text, ranked, found, draw(st.sampled_from(VERDICTS)), draw(st.booleans()))


HITS = [
    *(Hit(t.id, f.attribute, "en", 0.7, sure=True) for t in KB.topics.values() for f in t.facts if t.kind != "unknown"),
    *(Hit(tie.challenge, None, "nl", 0.7, sure=True, beside=tie.region) for tie in KB.ties()),
    Hit("regions", "summary", "zh", 0.3),
]
hits = st.lists(st.sampled_from(HITS), max_size=2).map(tuple)
detections = st.none() | st.builds(
    Detection, st.sampled_from(SERVED), st.floats(0, 1), st.sampled_from([None, None, None, "fr"])
)
statuses = st.lists(
    st.builds(
        IntakeStatus,
        st.sampled_from(["I2P-7K3F9Q", "I2P-4H6JKM"]),
        st.sampled_from(["proposal", "need"]),
        st.sampled_from(["received", "claimed", "closed", "withdrawn"]),
        st.just(START),
    ),
    max_size=2,
).map(tuple)


class Conversation(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.now: datetime = START
        self.last_at: datetime | None = None
        self.intakes: tuple[IntakeStatus, ...] = ()
        self.files = 0
        self.said: list[Message] = []
        self.before: list[Message] = []

    @initialize(
        language=st.sampled_from(SERVED),
        slot=st.none() | st.sampled_from([*PROPOSAL, "consortium_role", "review"]),
        disclosed=st.booleans(),
    )
    def open(self, language: LanguageCode, slot: str | None, disclosed: bool) -> None:
        mode = "consortium" if slot == "consortium_role" else "alone"
        form = at(slot, collaboration_mode=mode) if slot else None
        self.state = State(language=language, form=form, disclosed=disclosed)
        self.intakes = ()

    @rule(data=st.data(), text=texts, detection=detections, found=hits)
    def type(self, data: st.DataObject, text: str, detection: Detection | None, found: tuple[Hit, ...]) -> None:
        heard = data.draw(understandings(text))
        self.step(Event("text", self.now, text=text, understanding=heard, detection=detection, found=found))

    @rule(text=st.sampled_from(ANSWERS))
    def answer(self, text: str) -> None:
        self.step(Event("text", self.now, text=text, understanding=Understanding(text, (), tuple(finder().find(text)))))

    @rule(data=st.data())
    def press_offered(self, data: st.DataObject) -> None:
        shown = [b.payload for m in self.before + self.said for b in m.buttons]
        if shown:
            self.step(Event("payload", self.now, payload=data.draw(st.sampled_from(shown))))

    @rule(payload=st.one_of(st.sampled_from(GARBAGE), st.sampled_from([*ACTIONS, *KB.topics]), st.text(max_size=20)))
    def press_anything(self, payload: str) -> None:
        self.step(Event("payload", self.now, payload=payload))

    @rule(text=texts, detection=detections)
    def edit_message(self, text: str, detection: Detection | None) -> None:
        self.step(Event("edited", self.now, text=text, understanding=Understanding(text), detection=detection))

    @rule(detail=st.sampled_from(["sticker", "file_type", "voice", "location", "contact", "other", "hologram", ""]))
    def send_unsupported(self, detail: str) -> None:
        self.step(Event("unsupported", self.now, detail=detail))

    @rule(text=st.just("") | texts, together=st.integers(1, 2))
    def send_files(self, text: str, together: int) -> None:
        for number in range(together):
            self.files += 1
            file = Attachment(id=self.files, name=f"{{{self.files}}}.pdf", type="application/pdf", size=1)
            words = text if number == 0 else ""
            heard = Understanding(words) if words else None
            event = Event("attachment", self.now, text=words, understanding=heard, attachment=file)
            self.step(replace(event, later=number > 0))

    @rule(helpful=st.booleans(), seq=st.integers(1, 40), known=st.booleans())
    def rate(self, helpful: bool, seq: int, known: bool) -> None:
        before = self.state.model_copy(deep=True)
        event = Event("payload", self.now, payload=f"rate:{'up' if helpful else 'down'}:{seq}", rated=known)
        step = self.step(event)
        assert self.state.model_copy(update={"offered": before.offered}) == before, "a rating changed the conversation"
        rated = [e for e in step.effects if isinstance(e, Rate)]
        assert rated == ([Rate(seq, helpful)] if known or before.owner == "coordinator" else [])

    @rule(days=st.integers(0, 40))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(intakes=statuses)
    def intakes_change(self, intakes: tuple[IntakeStatus, ...]) -> None:
        self.intakes = intakes

    @rule(coordinator=st.integers(0, 3).map(lambda n: n == 0))
    def owner_changes(self, coordinator: bool) -> None:
        self.state.owner = "coordinator" if coordinator else "assistant"

    def step(self, event: Event) -> Step:
        event = replace(
            event, reference="I2P-7K3F9Q", intakes=self.intakes, last_at=self.last_at, reminds=True, code="34CF79GH"
        )
        self.last_at = self.now
        before = self.state.model_copy(deep=True)
        step = dialogue().step(self.state, event)
        assert self.state == before, "the given state was changed"
        assert load_state(json.loads(step.state.model_dump_json())) == step.state
        said = [e.message for e in step.effects if isinstance(e, Say)]
        for message in said:
            check_message(message)
        check_submitted(before, step)
        if before.owner == "coordinator":
            check_silence(step)
        else:
            quiet = event.later or read_rating(event.payload)
            assert said or quiet, "the assistant had nothing to say"
            check_kept(before, event, step)
            check_files(before, event, step)
            check_asked(before, event, step)
        self.state = State() if any(isinstance(e, Erase) for e in step.effects) else step.state
        if said and not read_rating(event.payload):
            self.before, self.said = self.said, said
        return step

    @invariant()
    def an_open_form_asks_something_with_a_way_out(self) -> None:
        if self.state.form is None:
            return
        assert slot_of(self.state.form).applies(self.state.form.slots)
        if self.state.owner == "assistant" and self.said:
            shown = {b.payload for m in self.before + self.said for b in m.buttons}
            assert shown & {"form:cancel", "form:continue", "erase:no"}, "no way out was offered"


def slot_of(draft: Draft) -> Slot:
    return WORLD.forms[draft.kind].slot(draft.awaiting)


def check_message(message: Message) -> None:
    assert message.text.strip()
    assert len(message.buttons) <= 20
    for button in message.buttons:
        assert button.title.strip()
        assert 0 < len(button.payload.encode()) <= 64
    if message.kind == "clarify":
        assert not message.topics
        assert 0 < len(message.buttons) <= 3
    if message.kind == "form":
        assert not message.topics
    if message.kind in ("answer", "unknown", "decline"):
        assert message.topics
    for source in message.sources:
        assert source in KB.sources


def check_submitted(before: State, step: Step) -> None:
    for effect in step.effects:
        if isinstance(effect, Submit):
            assert before.form is not None
            assert before.form.awaiting == "review"
            assert effect.slots["consent"] is True
            assert effect.reference
            form = WORLD.forms[effect.kind]
            fillable = [s for s in form.applicable(effect.slots) if s.type != "review"]
            assert {s.id for s in fillable if s.asked} <= effect.slots.keys() <= {s.id for s in fillable}
            for name, value in effect.slots.items():
                check_value(form.slot(name), value)
            assert step.state.form is None


def check_value(slot: Slot, value: Any) -> None:
    if slot.optional and value in (None, []):
        return
    match slot.type:
        case "choice":
            assert value in options(scene(), slot)
        case "choices":
            assert value
            assert value == [v for v in options(scene(), slot) if v in value]
        case "email":
            assert "@" in value
        case "name" | "person" | "text":
            assert value.strip()
            assert len(value) <= slot.longest


def check_silence(step: Step) -> None:
    """A coordinator's conversation: nothing but what a person's rights ask for."""
    for effect in step.effects:
        assert isinstance(effect, Say | Erase | Export | Rate)
        if isinstance(effect, Say):
            assert effect.message.kind == "notice"


def check_kept(before: State, event: Event, step: Step) -> None:
    """An answer given stays until the person takes it back, replaces it or has it erased."""
    held, kept = before.form or before.paused, step.state.form or step.state.paused
    if held is None or any(isinstance(e, Submit | Erase) for e in step.effects):
        return
    if kept is None or kept.kind != held.kind:
        assert gave_up(before, event), f"a draft was lost by {event}"
        return
    for name, value in held.slots.items():
        if kept.slots.get(name) == value or gave_up(before, event):
            continue
        if name not in kept.slots:
            conditional = WORLD.forms[held.kind].slot(name)
            assert conditional.when, f"{name} was lost by {event}"
            assert not conditional.applies(kept.slots)
        else:
            assert "“" in " ".join(m.text for e in step.effects if isinstance(e, Say) for m in [e.message])


def check_files(before: State, event: Event, step: Step) -> None:
    """A file stays until it is handed over, taken out by its name or erased, and goes to an open intake alone."""
    if any(isinstance(e, Erase) for e in step.effects):
        return
    open_here = {i.reference for i in event.intakes if i.status in OPEN}
    assert {e.reference for e in step.effects if isinstance(e, Enclose)} <= open_here
    handed = {i for e in step.effects if isinstance(e, Enclose | Submit) for i in e.attachments}
    told = " ".join(e.message.text for e in step.effects if isinstance(e, Say))
    held, kept = files_of(before), files_of(step.state)
    for number in held.keys() - kept.keys() - handed:
        assert held[number] in told or gave_up(before, event), f"{held[number]} was lost by {event}"
    if step.state.waiting is not None:
        assert 0 < len(step.state.waiting.files) <= MOST


def files_of(state: State) -> dict[int, str]:
    holders = (state.form and state.form.attachments, state.paused and state.paused.attachments)
    waiting = state.waiting.files if state.waiting else []
    return {file.id: file.name for files in (*holders, waiting) for file in files or ()}


def check_asked(before: State, event: Event, step: Step) -> None:
    """A slot that is never asked for is open only because the person named it."""
    draft = step.state.form
    if draft is None or slot_of(draft).asked or (before.form and before.form.awaiting == draft.awaiting):
        return
    assert event.kind in ("text", "attachment") or draft.awaiting in event.payload or before.doubt


def gave_up(before: State, event: Event) -> bool:
    """Whether the event is one that may take answers away, or comes when a draft set aside is no longer kept."""
    if before.paused and before.paused.paused_at and event.now - before.paused.paused_at > KEPT:
        return True
    if event.kind in ("text", "attachment"):
        said = WORLD.phrases.command(event.text)
        typed = [c.payload for c in before.offered if normal(c.title) == normal(event.text)]
        refused = before.form is not None and said in ("deny", "refuse")
        return refused or any(takes_away(before, p) for p in [*typed, said or "", before.yes or ""])
    return event.kind == "payload" and takes_away(before, event.payload)


def takes_away(before: State, payload: str) -> bool:
    opens = before.form is None and payload in ("action:proposal", "action:need", "form:resume", "command:resume")
    return opens or payload in ("doubt:question", "form:new", "form:discard", "slot:consent=no")


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=50,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
