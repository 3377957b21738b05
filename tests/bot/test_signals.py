import asyncio
import gc

from bot.signals import Signals


def kept() -> int:
    gc.collect()
    return len(gc.get_objects())


async def test_all_listeners_of_a_conversation_are_woken() -> None:
    signals = Signals()
    first, second, other = (signals.conversation(id_) for id_ in ("a", "a", "b"))
    first.close()
    waiting = [asyncio.create_task(listener.wait()) for listener in (first, second, other)]
    signals.said("a")
    await asyncio.wait(waiting, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0)
    assert [task.done() for task in waiting] == [False, True, False]
    signals.everyone()
    await asyncio.wait_for(waiting[2], 60)
    waiting[0].cancel()


def test_closed_listeners_leave_nothing() -> None:
    signals = Signals()
    before = kept()
    listeners = [signals.conversation(str(number)) for number in range(1000)]
    for listener in listeners:
        listener.close()
    del listeners, listener
    assert kept() - before < 100
