"""Write single messages of FIT files, each with its definition."""

from __future__ import annotations

import struct

ENUM, UINT8, UINT16, SINT32, UINT32, UINT32Z, STRING = 0x00, 0x02, 0x84, 0x85, 0x86, 0x8C, 0x07
# base type: (struct code, highest value, invalid value)
STRUCT_CODES = {
    ENUM: ("B", 0xFF, 0xFF),
    UINT8: ("B", 0xFF, 0xFF),
    UINT16: ("H", 0xFFFF, 0xFFFF),
    UINT32: ("I", 0xFFFFFFFF, 0xFFFFFFFF),
    UINT32Z: ("I", 0xFFFFFFFF, 0),
}
MAX_TEXT_BYTES = 200

MessageField = tuple[int, int, float | str | None]  # number, base type, value in the file's units


def encode_message(number: int, *fields: MessageField) -> bytes:
    """A definition of local type 0 and one message. None becomes the invalid value; "" is left out."""
    packed = [(field, kind, _pack_value(kind, value)) for field, kind, value in fields if value != ""]
    definition = struct.pack("<BBBHB", 0x40, 0, 0, number, len(packed))
    definition += b"".join(bytes((field, len(value), kind)) for field, kind, value in packed)
    return definition + b"\0" + b"".join(value for _, _, value in packed)


def cut_text(text: str, max_bytes: int = MAX_TEXT_BYTES) -> str:
    """The beginning of a text that has at most `max_bytes` in UTF-8. No character is torn apart."""
    return text.encode()[:max_bytes].decode(errors="ignore")


def _pack_value(kind: int, value: float | str | None) -> bytes:
    if isinstance(value, str):
        return cut_text(value).encode() + b"\0"
    code, highest, invalid = STRUCT_CODES[kind]
    number = invalid if value is None else round(value)
    return struct.pack(f"<{code}", number if 0 <= number <= highest else invalid)
