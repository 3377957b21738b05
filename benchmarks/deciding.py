"""Processor time of `Turn.decide` by part: `.venv/bin/python benchmarks/deciding.py DATA_DIR [rounds]`.

Plays a form in English, Dutch and Chinese and questions outside of one, without a database or a channel, with the
trained model of DATA_DIR. The median of the rounds, in ms a turn; the sentences' vectors are known from a first round.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from server import SCRIPT

from bot.engines import load_engines
from bot.ports import Incoming
from bot.settings import Settings
from bot.turn import Before, Turn
from dialogues.state import State
from nlu.encoder import load_encoder
from nlu.types import LanguagePrior

DUTCH = """
Hallo
Wat kunt u vertellen over Hebei?
en sinds wanneer?
Ik wil een voorstel indienen
AquaPura NV
An Peeters
an.peeters@aquapura.be
Gent
Wat weet u over Chongqing?
4 en 5
Wij halen zware metalen uit mijnwater met membranen die weinig energie vragen.
overslaan
alleen
geen voorkeur
ja
versturen
"""
CHINESE = """
你好
能介绍一下河北吗？
从什么时候开始？
我想登记需求
重庆两江水务有限公司
王伟
wang.wei@ljwater.cn
重庆
河北有什么合作？
4和5
我们需要处理含重金属的矿山废水，希望找到能耗低的膜技术，每天约两万吨。
跳过
同意
提交
"""
QUESTIONS = """
What can you tell me about Hebei?
Who pays for the trip to China?
how many people live in Chengdu
Welke uitdagingen zijn er rond water in Jiangxi?
Kan ik ook als kennisinstelling meedoen?
谁可以参加这个项目？
重庆需要土壤修复吗？
what is the weather like today
thanks a lot
"""
SCRIPTS = {
    "English form": SCRIPT,
    "Dutch form": DUTCH.strip().splitlines(),
    "Chinese form": CHINESE.strip().splitlines(),
    "questions": QUESTIONS.strip().splitlines(),
}
PARTS = ("language", "understanding", "the whole")


async def main(data: Path, rounds: int) -> None:
    engines = load_engines(Settings(data_dir=data), load_encoder(cache_dir=data / "cache"))
    for name, script in SCRIPTS.items():
        await play(Turn(engines), script)
        taken = [await play(Turn(engines), script) for _ in range(rounds)]
        medians = (f"{part} {statistics.median(t[i] for t in taken):.2f}" for i, part in enumerate(PARTS))
        print(f"{name}: {', '.join(medians)} ms a turn")


async def play(turn: Turn, script: Sequence[str]) -> list[float]:
    """Have the conversation; gives the ms of this thread that a turn takes, by part. The whole holds the others."""
    engines, state = turn.engines, State()
    taken = [0.0, 0.0, 0.0]
    for number, text in enumerate(script):
        began = time.thread_time()
        detection = engines.detector.detect(text, LanguagePrior(state.language, state.language_chosen, state.hint))
        detected = time.thread_time()
        await engines.interpreter.parse(text, detection.language)
        understood = time.thread_time()
        before = Before(state.model_dump(mode="json"), "assistant", 0, (), "I2P-7K3F9Q")
        decision = await turn.decide(before, Incoming("web", "somebody", str(number), "text", text=text))
        spent = (detected - began, understood - detected, time.thread_time() - understood)
        taken = [total + 1000 * seconds / len(script) for total, seconds in zip(taken, spent, strict=True)]
        state = decision.state
    return taken


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 15))
