"""When two recordings are of the same activity: they overlap in time, and their sports agree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_OF_SHORTER, LEAST_OF_LONGER = 0.8, 0.6
UNKNOWN_SPORT = "workout"
EPSILON_S = 1e-6


@dataclass(frozen=True, slots=True)
class RecordedSpan:
    """From start to end, pauses included. `sports`: what the recording can be; empty if that is unknown.

    `whole`: what the file has, if the recording is cropped.
    """

    started_at: datetime
    elapsed_s: float
    sports: frozenset[str]
    whole: RecordedSpan | None = None

    def count_shared_seconds(self, other: RecordedSpan) -> float:
        """Seconds that are in both; negative if there is time between them."""
        between_s = (other.started_at - self.started_at).total_seconds()
        return min(self.elapsed_s, between_s + other.elapsed_s) - max(0.0, between_s)

    def shares_sport(self, other: RecordedSpan) -> bool:
        return not self.sports or not other.sports or bool(self.sports & other.sports)

    def is_same_activity(self, other: RecordedSpan) -> bool:
        """Whether both recorded one activity: at least 80 % of the shorter and 60 % of the longer overlap.

        A cropped recording is compared as it is and as it was: its copies elsewhere may be whole.
        """
        return self.shares_sport(other) and any(
            one._overlaps(another) for one in self._versions for another in other._versions
        )

    def find_possible_starts(self) -> tuple[datetime, datetime]:
        """The first and last start of another recording that can be of the same activity.

        A longer one has at most 1 / 0.6 of the seconds. It begins before this one, or ends after it, by at
        most its other 40 %. A cropped one may begin as late as it ended.
        """
        second = timedelta(seconds=1)  # more than rounding can move a start
        starts, ends = zip(*(one._widen() for one in self._versions), strict=True)
        return min(starts) - second, max(ends) + second

    @property
    def _versions(self) -> tuple[RecordedSpan, ...]:
        return (self,) if self.whole is None else (self, self.whole)

    def _widen(self) -> tuple[datetime, datetime]:
        """The earliest start and the latest end of a longer recording."""
        around = timedelta(seconds=self.elapsed_s * (1 - LEAST_OF_LONGER) / LEAST_OF_LONGER)
        return self.started_at - around, self.started_at + timedelta(seconds=self.elapsed_s) + around

    def _overlaps(self, other: RecordedSpan) -> bool:
        shorter_s, longer_s = sorted((self.elapsed_s, other.elapsed_s))
        least_s = max(LEAST_OF_SHORTER * shorter_s, LEAST_OF_LONGER * longer_s)
        return self.count_shared_seconds(other) >= least_s - EPSILON_S


def find_known_sports(*sports: str) -> frozenset[str]:
    """What a recording can be; nothing if all that is known is `workout`."""
    return frozenset(sports) - {UNKNOWN_SPORT}
