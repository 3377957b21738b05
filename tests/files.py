"""Small real files of the types that people send, made on the spot."""

import base64
import io
import zipfile

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(20) + b"\xff\xd9"
EXECUTABLE = b"MZ\x90\x00\x03" + bytes(200)


def zipped(*members: str, **content: str) -> bytes:
    """A zip with empty members and others by name; `_` stands for a slash, `__` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in members:
            archive.writestr(name, "")
        for name, text in content.items():
            archive.writestr(name.replace("__", ".").replace("_", "/"), text)
    return out.getvalue()


def docx(*more: str, types: str = "<Types/>") -> bytes:
    """A Word document, as far as its parts tell."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in ("word/document.xml", *more):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def ole(*streams: str) -> bytes:
    """An old office file: the signature and a directory of streams."""
    names = b"".join(s.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for s in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names
