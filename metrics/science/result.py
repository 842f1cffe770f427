"""The type of numbers that may be missing: a value with its origin, or None with a reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A number with its origin, or None with a reason code. No neutral number replaces a missing one.

    `method` names the formula or channel. `quality` grades it (training load: "A" is best, "E" is worst). `n`
    is the number of readings behind it (None if nothing is counted). `warnings` are codes.
    """

    value: float | None
    reason: str = ""
    method: str = ""
    quality: str = ""
    n: int | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError unless there is a finite value or a reason, and not both."""
        if (self.value is None) is not bool(self.reason):
            raise ValueError(f"a result has a value or a reason: {self.value!r}, {self.reason!r}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a result is finite: {self.value!r}")

    @classmethod
    def missing(cls, reason: str, *, n: int | None = None, warnings: tuple[str, ...] = ()) -> Self:
        """No value. `reason` is a code such as "no_distance"."""
        return cls(value=None, reason=reason, n=n, warnings=warnings)
