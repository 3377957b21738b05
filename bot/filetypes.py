"""What a file is, by its content, and a name that is safe to keep.

The list is short on purpose: what coordinators open in a browser or an office program. No library is asked: they
guess among hundreds of types by a few bytes, and none looks into office files for macros.
"""

import io
import re
import unicodedata
import zipfile
from zlib import error as ZlibError

from bot.errors import RequestError

MAX_FILE = 10 * 1024 * 1024
"""Bytes."""
MAX_NAME = 100
"""Characters."""

_OPENXML = "application/vnd.openxmlformats-officedocument."
_SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/tiff": (".tif", ".tiff"),
    "image/heic": (".heic", ".heif"),
    f"{_OPENXML}wordprocessingml.document": (".docx",),
    f"{_OPENXML}spreadsheetml.sheet": (".xlsx",),
    f"{_OPENXML}presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "application/msword": (".doc",),
    "application/vnd.ms-excel": (".xls",),
    "application/vnd.ms-powerpoint": (".ppt",),
}
"""The types that are taken, each with the endings of its names, the usual one first."""
ENDINGS = [ending for endings in _SUFFIXES.values() for ending in endings]
"""All of these endings, for dialogs that choose a file."""

_SIGNATURES = (
    (re.compile(rb"%PDF-\d"), "application/pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "image/tiff"),
    (re.compile(rb".{4}ftyp(?:heic|heix|heim|heis|mif1)", re.DOTALL), "image/heic"),
)
_OPENXML_PARTS = {
    "word/document.xml": f"{_OPENXML}wordprocessingml.document",
    "xl/workbook.xml": f"{_OPENXML}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OPENXML}presentationml.presentation",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_OLE_MACROS = ("_VBA_PROJECT", "VBA")
_ACTIVE = re.compile(r"(?:^|/)(?:vbaproject\.bin|activex/.*|macrosheets/.*)$|^(?:basic|scripts)/", re.IGNORECASE)
"""Members of a zipped office file that can act."""
_LONGEST_MEMBER = 1024 * 1024
_WHITE = re.compile(r"\s+")
_UNSAFE = re.compile(r'[<>:"|?*`]')


def check(content: bytes) -> str:
    """The media type of a file that is taken. Raises RequestError 413, 415 or 422."""
    if not content:
        raise RequestError(422, "file_empty", "the file is empty")
    if len(content) > MAX_FILE:
        raise RequestError(413, "file_too_large", f"a file may have {MAX_FILE} bytes")
    found = media_type(content)
    if found is None:
        raise RequestError(415, "file_type", "send a PDF, an image, or an office file without macros")
    return found


def media_type(content: bytes) -> str | None:
    """The media type, or None for whatever is not surely one of those that are taken."""
    for signature, found in _SIGNATURES:
        if signature.match(content):
            return found
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    return _ole(content) if content.startswith(_OLE) else None


def safe_name(name: str, found: str) -> str:
    """The last part of a name, without what could mislead a reader or a file system, and with the type's ending."""
    plain = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    last = re.split(r"[/\\]", plain)[-1]
    kept = "".join(c if c.isprintable() else " " for c in last if unicodedata.category(c) != "Cf")
    tidy = _WHITE.sub(" ", _UNSAFE.sub("_", kept)).strip().rstrip(" .")
    endings = _SUFFIXES[found]
    ending = next((e for e in endings if tidy.lower().endswith(e)), None)
    stem = tidy[: -len(ending)] if ending else tidy
    ending = ending or endings[0]
    return (stem.strip(" .")[: MAX_NAME - len(ending)] or "file") + ending


def _zipped(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(_ACTIVE.search(name) for name in names):
                return None
            if "[Content_Types].xml" in names:
                return _openxml(archive, names)
            found = _member(archive, "mimetype").decode("ascii") if "mimetype" in names else ""
    except (zipfile.BadZipFile, ZlibError, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        return None
    return found if found.startswith("application/vnd.oasis.") and found in _SUFFIXES else None


def _openxml(archive: zipfile.ZipFile, names: list[str]) -> str | None:
    if b"macroenabled" in _member(archive, "[Content_Types].xml").lower():
        return None
    return next((found for part, found in _OPENXML_PARTS.items() if part in names), None)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        content = member.read(_LONGEST_MEMBER + 1)
    if len(content) > _LONGEST_MEMBER:
        raise ValueError("longer than any office program writes it")
    return content


def _ole(content: bytes) -> str | None:
    """An old office file by the streams of its directory, whose names are UTF-16 padded to 64 bytes."""
    if any(_stream(name) in content for name in _OLE_MACROS):
        return None
    return next((found for name, found in _OLE_STREAMS.items() if _stream(name) in content), None)


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le").ljust(64, b"\0")
