"""Images that the visitor attaches: what is taken, and in what form it is kept and sent.

Owns the limits. An attached image is drawn anew, small, so nothing of a file leaves that does not show: no place, no
camera, no script. Knows no provider and no page.
"""

import base64
import io
import re
import struct
from dataclasses import dataclass
from functools import lru_cache

from chatcore.errors import InputError

MOST = 4
"""Images of one message: the browser's storage keeps them, some 5 MB for all chats."""
SIDE = 1024
"""Pixels of the longer side, at most: what the models look at, about."""
QUALITY = 80
MOST_PIXELS = 60_000_000
"""Of what is taken in: a small file can hold an image that fills the memory."""
UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, struct.error)
"""What Pillow raises for a file that is damaged, somewhere."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
ENDINGS = ("jpg", "jpeg", "png", "webp", "gif")
SIGNATURE = re.compile(rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that is part of a message: its media type, e.g. "image/jpeg", and its bytes in base64."""

    media_type: str
    data: str


@lru_cache(maxsize=64)
def content(image: Image) -> bytes | None:
    """The bytes of an image that can be shown; None for one that came from outside and is none."""
    from PIL import Image as Pictures

    try:
        decoded = base64.b64decode(image.data, validate=True)
        with Pictures.open(io.BytesIO(decoded), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.load()
    except (*UNREADABLE, Pictures.DecompressionBombError):
        return None
    return decoded


def claims_to_be_one(content: bytes, name: str) -> bool:
    """Whether a file is to be read as an image: by how it begins, or by its name."""
    return bool(SIGNATURE.match(content)) or name.lower().endswith(tuple(f".{ending}" for ending in ENDINGS))


def prepare(content: bytes, name: str) -> Image:
    """The image in a file as it is kept and sent: a JPEG of at most `SIDE` pixels. Raises `InputError`."""
    from PIL import Image as Pictures  # Slow to import, and most visitors attach nothing.
    from PIL import ImageOps

    try:
        with Pictures.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Pictures.DecompressionBombError
            picture.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except Pictures.DecompressionBombError:
        most = f"at most {MOST_PIXELS // 1_000_000} million are taken"
        raise InputError(f"“{name}” has too many pixels: {most}.") from None
    except UNREADABLE:
        raise InputError(f"“{name}” can't be read as an image. JPEG, PNG, WebP and GIF are taken.") from None
    upright.thumbnail((SIDE, SIDE))
    page = Pictures.new("RGB", upright.size, "white")
    page.paste(upright, mask=upright)
    file = io.BytesIO()
    page.save(file, "JPEG", quality=QUALITY, optimize=True)
    return Image("image/jpeg", base64.b64encode(file.getvalue()).decode("ascii"))
