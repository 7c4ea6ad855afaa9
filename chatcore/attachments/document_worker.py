"""The process that reads one document from its input, and says in JSON what text it has, or why there is none.

Run by `documents.py`, which bounds it: `python -m chatcore.attachments.document_worker pdf 200000 < report.pdf`. It
catches only what it has words for; what else goes wrong ends it, and that says enough.
"""

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from chatcore.attachments.documents import MAX_MEMORY, MAX_PAGES, MAX_UNPACKED

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph


class Refused(Exception):
    """A document that is not read, with the reason: a name of `documents.REASONS`, or "long"."""


def main() -> None:
    _limit_memory()
    readers: dict[str, Callable[[bytes], Iterator[str]]] = {"pdf": _pdf, "docx": _docx}
    kind, most = sys.argv[1], int(sys.argv[2])
    try:
        said = {"text": _joined(readers[kind](sys.stdin.buffer.read()), most)}
    except Refused as refused:
        said = {"reason": str(refused)}
    sys.stdout.write(json.dumps(said))


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _joined(parts: Iterator[str], most: int) -> str:
    read, length = [], 0
    for part in parts:
        read.append(part)
        length += len(part)
        if length > most:
            raise Refused("long")
    return "\n\n".join(read)


def _pdf(content: bytes) -> Iterator[str]:
    """Page by page, with its number, which a model can then name."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("locked")
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise Refused("pages")
    empty = True
    for number, page in enumerate(reader.pages, 1):
        if text := page.extract_text().strip():
            empty = False
            yield f"[Page {number} of {count}]\n{text}"
    if empty:
        raise Refused("scan")


def _docx(content: bytes) -> Iterator[str]:
    from docx import Document as open_document

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            # What a zip says of a part's size is the most that is unpacked of it.
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise Refused("large")
            if "word/document.xml" not in packed.namelist():
                raise Refused("zip")
    except zipfile.BadZipFile:
        raise Refused("zip") from None
    yield from _blocks(open_document(io.BytesIO(content)))


def _blocks(document: "Document") -> Iterator[str]:
    from docx.table import Table

    for block in document.iter_inner_content():
        text = _table(block) if isinstance(block, Table) else _paragraph(block)
        if text.strip():
            yield text


def _paragraph(paragraph: "Paragraph") -> str:
    """With its level as a heading, and the mark of a list, as Markdown writes them."""
    style = (paragraph.style.name if paragraph.style else "") or ""
    if style.startswith("Heading") and style[-1:].isdigit():
        return f"{'#' * int(style[-1])} {paragraph.text}"
    return f"- {paragraph.text}" if style.startswith("List") else paragraph.text


def _table(table: "Table") -> str:
    rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]
    lines = ["| " + " | ".join(cells) + " |" for cells in rows]
    return "\n".join([*lines[:1], "|" + "---|" * len(rows[0]), *lines[1:]]) if rows else ""


if __name__ == "__main__":
    main()
