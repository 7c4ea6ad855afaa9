"""Documents made in code, sound and damaged, for the tests of what is attached."""

import io
import zipfile
from collections.abc import Callable

import docx
from docx.document import Document
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf(*pages: str, password: str = "", owner: str = "") -> bytes:
    """A page for each text; an empty one draws nothing."""
    writer = PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    known = DictionaryObject({NameObject(name): NameObject(value) for name, value in font.items()})
    fonts = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): known})})
    for text in pages:
        page = writer.add_blank_page(300, 300)
        drawn = DecodedStreamObject()
        drawn.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode("latin-1") if text else b"")
        page[NameObject("/Resources")] = fonts
        page[NameObject("/Contents")] = writer._add_object(drawn)
    if password or owner:
        writer.encrypt(password, owner or None)
    return saved(writer.write)


def word(fill: Callable[[Document], object] = lambda _: None) -> bytes:
    document = docx.Document()
    fill(document)
    return saved(document.save)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A DOCX in which a part is another."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for known in before.namelist():
            after.writestr(known, part if known == name else before.read(known))
        if name not in before.namelist():
            after.writestr(name, part)
    return file.getvalue()


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()
