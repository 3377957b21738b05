"""What people ask the assistant to do, whether pressed, typed as a command or said in words."""

from collections.abc import Callable

from dialogues import afterwards, answers, asking, correcting, drafts, filling, moving, reminding
from dialogues.effects import Erase, Export, HandOff
from dialogues.messages import Button
from dialogues.scene import Scene
from nlu.types import SERVED, LanguageCode

PRIVACY = "assistant:privacy"
"""What erasing and exporting are about."""


def greet(scene: Scene) -> None:
    """Say hello, with the first things to do."""
    buttons = [scene.button(p) for p in ("programme:overview", "regions", scene.usual_form)]
    text = scene.voice.say("smalltalk.greeting", programme=scene.voice.pick(scene.kb.programme))
    scene.say("answer", text, buttons, topics=["smalltalk:greeting"])


def small_talk(scene: Scene, identifier: str) -> None:
    """Answer a thank-you or a goodbye."""
    if identifier == "smalltalk:greeting":
        return greet(scene)
    return scene.say("answer", scene.voice.say(identifier.replace(":", ".")), topics=[identifier])


def human(scene: Scene) -> None:
    """Pass the conversation to the coordinators."""
    scene.effects.append(HandOff(scene.event.text))
    scene.state.misses = 0
    scene.say("notice", scene.voice.say("action.human"), topics=["action:human"])


def language(scene: Scene) -> None:
    """Switch to the language named, or offer the choice."""
    named = [v for v in scene.understanding.values("language") if v in SERVED]
    if named:
        return switch_language(scene, named[-1])
    return scene.say("notice", scene.voice.say("action.language"), language_buttons(scene), topics=["action:language"])


def language_buttons(scene: Scene) -> list[Button]:
    """One button a language, each under its own name."""
    return [scene.control(f"language:{code}") for code in SERVED]


def switch_language(scene: Scene, code: str) -> None:
    """Speak another language from now on, whatever is typed."""
    scene.state.language = _served(code)
    scene.state.language_chosen = True
    scene.say("notice", scene.voice.say("action.language_switched"), topics=["action:language"])


def _served(code: str) -> LanguageCode:
    aliases = {"zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant"}
    plain = aliases.get(code.lower(), code)
    for served in SERVED:
        if served.lower() == plain.lower():
            return served
    raise ValueError(f"not a served language: {code}")


def ask_erase(scene: Scene) -> None:
    """Ask once before everything is erased."""
    scene.state.confirming = "erase"
    buttons = [scene.control("erase:yes"), scene.control("erase:no")]
    scene.say("notice", scene.voice.say("action.erase_question"), buttons, topics=[PRIVACY])


def erase(scene: Scene) -> None:
    """Erase all that this conversation left behind."""
    scene.notice("action.erased")
    scene.effects.append(Erase())


def keep(scene: Scene) -> None:
    """Leave everything as it is."""
    scene.notice("action.erase_kept")


def export(scene: Scene) -> None:
    """Give the person their own data."""
    scene.say("notice", scene.voice.say("action.export"), topics=[PRIVACY])
    scene.effects.append(Export())


def source(scene: Scene) -> None:
    """Tell where the last answer comes from."""
    told = [scene.kb.sources[key] for key in scene.state.told if key in scene.kb.sources]
    if not told:
        return scene.notice("action.no_source")
    titles = [f"• {scene.voice.pick(s.title)}" + (f" ({s.url})" if s.url else "") for s in told]
    topics = [scene.state.topic] if scene.state.topic else []
    text = "\n".join([scene.voice.say("action.source"), *titles])
    return scene.say("answer", text, topics=topics, sources=[s.key for s in told])


def capabilities(scene: Scene) -> None:
    """Say what the assistant can do."""
    answers.topic(scene, "assistant:capabilities")


def repeat(scene: Scene) -> None:
    """Say the last thing again, in the same words, as was asked for."""
    topic, scene.state.said = scene.state.topic, None
    if topic and scene.state.form is None:
        return answers.topic(scene, topic)
    return greet(scene) if scene.state.form is None else asking.ask(scene)


def _in_form(act: Callable[[Scene], None]) -> Callable[[Scene], None]:
    """Only with a form open; otherwise say that none is."""

    def run(scene: Scene) -> None:
        if scene.state.form is None:
            return scene.notice("form.none_open", [scene.button(scene.usual_form), scene.button("challenges")])
        return act(scene)

    return run


def why(scene: Scene) -> None:
    """Explain what the open question is for, and put it again."""
    _, _, slot = asking.open_draft(scene)
    key = "ask" if slot.type == "review" else "why"
    asking.ask(scene, "" if key == "ask" else asking.text_of(scene, slot, "why"))


def wait(scene: Scene) -> None:
    """Take one's time; nothing is lost."""
    scene.notice("action.wait", [scene.control("form:continue")] if scene.state.form else [])


def what_now(scene: Scene) -> None:
    """Tell where to go from here: on with the form, what follows a submission, or what can be looked at."""
    if scene.state.form is not None:
        return asking.ask(scene)
    if scene.event.intakes:
        return answers.topic(scene, "programme:after-submission")
    return what_next(scene)


def what_next(scene: Scene) -> None:
    """Offer the first things to look at."""
    scene.notice("event.what_next", [scene.button(p) for p in ("challenges", "regions", scene.usual_form)])


ACTIONS: dict[str, Callable[[Scene], None]] = {
    "action:proposal": lambda scene: drafts.start(scene, "proposal"),
    "action:need": lambda scene: drafts.start(scene, "need"),
    "action:human": human,
    "action:status": afterwards.status,
    "action:add": afterwards.add,
    "action:withdraw": afterwards.withdraw,
    "action:language": language,
    "action:move": moving.offer,
    "command:delete": ask_erase,
    "command:export": export,
    "command:help": capabilities,
    "command:start": greet,
    "command:repeat": repeat,
    "command:wait": wait,
    "command:next": what_now,
    "command:source": source,
    "command:resume": drafts.resume,
    "command:cancel": _in_form(drafts.ask_cancel),
    "command:back": _in_form(filling.back),
    "command:skip": _in_form(filling.skip),
    "command:done": _in_form(filling.nothing_more),
    "command:why": _in_form(why),
    "command:correct": _in_form(correcting.which),
    "form:cancel": _in_form(drafts.ask_cancel),
    "form:stop": _in_form(drafts.pause),
    "form:discard": _in_form(drafts.discard),
    "form:continue": _in_form(asking.ask),
    "form:back": _in_form(filling.back),
    "form:skip": _in_form(filling.skip),
    "form:done": _in_form(filling.done),
    "form:confirm": _in_form(drafts.submit),
    "form:resume": drafts.resume,
    "form:new": drafts.start_afresh,
    "remind:yes": reminding.agree,
    "remind:no": reminding.decline,
    "erase:yes": erase,
    "erase:no": keep,
}
"""What each action, command and steering button does."""

QUIET_IN_FORM = {"action:human", "action:status", "action:language", "command:help", "command:start"}
"""Actions after which an open form's question is put again, because they do not put it themselves."""
QUIET_IN_FORM |= {"command:export", "command:source", "erase:no", "remind:yes", "remind:no"}
