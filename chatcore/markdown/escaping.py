"""Text for the page: every sign in it is shown as it is.

Streamlit looks for arrows, emoji and icons in the text that is left once the Markdown has been read, so no escape
hides them. They are taken apart by `:color[…]`, which without a colour draws its content as it is: nothing is added to
what a visitor sees or copies.
"""

import re

_SIGN = re.compile(
    r"""
      (?P<emoji> :+ (?= [\w+-]+: | material/ ) )
    | (?P<arrow> (?<! [^\s\ufeff] ) (?: <-> | -> | <- | -- | >= | <= | ~= ) (?! [^\s\ufeff:] ) )
    | (?P<www> \b www \. )
    | [\\`*_\[\]<>$~]
    | : (?= [A-Za-z] | // )
    | & (?= [#A-Za-z] )
    | @ (?= [\w-] )
    | ! \Z
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What begins a block, underlines a heading or makes a table of what is above.
_LINE_START = re.compile(r"(?P<number>[0-9]{1,9})(?=[.)](?:\s|\Z))|(?=[-+#=:|])")


def _apart(match: re.Match[str]) -> str:
    sign = match.group()
    if match["emoji"]:
        return r"\:" * (len(sign) - 1) + r":color[\:]"
    if match["arrow"]:
        return f"\\{sign[0]}:color[\\{sign[1]}]{sign[2:]}"
    if match["www"]:
        return sign[:-1] + r"\."
    return "\\" + sign


def escape(text: str, *, line_start: bool = False, in_cell: bool = False) -> str:
    """`text` as Markdown that shows it; `line_start` where a block could begin with it."""
    if line_start:
        text = text.lstrip()
    escaped = _SIGN.sub(_apart, text).replace("\n", "&#10;")
    if in_cell:
        escaped = escaped.replace("|", r"\|")
    if not line_start or escaped.startswith(":color[") or not (start := _LINE_START.match(escaped)):
        return escaped
    return escaped[: start.end()] + "\\" + escaped[start.end() :]


def code(content: str, *, in_cell: bool = False) -> str:
    """A code span with exactly this content."""
    if ":material/" in content:
        # Streamlit replaces that everywhere, in code too: two spans that touch each other show it.
        before, _, after = content.partition(":material/")
        return f":color[{code(before + ':material', in_cell=in_cell)}]:color[{code('/' + after, in_cell=in_cell)}]"
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", content)), default=0))
    if content.startswith("`") or content.endswith("`") or (content[0] == content[-1] == " " and content.strip()):
        content = f" {content} "
    return ticks + (content.replace("|", r"\|") if in_cell else content) + ticks


def address(url: str) -> str:
    """A link's destination, between the parentheses."""
    url = re.sub(r"&(?=#?\w+;)", "&amp;", url).replace(":material/", "%3Amaterial/")
    url = url.replace("\\", "%5C").replace("|", "%7C")
    return f"<{url}>" if re.search(r"[\s()]", url) else url
