"""Bytes become text: a byte order mark, UTF-8, the charset that was stated, then detection.

decode("Привет, это новость".encode("cp1251"))  ->  "Привет, это новость"
"""

from __future__ import annotations

import codecs
import re

from rag.errors import NotAnArticle
from rag.sentences import language

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings that news is kept in: with all of its some ninety, the detector takes rare ones for these.
_CANDIDATES = [
    "cp1251", "cp1252", "cp1250", "koi8_r", "koi8_u", "cp866", "iso8859_5", "iso8859_2", "mac_cyrillic", "ptcp154",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "tis_620",
]  # fmt: skip
# In a short text the detector scores "près" (cp1252) and "prčs" (cp1250) alike, and the order of names decides.
_WESTERN = frozenset({"de", "es", "fr", "it", "nl", "pt", "sv"})
_TIE = 0.05  # difference of "chaos", the detector's share of unlikely letters
_SAMPLE = 200_000
_BINARY = "it looks like binary data, not text; give it the suffix of its format"
_STRAY = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]")


def decode(data: bytes, stated: str | None = None) -> str:
    """The text of `data`; NotAnArticle where it is no text. `stated` is the charset a server or page names."""
    text = data.decode(charset(data, stated), errors="replace").removeprefix("\ufeff")
    strays = len(_STRAY.findall(text[:_SAMPLE]))
    if strays > 0.02 * min(len(text), _SAMPLE):
        raise NotAnArticle(_BINARY)
    return text


def charset(data: bytes, stated: str | None = None) -> str:
    """The name of the charset that `data` is in: charset("Ёлка".encode("utf-8")) == "utf-8"."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    for candidate in ("utf-8", _utf16(data), stated):
        if candidate and _fits(data, candidate):
            return candidate
    return _detected(data)


def _fits(data: bytes, name: str) -> bool:
    try:
        # The bytes of UTF-16 without a mark are UTF-8 too, with a zero beside each letter.
        return "\x00" not in data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False


def _utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: the upper bytes of most letters are the same few, at every other place."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    sample = sample[: len(sample) - len(sample) % 2]
    if len(sample) < 8:
        return None
    for name, upper in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        # 0x00 is the upper byte of Latin letters and spaces, 0x04 that of Cyrillic, 0x03 of Greek.
        if sum(upper.count(byte) for byte in (0, 3, 4)) > 0.85 * len(upper) and upper.count(0):
            return name
    return None


def _detected(data: bytes) -> str:
    """A charset by detection, on the head of `data`."""
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE]
    if _binary(sample):
        raise NotAnArticle(_BINARY)
    found = from_bytes(sample, cp_isolation=_CANDIDATES, threshold=0.3)
    best = found.best()
    if best is None:
        raise NotAnArticle("its charset could not be told and it looks like binary data; save it as UTF-8")
    for match in found:
        equal = match.coherence >= best.coherence and match.chaos <= best.chaos + _TIE
        if match.encoding == "cp1252" and equal and language(str(match)) in _WESTERN:
            return "cp1252"
    return str(best.encoding)


def _binary(sample: bytes) -> bool:
    """Whether control bytes are more than a stray few: no charset puts letters there."""
    controls = sum(sample.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13, 27))
    return controls > 0.005 * len(sample)
