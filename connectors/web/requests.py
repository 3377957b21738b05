"""Reading what a client sends: size, type and shape are checked before anything else sees it."""

import json
from email.message import Message
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, StrictStr, ValidationError, model_validator
from starlette.requests import HTTPConnection, Request

from bot.errors import RequestError
from bot.filetypes import MAX_FILE

MAX_BODY = 64 * 1024
Model = TypeVar("Model", bound=BaseModel)


def _storable(value: Any) -> Any:
    """Without NUL and halves of surrogate pairs, which UTF-8 or a database cannot hold."""
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


Storable = Annotated[StrictStr, BeforeValidator(_storable)]


class OpenBody(BaseModel):
    """The body that opens a conversation."""

    language: Storable | None = None


class MessageBody(BaseModel):
    """A message: a text that was typed or the payload of a button; `again` says that it was sent before, unanswered."""

    text: Storable | None = None
    payload: Annotated[Storable, Field(max_length=256)] | None = None
    client_id: Annotated[Storable, Field(min_length=1, max_length=128)] | None = None
    again: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "MessageBody":
        if (self.text is None) == (self.payload is None):
            raise ValueError("give either text or payload")
        if not (self.text or self.payload or "").strip():
            raise ValueError("text and payload may not be empty")
        return self


class StreamBody(BaseModel):
    """The first frame of a stream."""

    token: Storable
    after: Annotated[int, Field(strict=True, ge=0, le=2**53)] = 0


async def read_json(request: Request, model: type[Model]) -> Model:
    """The body as a model. Raises RequestError 413, 415 or 422; no body at all is an empty object."""
    body = await _read(request, MAX_BODY, RequestError(413, "too_long", f"the body may have {MAX_BODY} bytes"))
    if not body:
        return check(model, {})
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise RequestError(415, "unsupported_media_type", "send application/json")
    return parse(model, body)


def parse(model: type[Model], content: bytes | str) -> Model:
    """JSON as a model. Raises RequestError 422."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise RequestError(422, "invalid", "the body is not JSON") from None
    return check(model, data)


def check(model: type[Model], data: Any) -> Model:
    """Data as a model. Raises RequestError 422 that names the place but never repeats the value."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise RequestError(422, "invalid", f"{place}: {first['msg']}") from None


def bearer(connection: HTTPConnection) -> str:
    """The token of the Authorization header; empty, which opens nothing, when there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def cursor(request: Request) -> int:
    """The `after` of the address, default 0. Raises RequestError 422."""
    raw = request.query_params.get("after", "0")
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 18):
        raise RequestError(422, "invalid", "after: must be a whole number, 0 or more")
    return int(raw)


class ClientId(BaseModel):
    """What makes a message that is sent twice the same."""

    client_id: Annotated[Storable, Field(min_length=1, max_length=128)] | None = None


def client_id(request: Request) -> str | None:
    """The `client_id` of the address. Raises RequestError 422."""
    return check(ClientId, dict(request.query_params)).client_id


def file_name(request: Request) -> str:
    """The file name of Content-Disposition, as RFC 6266 writes it; empty when there is none."""
    header = Message()
    header["Content-Disposition"] = request.headers.get("content-disposition", "")
    return header.get_filename("")


async def read_file(request: Request) -> bytes:
    """The body as it is. Raises RequestError 413 file_too_large as soon as it is known."""
    return await _read(request, MAX_FILE, RequestError(413, "file_too_large", f"a file may have {MAX_FILE} bytes"))


async def _read(request: Request, longest: int, too_large: RequestError) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > longest:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise too_large
    return bytes(body)
