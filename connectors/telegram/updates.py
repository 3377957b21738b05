"""Telegram's updates as the bot sees them."""

import re

from telegram import Chat, ChatMember, Message, Update, User
from telegram.constants import ChatType
from telegram.ext import filters
from telegram.helpers import effective_message_type

from bot.ports import Incoming, IncomingKind
from nlu.types import LanguageCode

_ADDRESSED = re.compile(r"^(/\w+)@\w+")
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
_DETAILS = {
    "animation": "video",
    "audio": "voice",
    "contact": "contact",
    "document": "document",
    "location": "location",
    "photo": "photo",
    "sticker": "sticker",
    "venue": "location",
    "video": "video",
    "video_note": "video",
    "voice": "voice",
}


def language_hint(user: User | None) -> LanguageCode | None:
    """The served language of a person's Telegram client, if it is one."""
    code = (user.language_code or "").lower() if user else ""
    if code.startswith(_TRADITIONAL):
        return "zh-Hant"
    served: dict[str, LanguageCode] = {"en": "en", "nl": "nl", "zh": "zh-Hans"}
    return served.get(re.split("[-_]", code)[0])


def group_of(update: Update) -> Chat | None:
    """The group that an update comes from. A channel is none: all its readers would see our notice."""
    chat = update.effective_chat
    if chat is None or chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return None
    return chat


def removed(update: Update) -> bool:
    """Whether the bot was put out of a chat, or blocked."""
    member = update.my_chat_member
    return member is not None and member.new_chat_member.status in (ChatMember.LEFT, ChatMember.BANNED)


def read(update: Update) -> Incoming | None:
    """What a person did in a private chat; None for anything that needs no answer."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or chat.type != ChatType.PRIVATE or user is None or user.is_bot:
        return None
    if update.callback_query:
        data = update.callback_query.data
        return _incoming(update, "payload", payload=data) if data else None
    if update.edited_message:
        # An edit without words is a live location that moves, or a new picture.
        text = _text(update.edited_message)
        return _incoming(update, "edited", text=text) if text else None
    if update.message and not filters.StatusUpdate.ALL.check_update(update):
        return _message(update, update.message)
    return None


def later_in_album(incoming: Incoming) -> Incoming | None:
    """A further piece of an album, which was answered with its first: only its caption, if it has one."""
    if not incoming.text:
        return None
    return Incoming(
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.external_id,
        kind="text",
        text=incoming.text,
        language_hint=incoming.language_hint,
    )


def _message(update: Update, message: Message) -> Incoming:
    if message.text:
        return _incoming(update, "text", text=_text(message))
    detail = _DETAILS.get(str(effective_message_type(message)), "other")
    return _incoming(update, "unsupported", text=_text(message), detail=detail)


def _text(message: Message) -> str:
    return _ADDRESSED.sub(r"\1", message.text or message.caption or "")


def _incoming(update: Update, kind: IncomingKind, *, text: str = "", payload: str = "", detail: str = "") -> Incoming:
    assert update.effective_chat is not None
    return Incoming(
        channel="telegram",
        address=str(update.effective_chat.id),
        external_id=str(update.update_id),
        kind=kind,
        text=text,
        payload=payload,
        detail=detail,
        language_hint=language_hint(update.effective_user),
    )
