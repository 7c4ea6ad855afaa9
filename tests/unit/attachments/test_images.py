"""Images that are attached: made small and plain, refused with a reason."""

import base64
import io
import struct
import zlib

import pytest
from PIL import Image as Pictures

from chatcore.attachments.images import FORMATS, MOST_PIXELS, SIDE, Image, content, prepare
from chatcore.errors import InputError


def file_of(picture: Pictures.Image, form: str = "PNG", **more: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **more)
    return file.getvalue()


def read(data: str) -> Pictures.Image:
    return Pictures.open(io.BytesIO(base64.b64decode(data)))


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_that_is_taken_becomes_a_jpeg(form: str) -> None:
    image = prepare(file_of(Pictures.new("RGB", (40, 20), "red"), form), "a")
    picture = read(image.data)
    assert (image.media_type, picture.format, picture.size) == ("image/jpeg", "JPEG", (40, 20))


def test_a_large_one_is_made_small_and_keeps_its_shape() -> None:
    image = prepare(file_of(Pictures.new("RGB", (4000, 1000))), "a")
    assert read(image.data).size == (SIDE, SIDE // 4)


def test_what_can_be_seen_through_is_white() -> None:
    picture = read(prepare(file_of(Pictures.new("RGBA", (8, 8), (255, 0, 0, 0))), "a").data)
    assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_one_that_lies_on_its_side_is_put_upright_and_says_nothing_of_where_it_was_made() -> None:
    exif = Pictures.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "canary"
    content = file_of(Pictures.new("RGB", (40, 20)), "JPEG", exif=exif)
    assert b"canary" in content
    image = prepare(content, "a")
    assert read(image.data).size == (20, 40)
    assert b"canary" not in base64.b64decode(image.data)


def test_what_was_kept_can_be_shown() -> None:
    image = prepare(file_of(Pictures.new("RGB", (8, 8))), "a")
    assert content(image) == base64.b64decode(image.data)


@pytest.mark.parametrize("data", ["AAAA", "A", "/9j/4A==", "é"])
def test_what_came_from_outside_and_is_no_image_can_t_be_shown(data: str) -> None:
    assert content(Image("image/jpeg", data)) is None


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is so many pixels wide and high."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [b"IHDR" + header, b"IDAT" + zlib.compress(b"")]
    framed = [struct.pack(">I", len(it) - 4) + it + struct.pack(">I", zlib.crc32(it)) for it in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "can't be read"),
        (b"no image", "can't be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "can't be read"),
        (file_of(Pictures.new("RGB", (40, 20)))[:40], "can't be read"),
        (file_of(Pictures.new("RGB", (40, 20)), "TIFF"), "can't be read"),
        (bomb(9_000), f"at most {MOST_PIXELS // 1_000_000} million"),
        (bomb(30_000), f"at most {MOST_PIXELS // 1_000_000} million"),
    ],
    ids=["empty", "text", "SVG", "half", "TIFF", "bomb", "large bomb"],
)
def test_what_is_no_image_is_refused_by_its_name(content: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=f"“a.png”.*{reason}"):
        prepare(content, "a.png")
