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
        self.web.files = {"plan.pdf": 80, "offer.pdf": 90}
        self.web_kept = _kept(self.web, [*TEXTS, "We call you"], None)
        self.web_kept.said[-1] = Said(4, "coordinator", "We call you")

        self.chat = Seen("telegram", "1", ["Ik wil", "Filter BV"], reference="I2P-BBBBBB", finished=True)
        self.chat.shown = ["Welkom", "Uw naam?", "Uw naam?", "Klaar\n\nBron: x"]
        self.chat_kept = _kept(self.chat, ["Welkom", "Uw naam?", "Klaar"], "sent")

        self.archive = Archive({("web", "w"): self.web_kept, ("telegram", "1"): self.chat_kept})
        self.archive.actions = {"Ev1"}
        self.acknowledged = {"Ev1": "10:00:00"}
        self.posts = [_post("1.0", "d1", reference="I2P-AAAAAA"), _post("2.0", "d2", reference="I2P-BBBBBB")]
        self.posts += [_post("1.1", "d3", "said: Pomp NV", "1.0"), _post("2.1", "d4", "said: Filter BV", "2.0")]
        self.posts += [_post(f"1.{i}", f"r{i}", text, "1.0") for i, text in enumerate(self.web.relayed, start=2)]
        self.posts += [_shared(f"1.{i}", name, self.web.files[name]) for i, name in enumerate(self.web.files, start=5)]

    def problems(self) -> list[str]:
        return problems([self.web, self.chat], self.archive, self.posts, self.acknowledged)


def _kept(seen: Seen, texts: list[str], push: str | None) -> Kept:
    said = [Said(seq, "assistant", text, push) for seq, text in enumerate(texts, start=1)]
    return Kept(said, list(seen.typed), len(seen.typed), [seen.reference or ""], list(seen.files))


def _post(ts: str, delivery: str, text: str = "", thread: str | None = None, reference: str | None = None) -> Json:
    mark: Json = {"id": delivery, "part": 0} | ({"reference": reference} if reference else {})
    post: Json = {"ts": ts, "text": text, "metadata": {"event_payload": mark}}
    return post | ({"thread_ts": thread} if thread else {})


def _shared(ts: str, name: str, size: int) -> Json:
    return {"ts": ts, "text": "", "thread_ts": "1.0", "files": [{"name": name, "size": size}]}


def _named(story: Story, name: str) -> Json:
    return next(p for p in story.posts if any(f["name"] == name for f in p.get("files", ())))


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


def _relay(story: Story, number: int) -> Json:
    return next(post for post in story.posts if post["text"] == story.web.relayed[number])


def lose_a_relay(story: Story) -> None:
    story.posts.remove(_relay(story, 1))


def double_a_relay(story: Story) -> None:
    story.posts.append(_post("1.9", "r9", story.web.relayed[0], "1.0"))


def swap_relays(story: Story) -> None:
    first, second = _relay(story, 0), _relay(story, 1)
    first["text"], second["text"] = second["text"], first["text"]


def swap_relays_that_arrived_in_another_order(story: Story) -> None:
    story.web.at_once = [story.web.relayed]
    story.web_kept.heard[-2:] = reversed(story.web_kept.heard[-2:])


def swap_lines_of_which_one_was_sent_alone(story: Story) -> None:
    story.web.at_once = [["Pomp NV"], story.web.relayed]
    story.web_kept.heard[:2] = reversed(story.web_kept.heard[:2])


def lose_a_line_that_was_sent_with_another(story: Story) -> None:
    story.web.at_once = [story.web.relayed]
    story.web_kept.heard.pop()


def swap_the_coordinators_words(story: Story) -> None:
    story.web.words.append("Are you there?")
    story.web_kept.said[:0] = [Said(0, "coordinator", "Are you there?")]


def lose_a_file(story: Story) -> None:
    story.posts.remove(_named(story, "plan.pdf"))


def share_a_file_twice(story: Story) -> None:
    story.posts.append(_named(story, "offer.pdf") | {"ts": "1.9"})


def share_a_file_under_another_card(story: Story) -> None:
    _named(story, "offer.pdf")["thread_ts"] = "2.0"


def share_half_a_file(story: Story) -> None:
    _named(story, "plan.pdf")["files"][0]["size"] = 40


def share_the_same_file_for_two(story: Story) -> None:
    _named(story, "plan.pdf")["files"] = _named(story, "offer.pdf")["files"]


def keep_a_file_twice(story: Story) -> None:
    story.web_kept.files.append("plan.pdf")


def forget_a_file(story: Story) -> None:
    story.web_kept.files.pop()


def forget_an_acknowledged_action(story: Story) -> None:
    story.archive.actions.clear()


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
        swap_relays_that_arrived_in_another_order,
        swap_lines_of_which_one_was_sent_alone,
        lose_a_line_that_was_sent_with_another,
        swap_the_coordinators_words,
        lose_a_file,
        share_a_file_twice,
        share_a_file_under_another_card,
        share_half_a_file,
        share_the_same_file_for_two,
        keep_a_file_twice,
        forget_a_file,
        forget_an_acknowledged_action,
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


def test_what_was_sent_at_once_may_arrive_in_any_order() -> None:
    story = Story()
    story.web.at_once = [story.web.relayed]
    story.web_kept.heard[-2:] = reversed(story.web_kept.heard[-2:])
    first, second = _relay(story, 0), _relay(story, 1)
    first["text"], second["text"] = second["text"], first["text"]
    assert story.problems() == []
