"""Encode samples as compressed columns: whole steps of the device precision, then differences, then deflate.

An hour at 1 Hz takes about 25 kB instead of 3,600 rows. Decoded values are rounded to the step. Activities
are measured after that rounding, so a new measurement gives the same result. Pure.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

from metrics.recording import Column, Samples

Steps = npt.NDArray[np.int64]

MAGIC = b"AST1"
# The step of each column, in its unit.
COLUMN_STEPS = {
    "time_s": 0.001,
    "distance_m": 0.01,
    "latitude_deg": 1e-7,
    "longitude_deg": 1e-7,
    "altitude_m": 0.01,
    "speed_mps": 0.001,
    "heart_rate_bpm": 1.0,
    "cadence_spm": 0.5,
    "power_w": 1.0,
}
_MISSING = np.int64(np.iinfo(np.int64).min >> 2)
_HEADER = struct.Struct("<4sIH")


class DamagedStreams(ValueError):
    """The bytes are not encoded streams."""


def encode(samples: Samples) -> bytes:
    """Encode samples as bytes. Columns without readings take no space."""
    present = [name for name in COLUMN_STEPS if samples.has(name)]
    mask = sum(1 << place for place, name in enumerate(COLUMN_STEPS) if name in present)
    steps = [_to_step_differences(getattr(samples, name), COLUMN_STEPS[name]) for name in present]
    return _HEADER.pack(MAGIC, len(samples), mask) + zlib.compress(b"".join(map(_to_byte_planes, steps)), 1)


def decode(content: bytes) -> Samples:
    """Decode bytes of `encode`. Raises DamagedStreams for other bytes."""
    try:
        magic, length, mask = _HEADER.unpack_from(content)
        body = np.frombuffer(zlib.decompress(content[_HEADER.size :]), np.uint8)
    except (struct.error, zlib.error, ValueError) as error:
        raise DamagedStreams(str(error)) from error
    present = [name for place, name in enumerate(COLUMN_STEPS) if mask >> place & 1]
    if magic != MAGIC or body.size != length * len(present) * 8:
        raise DamagedStreams("The length does not fit the header.")
    columns = {name: np.full(length, np.nan) for name in COLUMN_STEPS}
    for name, planes in zip(present, body.reshape(len(present), 8, length), strict=True):
        columns[name] = _from_step_differences(_from_byte_planes(planes), COLUMN_STEPS[name])
    return Samples(**columns)


def round_samples(samples: Samples) -> Samples:
    """Round samples as `encode` and `decode` do."""
    return Samples(
        **{
            name: _from_step_differences(_to_step_differences(getattr(samples, name), step), step)
            for name, step in COLUMN_STEPS.items()
        }
    )


def _to_step_differences(column: Column, step: float) -> Steps:
    known = np.isfinite(column)
    steps = np.rint(np.where(known, column, 0.0) / step).astype(np.int64)
    return np.diff(np.where(known, steps, _MISSING), prepend=np.int64(0))


def _to_byte_planes(steps: Steps) -> bytes:
    """Write all lowest bytes first, then the next: this gives long runs of zeros, which compress well."""
    signless = (steps << 1) ^ (steps >> 63)  # zigzag: small negative numbers stay small
    return signless.astype("<i8").view(np.uint8).reshape(-1, 8).T.tobytes()


def _from_byte_planes(planes: npt.NDArray[np.uint8]) -> Steps:
    signless = np.ascontiguousarray(planes.T).view("<u8").ravel()
    return (signless >> np.uint64(1)).astype(np.int64) ^ -(signless & np.uint64(1)).astype(np.int64)


def _from_step_differences(differences: Steps, step: float) -> Column:
    steps = np.cumsum(differences)
    return np.where(steps == _MISSING, np.nan, steps * step)
