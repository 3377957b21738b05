"""What people say. `{name}` is a name that no other conversation has."""

from dataclasses import dataclass

BUTTON = "button:"
"""A line that begins so presses the button with the payload after it."""
FILE = "file:"
"""A line that begins so sends a file with the name after it."""


@dataclass(frozen=True, slots=True)
class Script:
    """One way through a form: lines with the slot awaited after each, talk with a coordinator, two last questions."""

    language: str
    lines: tuple[tuple[str, str | None], ...]
    to_coordinator: str
    afterwards: tuple[str, str]


ENGLISH = Script(
    "en",
    (
        ("I want to submit a proposal", "company_name"),
        ("Waterwerk {name} NV", "contact_name"),
        ("Tell me about Hebei", "contact_name"),
        ("An Peeters", "contact_email"),
        ("an.peeters@waterwerk.example.com", "province"),
        ("Ghent", "challenges"),
        (f"{FILE}{{name}} plan.pdf", "challenges"),
        ("4 and 5", "solution"),
        ("We remove heavy metals from mine water with membranes that need little energy.", "track_record"),
        ("Three plants in Belgium since 2016", "collaboration_mode"),
        ("alone", "preferred_regions"),
        ("Chongqing", "consent"),
        ("yes", "review"),
        (f"{FILE}{{name}} results.pdf", "review"),
        ("send it", None),
    ),
    "Here is our question about {name}",
    ("What does Chongqing look for?", "What does Hebei look for?"),
)
DUTCH = Script(
    "nl",
    (
        ("Ik wil een voorstel indienen", "company_name"),
        ("Bodemwerk {name} BV", "contact_name"),
        ("Jef Claes", "contact_email"),
        ("jef@bodemwerk.example.com", "province"),
        (f"{BUTTON}slot:province=province:limburg", "challenges"),
        ("bodemsanering", "solution"),
        (f"{FILE}{{name}} schema.pdf", "solution"),
        ("Wij breken PAK's in de bodem af met bacteriën.", "track_record"),
        (f"{BUTTON}form:skip", "collaboration_mode"),
        (f"{BUTTON}slot:collaboration_mode=alone", "preferred_regions"),
        ("geen voorkeur", "consent"),
        (f"{BUTTON}slot:consent=yes", "review"),
        (f"{BUTTON}form:confirm", None),
    ),
    "Nog een vraag over {name}",
    ("Is er in Chongqing nood aan bodemsanering?", "Vertel me over Hebei"),
)
CHINESE = Script(
    "zh-Hans",
    (
        ("我想登记需求", "organisation"),
        ("重庆{name}水务有限公司", "contact_name"),
        ("我叫李伟", "contact_email"),
        ("liwei@liangjiang-water.example.com", "region"),
        ("重庆", "challenges"),
        ("4和5", "need"),
        ("我们的污水处理厂每天产生大量污泥，需要减量和资源化。", "scale"),
        ("没有", "consent"),
        ("同意", "review"),
        ("确认提交", None),
    ),
    "还有一个问题：{name}",
    ("陕西和哪个省是友好省？", "介绍一下河北"),
)
ON_THE_WEB = (ENGLISH, CHINESE)
ON_TELEGRAM = (DUTCH,)
