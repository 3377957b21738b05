"""The crash test's checks find what they are for: each history here has one thing wrong with it."""

from collections.abc import Callable

import pytest

from tests.chaos.checks import problems, repeats
from tests.chaos.history import Archive, Json, Kept, Said, Seen

TEXTS = ("Welcome", "And your name?", "Your reference is I2P-AAAAAA")


class Story:
    """A proposal on the web and one on Telegram, both as they should be."""

    def __init__(self) -> None:
        messages = [{"seq": seq, "text": text} for seq, text in enumerate(TEXTS, start=1)]
        self.web = Seen(
            "web", "w", ["I want to", "Pomp NV"], words=["We call you"], reference="I2P-AAAAAA", finished=True
        )
        self.web.answers = {"a": [{"messages": messages[:2]}] * 2, "b": [{"messages": messages[2:]}]}
        self.web.streams = [messages[:1], [], [*messages[1:], {"seq": 4, "text": "We call you"}]]
        self.web.relayed = ["Here is one question", "Here is another one"]
        self.web.typed += self.web.relayed
        self.web_kept = _kept(self.web, [*TEXTS, "We call you"], None)
        self.web_kept.said[-1] = Said(4, "coordinator", "We call you")

        self.chat = Seen("telegram", "1", ["Ik wil", "Filter BV"], reference="I2P-BBBBBB", finished=True)
        self.chat.shown = ["Welkom", "Uw naam?", "Uw naam?", "Klaar\n\nBron: x"]
        self.chat_kept = _kept(self.chat, ["Welkom", "Uw naam?", "Klaar"], "sent")

        self.archive = Archive({("web", "w"): self.web_kept, ("telegram", "1"): self.chat_kept})
        self.posts = [_post("1.0", "d1", reference="I2P-AAAAAA"), _post("2.0", "d2", reference="I2P-BBBBBB")]
        self.posts += [_post("1.1", "d3", "said: Pomp NV", "1.0"), _post("2.1", "d4", "said: Filter BV", "2.0")]
        self.posts += [_post(f"1.{i}", f"r{i}", text, "1.0") for i, text in enumerate(self.web.relayed, start=2)]

    def problems(self) -> list[str]:
        return problems([self.web, self.chat], self.archive, self.posts)


def _kept(seen: Seen, texts: list[str], push: str | None) -> Kept:
    said = [Said(seq, "assistant", text, push) for seq, text in enumerate(texts, start=1)]
    return Kept(said, list(seen.typed), len(seen.typed), [seen.reference or ""])


def _post(ts: str, delivery: str, text: str = "", thread: str | None = None, reference: str | None = None) -> Json:
    mark: Json = {"id": delivery, "part": 0} | ({"reference": reference} if reference else {})
    post: Json = {"ts": ts, "text": text, "metadata": {"event_payload": mark}}
    return post | ({"thread_ts": thread} if thread else {})


def lose_a_frame(story: Story) -> None:
    story.web.streams[0].clear()


def double_a_frame(story: Story) -> None:
    story.web.streams[1].append(story.web.streams[0][0])


def swap_frames(story: Story) -> None:
    story.web.streams[2].reverse()


def answer_differently(story: Story) -> None:
    story.web.answers["a"][1] = {"messages": []}


def answer_two_with_one(story: Story) -> None:
    story.web.answers["c"] = story.web.answers["b"]


def forget_a_line(story: Story) -> None:
    story.web_kept.heard.pop()


def hear_a_line_twice(story: Story) -> None:
    story.chat_kept.heard.append("Ik wil")


def take_an_update_twice(story: Story) -> None:
    story.chat_kept.updates += 1


def lose_the_coordinators_words(story: Story) -> None:
    story.web.words.append("Are you there?")


def lose_a_chat_message(story: Story) -> None:
    del story.chat.shown[0]


def lose_the_last_chat_message(story: Story) -> None:
    story.chat.shown.pop()


def swap_chat_messages(story: Story) -> None:
    story.chat.shown.reverse()


def show_an_old_chat_message_late(story: Story) -> None:
    story.chat.shown.append("Welkom")


def double_the_card(story: Story) -> None:
    story.posts.append(_post("3.0", "d5", reference="I2P-AAAAAA"))


def lose_the_card(story: Story) -> None:
    del story.posts[1]


def double_the_intake(story: Story) -> None:
    story.chat_kept.references.append("I2P-CCCCCC")


def lose_the_intake(story: Story) -> None:
    story.web_kept.references.clear()


def post_a_transcript_twice(story: Story) -> None:
    story.posts.append(_post("1.9", "d3", "said: Pomp NV", "1.0"))


def lose_the_transcript(story: Story) -> None:
    del story.posts[2]


def lose_a_relay(story: Story) -> None:
    story.posts.pop()


def double_a_relay(story: Story) -> None:
    story.posts.append(_post("1.9", "r9", story.web.relayed[0], "1.0"))


def swap_relays(story: Story) -> None:
    story.posts[-2:] = reversed(story.posts[-2:])


def leave_something_stuck(story: Story) -> None:
    story.archive.stuck.append("delivery 7 (slack, card) is pending: None")


def leave_a_conversation(story: Story) -> None:
    story.chat.finished = False


@pytest.mark.parametrize(
    "spoil",
    [
        lose_a_frame,
        double_a_frame,
        swap_frames,
        answer_differently,
        answer_two_with_one,
        forget_a_line,
        hear_a_line_twice,
        take_an_update_twice,
        lose_the_coordinators_words,
        lose_a_chat_message,
        lose_the_last_chat_message,
        swap_chat_messages,
        show_an_old_chat_message_late,
        double_the_card,
        lose_the_card,
        double_the_intake,
        lose_the_intake,
        post_a_transcript_twice,
        lose_the_transcript,
        lose_a_relay,
        double_a_relay,
        swap_relays,
        leave_something_stuck,
        leave_a_conversation,
    ],
)
def test_what_is_wrong_is_found(spoil: Callable[[Story], None]) -> None:
    story = Story()
    assert story.problems() == []
    spoil(story)
    assert story.problems()


def test_a_message_shown_again_at_once_is_counted() -> None:
    assert repeats(["a", "a", "b"], ["a", "b"]) == 1
