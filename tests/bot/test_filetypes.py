"""Files are known by their content; names are made safe."""

import pytest

from bot.errors import RequestError
from bot.filetypes import MAX_FILE, MAX_NAME, check, media_type, safe_name
from tests.files import EXECUTABLE, JPEG, PDF, PNG, docx, ole, zipped

OPENXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"II*\x00" + bytes(20), "image/tiff"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "image/heic"),
        (docx(), f"{OPENXML}wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), f"{OPENXML}spreadsheetml.sheet"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), f"{OPENXML}presentationml.presentation"),
        (zipped("content.xml", mimetype=f"{ODF}text"), f"{ODF}text"),
        (ole("WordDocument"), "application/msword"),
        (ole("Workbook"), "application/vnd.ms-excel"),
        (ole("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    ],
)
def test_what_is_taken(content: bytes, found: str) -> None:
    assert check(content) == found


@pytest.mark.parametrize(
    "content",
    [
        EXECUTABLE,
        b"\x7fELF" + bytes(60),
        b"#!/bin/sh\nrm -rf /\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"\n%PDF-1.4",
        b"just words",
        zipped("evil.exe"),
        zipped("META-INF/MANIFEST.MF", "A.class"),
        docx("word/vbaProject.bin"),
        docx("xl/macrosheets/sheet1.xml"),
        docx("word/activeX/activeX1.bin"),
        docx(types="<Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>"),
        zipped("Basic/Standard/Module1.xml", mimetype=f"{ODF}text"),
        zipped(mimetype=f"{ODF}text-master"),
        zipped(mimetype="application/epub+zip"),
        docx()[:60],
        docx(types=" " * 2_000_000),
        ole("WordDocument", "_VBA_PROJECT"),
        ole("EncryptedPackage"),
        ole("__properties_version1.0"),
    ],
)
def test_anything_else_is_declined_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(RequestError) as caught:
        check(content)
    assert (caught.value.status, caught.value.code) == (415, "file_type")


def test_a_broken_zip_is_declined() -> None:
    whole = bytearray(docx())
    whole[30:60] = bytes(30)
    assert media_type(bytes(whole)) is None


def test_size() -> None:
    assert check(PDF.ljust(MAX_FILE)) == "application/pdf"
    for content, code in ((PDF.ljust(MAX_FILE + 1), "file_too_large"), (b"", "file_empty")):
        with pytest.raises(RequestError) as caught:
            check(content)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("Offerte Q3.PDF", "Offerte Q3.pdf"),
        ("方案说明.pdf", "方案说明.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\An\\plan.pdf", "plan.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe.pdf"),
        ("a\x00b\nc.pdf", "a b c.pdf"),
        ('x<y>"z|?.pdf', "x_y__z__.pdf"),
        ("  ...pdf", "file.pdf"),
        (".pdf", "file.pdf"),
        ("", "file.pdf"),
        ("\ud800.pdf", "_.pdf"),
    ],
)
def test_names(given: str, kept: str) -> None:
    assert safe_name(given, "application/pdf") == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("x" * 500 + ".jpeg", "image/jpeg")
    assert len(name) == MAX_NAME
    assert name.endswith("x.jpeg")
