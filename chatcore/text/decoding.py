"""Bytes to text, whatever the encoding: UTF-8, UTF-16, and what older programs write.

Owns the order in which the encodings are tried.
"""

import codecs

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # Before UTF-16: its mark begins with the other one's.
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OLDER = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr", "mac_roman"),
)
"""Those that whole systems wrote by default. The guess is among them, for a rare one would fit as well by chance."""
EVIDENCE = 48
"""Bytes beyond ASCII from which on an encoding can be guessed."""
SAMPLE = 4096


def decode(content: bytes) -> str | None:
    """The text; None for what is none. Of fewer than some 800 kB at once, it takes less than a second."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _as(content, encoding)
    if b"\0" in content:
        return _wide(content)
    text = _as(content, "utf-8")
    return text if text is not None else _older(content)


def _as(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is NUL."""
    sample = content[:SAMPLE]
    for encoding, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(content) % 2 == 0 and sample[at::2].count(0) > len(sample) // 5 and not sample[1 - at :: 2].count(0):
            return _as(content, encoding)
    return None


def _older(content: bytes) -> str | None:
    import charset_normalizer  # Slow to import, and almost every file is UTF-8.

    if charset_normalizer.is_binary(content):
        return None
    if sum(byte > 127 for byte in content) >= EVIDENCE:
        best = charset_normalizer.from_bytes(content, cp_isolation=list(OLDER)).best()
        if best is not None:
            return str(best)
    return _as(content, "cp1252") or content.decode("latin-1")
