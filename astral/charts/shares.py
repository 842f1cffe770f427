"""Shares of a whole, such as time in zones: a table with a bar in each row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """One part: its label, a hint, its amount as text, and its percent of the whole."""

    label: str
    hint: str
    text: str
    percent: float
    percent_text: str
    style: int  # the CSS class, from 1


@dataclass(frozen=True, slots=True)
class Distribution:
    """The data of `charts/distribution.html`. Without parts, `empty` is shown."""

    title: str
    heading: str
    amount_heading: str
    parts: tuple[Share, ...]
    empty: str


def build_distribution(
    title: str,
    parts: Sequence[tuple[str, str, float, str]],
    heading: str = "Zone",
    amount_heading: str = "Time",
    empty: str = "No data yet.",
) -> Distribution:
    """The shares of `parts`: (label, hint, amount, amount as text). Empty if all amounts are 0.

        zones = [("Z1", "easy", 1830.0, "30:30"), ("Z2", "steady", 610.0, "10:10")]
        build_distribution("Pace zones", zones)

    Raises ValueError for an amount that is negative, NaN or infinite.
    """
    amounts = [amount for _, _, amount, _ in parts]
    if not all(math.isfinite(amount) and amount >= 0 for amount in amounts):
        raise ValueError("An amount must be a finite number of at least 0.")
    whole = sum(amounts)
    if not whole:
        return Distribution(title, heading, amount_heading, (), empty)
    percents = [100.0 * amount / whole for amount in amounts]
    shares = (
        Share(label, hint, text, round(percent, 2), _percent_text(percent), number)
        for number, ((label, hint, _, text), percent) in enumerate(zip(parts, percents, strict=True), start=1)
    )
    return Distribution(title, heading, amount_heading, tuple(shares), empty)


def _percent_text(percent: float) -> str:
    return "< 1 %" if 0 < percent < 0.5 else f"{math.floor(percent + 0.5)} %"
