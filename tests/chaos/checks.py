"""Whether nothing was lost, doubled or swapped: what was seen against what was kept. Each check yields problems."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.chaos.history import Archive, Json, Kept, Seen
from tests.chaos.platforms import reference_of


def problems(
    seen: Sequence[Seen], archive: Archive, posts: Sequence[Json], acknowledged: Mapping[str, str]
) -> list[str]:
    """All that is wrong. `posts` are the messages of the Slack channel, `acknowledged` the coordinators' actions that
    Slack was told of: their ids and when that was."""
    found = [*archive.stuck, *_slack(archive, posts)]
    lost = acknowledged.keys() - archive.actions
    found += [f"action {id_} was acknowledged at {acknowledged[id_]} and is not in the inbox" for id_ in sorted(lost)]
    threads = {post["ts"]: [p for p in posts if p.get("thread_ts") == post["ts"]] for post in posts if _is_card(post)}
    cards = {reference_of(post): post["ts"] for post in posts if _is_card(post)}
    for one in seen:
        kept = archive.kept.get((one.channel, one.address), Kept())
        of_one = [*_heard(one, kept), *_words(one, kept)]
        of_one += [*_answers(one, kept), *_stream(one, kept)] if one.channel == "web" else _chat(one, kept)
        if one.finished:
            thread = threads.get(cards.get(one.reference, ""), [])
            of_one += [*_intake(one, kept, thread), *_files(one, kept, thread)]
        else:
            of_one.append("the conversation did not come to its end")
        found += [f"{one.channel} {one.address}: {problem}" for problem in of_one]
    return found


def repeats(shown: Sequence[str], said: Sequence[str]) -> int:
    """How many messages a chat shows more than once. Raises ValueError when one is missing or out of order."""
    place = again = 0
    for text in shown:
        if place < len(said) and text.startswith(said[place].strip()):
            place += 1
        elif place and text.startswith(said[place - 1].strip()):
            again += 1
        else:
            raise ValueError(f"“{text}” is out of order: message {place + 1} of {len(said)} should come")
    if place < len(said):
        raise ValueError(f"message {place + 1} of {len(said)} is missing: “{said[place]}”")
    return again


def pushed(kept: Kept) -> list[str]:
    """The messages that were sent to a chat; what a coordinator's claim silenced is none of them."""
    return [said.text for said in kept.said if said.push == "sent"]


def _heard(seen: Seen, kept: Kept) -> Iterator[str]:
    if kept.updates != (expected := len(seen.typed) + seen.presses):
        yield f"{expected} updates were sent, {kept.updates} are in the inbox"
    if _in_order(kept.heard, seen) != seen.typed:
        yield f"heard {kept.heard}, but typed was {seen.typed}"


def _words(seen: Seen, kept: Kept) -> Iterator[str]:
    words = [said.text for said in kept.said if said.author == "coordinator"]
    if _in_order(words, seen) != seen.words:
        yield f"the coordinator wrote {seen.words}, the transcript has {words}"


def _in_order(texts: Sequence[str], seen: Seen) -> list[str]:
    """What arrived, with that which was sent at once in the order in which it was sent."""
    ordered = list(texts)
    for group in seen.at_once:
        places = [place for place, text in enumerate(ordered) if text in group]
        for place, text in zip(places, sorted((ordered[p] for p in places), key=group.index), strict=True):
            ordered[place] = text
    return ordered


def _answers(seen: Seen, kept: Kept) -> Iterator[str]:
    texts = {said.seq: said.text for said in kept.said}
    told: Counter[int] = Counter()
    for client_id, answers in seen.answers.items():
        if any(answer != answers[0] for answer in answers):
            yield f"client_id {client_id} was answered in {len(answers)} ways: {answers}"
        for message in answers[0]["messages"]:
            told[message["seq"]] += 1
            if texts.get(message["seq"]) != message["text"]:
                yield f"answered “{message['text']}” as message {message['seq']}, which is {texts.get(message['seq'])}"
    yield from (f"message {seq} answered {times} updates" for seq, times in told.items() if times > 1)


def _stream(seen: Seen, kept: Kept) -> Iterator[str]:
    streamed = [(message["seq"], message["text"]) for frames in seen.streams for message in frames]
    if streamed != [(said.seq, said.text) for said in kept.said]:
        yield f"the WebSocket brought {[seq for seq, _ in streamed]} of {[said.seq for said in kept.said]}"
    if [said.seq for said in kept.said] != list(range(1, len(kept.said) + 1)):
        yield f"the transcript is numbered {[said.seq for said in kept.said]}"


def _chat(seen: Seen, kept: Kept) -> Iterator[str]:
    try:
        repeats(seen.shown, pushed(kept))
    except ValueError as error:
        yield str(error)


def _intake(seen: Seen, kept: Kept, thread: Sequence[Json]) -> Iterator[str]:
    if kept.references != [seen.reference]:
        yield f"was told of {seen.reference}, the database has {kept.references}"
    texts = [post["text"] for post in thread]
    if not any(seen.typed[1] in text for text in texts):
        yield "the transcript is not in Slack"
    arrived = sorted(seen.relayed, key=lambda line: kept.heard.index(line) if line in kept.heard else -1)
    at = [[i for i, text in enumerate(texts) if line in text] for line in arrived]
    if any(len(places) != 1 for places in at) or at != sorted(at):
        yield f"said {arrived} to the coordinator, which stands in Slack at {at}"


def _files(seen: Seen, kept: Kept, thread: Sequence[Json]) -> Iterator[str]:
    shared = Counter((file["name"], file["size"]) for post in thread for file in post.get("files", ()))
    if shared != Counter(seen.files.items()):
        yield f"sent the files {seen.files}, the thread has {dict(shared)}"
    if Counter(kept.files) != Counter(seen.files.keys()):
        yield f"sent the files {[*seen.files]}, the database has {kept.files}"


def _slack(archive: Archive, posts: Sequence[Json]) -> Iterator[str]:
    yield from _doubled(posts)
    cards = Counter(str(reference_of(post)) for post in posts if _is_card(post))
    intakes = Counter(reference for kept in archive.kept.values() for reference in kept.references)
    for reference in sorted(intakes.keys() | cards.keys()):
        if (cards[reference], intakes[reference]) != (1, 1):
            yield f"{reference} has {cards[reference]} cards and {intakes[reference]} intakes"


def _doubled(posts: Iterable[Json]) -> Iterator[str]:
    marks = [post["metadata"]["event_payload"] for post in posts if post.get("metadata")]
    counted = Counter((mark["id"], mark["part"]) for mark in marks)
    yield from (f"delivery {id_}, part {part}, is {n} times in Slack" for (id_, part), n in counted.items() if n > 1)


def _is_card(post: Json) -> bool:
    return reference_of(post) is not None and "thread_ts" not in post
