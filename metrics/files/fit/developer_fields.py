"""Read developer fields: readings of apps, such as a foot pod's power. They never replace native readings.

Source: FIT Protocol, "Developer Data Fields". A field description may name the native field of the record
message that it stands for. Only those are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from metrics.recording import Column

from .container import DeveloperFields
from .numbers import Message, get_message_number, get_positive_number

NATIVE_FIELDS: dict[float, str] = {
    2: "altitude",
    3: "heart_rate",
    4: "cadence",
    5: "distance",
    6: "speed",
    7: "power",
    73: "enhanced_speed",
    78: "enhanced_altitude",
}
"""Fields of the record message, by number."""

UNITS = {
    "altitude": {"m", "meters"},
    "distance": {"m", "meters"},
    "speed": {"m/s", "meters/second"},
}
"""Values in other units are not read. The other fields have one unit only."""

RECORD_NUMBER = 20
NUMPY_TYPES = {
    "enum": "u1",
    "sint8": "i1",
    "uint8": "u1",
    "sint16": "i2",
    "uint16": "u2",
    "sint32": "i4",
    "uint32": "u4",
    "float32": "f4",
    "float64": "f8",
    "uint8z": "u1",
    "uint16z": "u2",
    "uint32z": "u4",
}
TYPES_BY_NUMBER = dict(zip((0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12), NUMPY_TYPES.values(), strict=True))
"""By the low five bits of a base type, for descriptions that omit the highest bit."""


@dataclass(frozen=True, slots=True)
class DescribedField:
    """A developer field that stands for a native field of the record message."""

    name: str
    number: int  # in the decoded records
    numpy_type: str
    scale: float
    offset: float

    def read_column(self, records: list[Message]) -> Column:
        """The readings in the unit of the profile. NaN if a record has none."""
        numpy_type = np.dtype(self.numpy_type)
        missing = b"\xff" * numpy_type.itemsize
        raw = _join_values([record.get(self.number) for record in records], missing)
        values = np.frombuffer(raw, numpy_type)
        known = np.frombuffer(raw, f"V{numpy_type.itemsize}") != np.void(missing)
        column = np.where(known, values / self.scale - self.offset, np.nan)
        if numpy_type.kind == "i":
            column[values == np.iinfo(numpy_type).max] = np.nan
        return column


def find_described_fields(descriptions: list[Message], fields: DeveloperFields) -> Iterator[DescribedField]:
    """The developer fields that stand for a native field, in the order of their descriptions."""
    for description in descriptions:
        developer, number, native = (
            get_message_number(description, key)
            for key in ("developer_data_index", "field_definition_number", "native_field_num")
        )
        field = fields.get((developer, number)) if developer is not None and number is not None else None
        name = NATIVE_FIELDS.get(native) if native is not None else None
        kind = _find_numpy_type(description.get("fit_base_type_id"))
        if field is None or name is None or kind is None or not _is_of_record(description, name):
            continue
        order = ">" if field.is_big_endian else "<"
        scale = get_positive_number(description, "scale") or 1.0
        offset = get_message_number(description, "offset") or 0.0
        yield DescribedField(name, field.number, order + kind, scale, offset)


def _find_numpy_type(base_type: object) -> str | None:
    if isinstance(base_type, int):
        return TYPES_BY_NUMBER.get(base_type & 0x1F)
    return NUMPY_TYPES.get(str(base_type))


def _is_of_record(description: Message, name: str) -> bool:
    """Whether the field belongs to record messages, in the unit of the native field."""
    known_units = UNITS.get(name.removeprefix("enhanced_"))
    units = description.get("units")
    has_known_unit = not units or known_units is None or str(units).strip().lower() in known_units
    return has_known_unit and description.get("native_mesg_num") in ("record", RECORD_NUMBER, None)


def _join_values(values: list[Any], missing: bytes) -> bytes:
    """The bytes of all values, each as long as `missing`. The decoder gives one byte as a number."""
    try:
        joined = bytes(values) if len(missing) == 1 else b"".join(values)
    except (TypeError, ValueError):
        joined = b""
    if len(joined) == len(missing) * len(values):
        return joined
    return b"".join(
        bytes([value])
        if len(missing) == 1 and isinstance(value, int) and 0 <= value < 256
        else value
        if isinstance(value, bytes) and len(value) == len(missing)
        else missing
        for value in values
    )
