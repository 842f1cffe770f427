"""One invented athlete's history as rows. The functions that measure imports also measure these activities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from athletes.models import Athlete, Threshold
from coaching.demo.climate import heat_beats
from coaching.demo.outings import SimulatedSession, recording_of, totals_of
from coaching.demo.person import Person
from coaching.demo.readings import nights
from coaching.demo.training import CompletedSession, Training
from metrics.activities import streams
from metrics.activities.measure import (
    ThresholdsOverTime,
    measure_activity,
    serialize_laps,
    serialize_pauses,
    serialize_totals,
)
from metrics.models import Activity, HealthDay, Streams
from metrics.recording import Recording, Totals
from metrics.science.vdot import vdot_from_threshold

STREAMS_D = 21
ARRIVES_AFTER = timedelta(minutes=10)
MORNING = time(7, 15)
WATCH = "Demo watch"


@dataclass(frozen=True)
class SimulatedHistory:
    """Everything stored about one athlete as of `now`; `athlete` may be unsaved."""

    person: Person
    athlete: Athlete
    now: datetime

    @cached_property
    def training(self) -> Training:
        return Training(self.person, self.athlete.local_date(self.now))

    @cached_property
    def thresholds(self) -> list[Threshold]:
        """Threshold pace, VDOT, heart rates and mass of each test; the values that hold from its day on."""
        return [row for number, ago in enumerate(self._tests) for row in _tested(self, ago, number)]

    @property
    def _tests(self) -> list[int]:
        """Days ago of each test, oldest first; the oldest is never after the first run."""
        first_ago = self.training.days.first_ago
        return sorted({min(ago, first_ago) for ago in self.person.story.tested}, reverse=True)

    @cached_property
    def activities(self) -> list[tuple[Activity, Streams | None]]:
        """The outings measured; recent ones and races with streams."""
        yardsticks = ThresholdsOverTime(self.athlete, self.thresholds)
        return [_stored(self, done, outing, yardsticks) for done, outing in self.outings]

    @cached_property
    def health_days(self) -> list[HealthDay]:
        return list(self._mornings())

    def _mornings(self) -> Iterator[HealthDay]:
        for night in nights(self.training):
            read_at = datetime.combine(night.date, MORNING, self.athlete.zone).astimezone(UTC)
            if read_at <= self.now:
                yield HealthDay(athlete_id=self.athlete.pk, updated_at=read_at, **night._asdict())

    @cached_property
    def outings(self) -> list[tuple[CompletedSession, SimulatedSession]]:
        """Every session that had ended by `now`, oldest first, with how it was run."""
        return list(self._outings())

    def _outings(self) -> Iterator[tuple[CompletedSession, SimulatedSession]]:
        for number, done in enumerate(self.training.done):
            outing = _outing(self, done, number)
            if outing.started_at + timedelta(seconds=outing.duration_s + outing.pause_s) <= self.now:
                yield done, outing

    def day(self, ago: int) -> date:
        return self.training.date_of(ago)


def _outing(past: SimulatedHistory, done: CompletedSession, number: int) -> SimulatedSession:
    training, person = past.training, past.person
    at = training.days.at(done.ago)
    midnight = datetime.combine(past.day(done.ago), time(0), past.athlete.zone)
    start = (midnight + timedelta(minutes=done.start_min, seconds=17 * number % 60)).astimezone(UTC)
    is_light = done.session.sport == "run" and not done.session.is_race and number % 3 == 0
    return SimulatedSession(
        session=done.session,
        started_at=start,
        zone=person.zone,
        threshold_mps=training.threshold_mps(done.ago),
        hr_max_bpm=person.body.hr_max_bpm,
        beats=heat_beats(float(training.temperature_c[at])) + float(training.days.resting_bpm[at]) / 2,
        pace=done.pace,
        climb_m_per_km=person.body.climb_m_per_km,
        pause_s=float(25 + 13 * number % 70) if is_light else 0.0,
        glitches=bool(training.days.glitches[at]) and done.session.sport == "run",
        has_heart=done.session.sport != "swim" and person.story.has_profile,
        seed=number,
    )


def _stored(
    past: SimulatedHistory, done: CompletedSession, outing: SimulatedSession, yardsticks: ThresholdsOverTime
) -> tuple[Activity, Streams | None]:
    is_recorded = done.session.sport != "swim" and (done.ago < STREAMS_D or done.session.is_race)
    recording = recording_of(outing) if is_recorded else None
    activity = _activity(past, outing, recording.totals if recording else totals_of(outing))
    if recording is None:
        measure_activity(activity, yardsticks)
        return activity, None
    samples = streams.round_samples(recording.samples)
    measure_activity(activity, yardsticks, samples, serialize_pauses(recording), recording.altitude_source)
    return activity, _streams(activity, recording)


def _activity(past: SimulatedHistory, outing: SimulatedSession, totals: Totals) -> Activity:
    session, ended_at = outing.session, outing.started_at + timedelta(seconds=totals.elapsed_s)
    local = outing.started_at.astimezone(past.athlete.zone)
    return Activity(
        athlete_id=past.athlete.pk,
        name=session.name,
        activity_type=session.sport,
        sub_type=session.sub_type,
        is_race=session.is_race,
        started_at=outing.started_at,
        utc_offset_min=int((local.utcoffset() or timedelta()).total_seconds() // 60),
        local_date=local.date(),
        duration_s=totals.duration_s,
        elapsed_s=totals.elapsed_s,
        avg_cadence_spm=totals.avg_cadence_spm,
        perceived_effort=5 if session.sport == "swim" else None,
        recorded=serialize_totals(totals),
        source=Activity.Source.DEMO,
        device=WATCH,
        created_at=ended_at + ARRIVES_AFTER,
        updated_at=ended_at + ARRIVES_AFTER,
    )


def _streams(activity: Activity, recording: Recording) -> Streams:
    return Streams(
        activity=activity,
        athlete_id=activity.athlete_id,
        content=streams.encode(recording.samples),
        pauses=serialize_pauses(recording),
        laps=serialize_laps(recording),
        altitude_source=recording.altitude_source,
    )


def _tested(past: SimulatedHistory, ago: int, number: int) -> list[Threshold]:
    person, body = past.person, past.person.body
    error = 1 + 0.004 * float(person.chance(f"test {number}").normal())
    speed_mps = past.training.threshold_mps(ago) * error
    values = {
        Threshold.Kind.THRESHOLD_PACE: round(1000 / speed_mps, 1),
        Threshold.Kind.VDOT: round(vdot_from_threshold(speed_mps), 1),
        Threshold.Kind.LTHR: body.lthr_bpm,
        Threshold.Kind.HR_REST: body.hr_rest_bpm,
        Threshold.Kind.HR_MAX: body.hr_max_bpm,
        Threshold.Kind.MASS_KG: round(body.mass_kg + 0.4 * (number % 3 - 1), 1),
    }
    sources = (Threshold.Source.COACH, Threshold.Source.RACE, Threshold.Source.LABORATORY)
    return [
        Threshold(
            athlete_id=past.athlete.pk,
            kind=kind,
            value=value,
            source=sources[number % 3],
            valid_from=past.day(ago),
            recorded_at=past.now,
        )
        for kind, value in values.items()
    ]
