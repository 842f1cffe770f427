"""The envelope of every number that may be missing: a value and how it came about, or None and why not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A number with its origin, or None with a machine-readable reason; never a neutral number instead.

    `method` names the formula or channel used, `quality` grades it (the training load: "A" best … "E"),
    `n` counts the readings behind it (None where nothing is counted), `warnings` are machine words.
    """

    value: float | None
    reason: str = ""
    method: str = ""
    quality: str = ""
    n: int | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError unless there is either a finite value or a reason."""
        if (self.value is None) is not bool(self.reason):
            raise ValueError(f"a result has a value or a reason: {self.value!r}, {self.reason!r}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a result is finite: {self.value!r}")

    @classmethod
    def missing(cls, reason: str, *, n: int | None = None, warnings: tuple[str, ...] = ()) -> Self:
        """No value, because of `reason` (a machine word such as "no_distance")."""
        return cls(value=None, reason=reason, n=n, warnings=warnings)
