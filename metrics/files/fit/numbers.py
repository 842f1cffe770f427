"""Single numbers of FIT messages."""

from __future__ import annotations

from typing import Any

import numpy as np

from metrics.files.resampling import HEART_RATE_RANGE_BPM

Message = dict[str | int, Any]
"""A decoded message: values by name, or by number if the profile has none."""


def get_message_number(message: Message, key: str | int) -> float | None:
    """A single number of a message. None if there is none."""
    value = message.get(key)
    return float(value) if isinstance(value, int | float) and np.isfinite(value) else None


def get_positive_number(message: Message, key: str) -> float | None:
    """A number of a message. None if it is missing or 0: devices write 0 for missing values."""
    value = get_message_number(message, key)
    return value if value is not None and value > 0 else None


def read_heart_rate(message: Message, key: str) -> float | None:
    """A heart rate of a message. None if it is missing or impossible."""
    value = get_message_number(message, key)
    lowest, highest = HEART_RATE_RANGE_BPM
    return value if value is not None and lowest <= value <= highest else None
