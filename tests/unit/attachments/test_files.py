"""Files that are attached: their text, whatever they are, or the reason why there is none."""

import codecs
import re

import pytest
from docx.document import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.attachments import documents, files
from chatcore.attachments.files import MAX_CHARACTERS, MAX_NAME, MOST, File, as_prompt, check, clean_name, read
from chatcore.errors import InputError
from tests.support.builders.documents import pdf, with_part, word

GERMAN = "Größe;Maß\nSüße Äpfel für die Übung;3\nHöhe und Länge, grün, öffnen, schön, früh, fünf, zwölf, Straße\n" * 3


# Text


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "mac_roman"],
)
def test_text_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert read(GERMAN.encode(encoding), "a.csv") == File("a.csv", GERMAN.strip())


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_text_is_read_as_its_mark_says(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert read(mark + "日本".encode(encoding), "a").text == "日本"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("naïve café", "latin-1"),
        ("Привет, это простой текст на русском языке. " * 3, "cp1251"),
        ("日本語です。" * 9, "cp932"),
    ],
)
def test_an_older_encoding_is_guessed_where_there_is_enough_to_guess_by(text: str, encoding: str) -> None:
    assert read(text.encode(encoding), "a.txt").text == text.strip()


def test_code_is_taken_as_it_is_and_lines_end_in_one_way() -> None:
    assert read(b"def f():\r\n\treturn '<b>$x$</b>'\r", "f.py").text == "def f():\n\treturn '<b>$x$</b>'"


def test_what_no_provider_takes_and_no_page_shows_is_left_out() -> None:
    assert read("a\x1b[31mb\u202ec\x07".encode(), "a").text == "abc"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\t", "has no text"),
        (bytes(range(256)), "can't be read"),
        (b"\0" * 100, "can't be read"),
        (b"\xff\xfe\x00", "can't be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old or a locked Office file"),
        (b"x" * (MAX_CHARACTERS + 1), "more than 200,000 characters"),
        (b"x" * (4 * MAX_CHARACTERS + 1), "more than 200,000 characters"),
        (b"%PDF-" + b"x" * files.MAX_BYTES, "at most 20 MB"),
    ],
    ids=["nothing", "white", "binary", "NUL", "half a letter", "DOC", "long", "very long", "large"],
)
def test_what_has_no_text_is_refused_by_its_name(content: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=f"^“a.txt”.*{reason}"):
        read(content, "a.txt")


# Documents


def test_a_pdf_is_read_page_by_page() -> None:
    text = read(pdf("First words", "", "Last words"), "a.pdf").text
    assert text == "[Page 1 of 3]\nFirst words\n\n[Page 3 of 3]\nLast words"


def test_a_document_is_known_by_its_bytes_not_by_its_name() -> None:
    assert "First words" in read(pdf("First words"), "notes.txt").text


def fill(document: Document) -> None:
    document.add_heading("Plan", 2)
    document.add_paragraph("We meet at noon.")
    document.add_paragraph("bread", style="List Bullet")
    table = document.add_table(2, 2)
    for at, text in enumerate(("who", "what", "Ann", "a\nb")):
        table.cell(at // 2, at % 2).text = text
    document.add_paragraph("End.")


def test_a_docx_is_read_with_its_headings_lists_and_tables_in_order() -> None:
    assert read(word(fill), "plan.docx").text == (
        "## Plan\n\nWe meet at noon.\n\n- bread\n\n| who | what |\n|---|---|\n| Ann | a b |\n\nEnd."
    )


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b"<w:body><w:p><w:r><w:t>&j;&f;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf("a", password="secret"), "locked with a password"),
        (pdf("", ""), "may be a scan"),
        (pdf(*[""] * (documents.MAX_PAGES + 1)), "too many pages: at most 2,000"),
        (pdf("First words")[:200], "is damaged"),
        (b"%PDF-1.7", "is damaged"),
        (pdf("x" * 100_000, "x" * 100_001), "more than 200,000 characters"),
        (b"PK\x03\x04", "is no Word document"),
        (with_part(word(), "word/document.xml", b"<w:document"), "is damaged"),
        (with_part(word(), "word/document.xml", BOMB), "is damaged|has no text"),
        (with_part(word(), "word/media/big", b"\0" * (documents.MAX_UNPACKED + 1)), "holds too much"),
    ],
    ids=["locked", "scan", "pages", "half", "head", "long", "zip", "XML", "XML bomb", "zip bomb"],
)
def test_a_document_that_can_t_be_read_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=f"^“a”.*({reason})"):
        read(content, "a")


def test_a_pdf_that_is_encrypted_for_nobody_is_read() -> None:
    """Many are locked against printing alone: they open with an empty password."""
    assert "Open words" in read(pdf("Open words", owner="owner"), "a.pdf").text


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SECONDS", 0.01)
    with pytest.raises(InputError, match="takes too long"):
        read(pdf("a"), "a.pdf")


def test_nothing_of_the_environment_reaches_what_reads_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    assert "sk-canary" not in str(documents.environment())


# Any bytes


def outcome(content: bytes, name: str) -> File | str:
    """What is read, or why nothing is."""
    try:
        return read(content, name)
    except InputError as error:
        return str(error)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000), st.text(max_size=300))
def test_any_bytes_under_any_name_are_text_or_refused(content: bytes, name: str) -> None:
    found = outcome(content, name)
    if isinstance(found, File):
        assert 0 < len(found.text) <= MAX_CHARACTERS
        assert found.text.encode().decode() == found.text
    else:
        assert "\n" not in found
        assert len(found) < MAX_NAME + 200


@settings(max_examples=12, deadline=None)
@given(st.sampled_from([pdf("First words", "more"), word(fill)]), st.data())
def test_a_damaged_document_is_text_or_refused(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    damaged = content[:at] + data.draw(st.binary(max_size=20)) + content[at + data.draw(st.integers(0, 50)) :]
    found = outcome(damaged, "a")
    assert found.text if isinstance(found, File) else found.startswith("“a”")


# Names


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/a.txt", "a.txt"),
        ("C:\\x\\a.txt", "a.txt"),
        ("a\nb\x00\u202e.txt", "a b.txt"),
        ("  ", "file"),
        ("a/", "a"),
        ("x" * 200 + ".py", "x" * (MAX_NAME - 4) + "….py"),
        ("." + "x" * 200, "." + "x" * (MAX_NAME - 2) + "…"),
    ],
)
def test_a_name_is_one_line_without_a_way(given_name: str, name: str) -> None:
    assert clean_name(given_name) == name
    assert len(name) <= MAX_NAME


# A message


def test_so_many_files_and_so_much_text_go_with_one_message() -> None:
    check([File("a", "x")] * MOST)
    check([File("a", "x" * MAX_CHARACTERS)])


def test_more_than_fits_one_message_is_refused() -> None:
    with pytest.raises(InputError, match="At most 10 files"):
        check([File("a", "x")] * (MOST + 1))
    with pytest.raises(InputError, match="200,001 characters of text together; at most 200,000"):
        check([File("a", "x" * MAX_CHARACTERS), File("b", "x")])


# What the model gets


def borders(prompt: str) -> list[str]:
    """The lines that a reader of the prompt takes for borders, by the mark that it names."""
    found = re.search(r"the mark ([0-9a-f]{16})\b", prompt)
    assert found
    return [line for line in prompt.splitlines() if line.startswith(f"--- {found[1]} ")]


def test_nothing_is_said_of_no_files() -> None:
    assert as_prompt([]) == ""


def test_each_file_stands_between_its_borders_as_it_is() -> None:
    prompt = as_prompt([File('a"b.txt', "one\n\ntwo"), File("c", "<three>")])
    begin, end = borders(prompt)[:2]
    assert f"{begin}\none\n\ntwo\n{end}" in prompt
    assert [re.sub("[0-9a-f]{16}", "M", line) for line in borders(prompt)] == [
        *('--- M begin "a\'b.txt" ---', '--- M end "a\'b.txt" ---'),
        *('--- M begin "c" ---', '--- M end "c" ---'),
    ]


def test_the_same_files_always_get_the_same_words() -> None:
    file = File("a", "x")
    assert as_prompt([file]) == as_prompt([file])
    assert as_prompt([file]) != as_prompt([File("a", "y")])


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=50))
def test_no_file_can_draw_the_borders_of_another(text: str) -> None:
    """Not even one that holds what was sent when it was attached before."""
    hostile = File("a", text)
    for _ in range(3):
        hostile = File("a", as_prompt([hostile]))
        assert len(borders(as_prompt([hostile]))) == 2
