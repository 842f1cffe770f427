"""The history of one made-up athlete as rows. They are measured by the same functions as real uploads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from athletes.models import Athlete, Threshold
from coaching.demo.climate import heat_heart_rate_rise
from coaching.demo.nights import simulate_nights
from coaching.demo.people.athlete import SimulatedAthlete
from coaching.demo.simulated_recordings import SimulatedSession, build_session_file, compute_session_totals
from coaching.demo.training import ExecutedTraining, SimulatedTraining
from metrics.activities import streams
from metrics.activities.measure import (
    ThresholdsOverTime,
    measure_activity,
    serialize_laps,
    serialize_pauses,
    serialize_totals,
)
from metrics.health.serializers import MANUAL_SOURCE
from metrics.models import Activity, HealthDay, Streams
from metrics.recording import Recording, Totals
from metrics.science.vdot import vdot_from_threshold

STREAMS_KEPT_D = 21
ARRIVAL_DELAY = timedelta(minutes=10)
READING_TIME = time(7, 15)
DEVICE_NAME = "Demo watch"


@dataclass(frozen=True)
class SimulatedHistory:
    """Everything stored about one athlete as of `now`; `athlete` may be unsaved."""

    person: SimulatedAthlete
    athlete: Athlete
    now: datetime

    @cached_property
    def training(self) -> SimulatedTraining:
        return SimulatedTraining(self.person, self.athlete.local_date(self.now))

    @cached_property
    def thresholds(self) -> list[Threshold]:
        """Threshold pace, VDOT, heart rates and mass of each test, valid from the day of the test."""
        return [
            row
            for number, ago in enumerate(self._test_days_ago)
            for row in _build_thresholds(self, ago, number)
        ]

    @property
    def _test_days_ago(self) -> list[int]:
        """Days ago of each test, oldest first; the oldest is never after the first run."""
        first_ago = self.training.days.first_ago
        return sorted({min(ago, first_ago) for ago in self.person.scenario.test_days_ago}, reverse=True)

    @cached_property
    def activities(self) -> list[tuple[Activity, Streams | None]]:
        """The measured activities; recent ones and races have streams. The newest have how they felt."""
        thresholds = ThresholdsOverTime(self.athlete, self.thresholds)
        built = [
            _build_activity_with_streams(self, done, simulated, thresholds)
            for done, simulated in self.simulated_sessions
        ]
        for (activity, _), feel in zip(built[::-1], self.person.scenario.feels[::-1], strict=False):
            activity.feel = feel
        return built

    @cached_property
    def health_days(self) -> list[HealthDay]:
        return list(self._iterate_health_days())

    def _iterate_health_days(self) -> Iterator[HealthDay]:
        for night in simulate_nights(self.training):
            read_at = datetime.combine(night.date, READING_TIME, self.athlete.zone).astimezone(UTC)
            if read_at <= self.now:
                yield HealthDay(athlete_id=self.athlete.pk, updated_at=read_at, **night._asdict())
        for morning in self.person.scenario.mornings:
            day, said = self.day(morning.days_ago), asdict(morning)
            del said["days_ago"]
            said_at = datetime.combine(day, READING_TIME, self.athlete.zone).astimezone(UTC)
            if said_at <= self.now:
                yield HealthDay(
                    athlete_id=self.athlete.pk, updated_at=said_at, date=day, source=MANUAL_SOURCE, **said
                )

    @cached_property
    def simulated_sessions(self) -> list[tuple[ExecutedTraining, SimulatedSession]]:
        """Every session that ended by `now`, oldest first: as executed, and as the watch records it."""
        return list(self._iterate_sessions())

    def _iterate_sessions(self) -> Iterator[tuple[ExecutedTraining, SimulatedSession]]:
        for number, done in enumerate(self.training.done):
            simulated = _build_session(self, done, number)
            if simulated.started_at + timedelta(seconds=simulated.duration_s + simulated.pause_s) <= self.now:
                yield done, simulated

    def day(self, ago: int) -> date:
        return self.training.date_of(ago)


def _build_session(past: SimulatedHistory, done: ExecutedTraining, number: int) -> SimulatedSession:
    training, person = past.training, past.person
    at = training.days.at(done.days_ago)
    midnight = datetime.combine(past.day(done.days_ago), time(0), past.athlete.zone)
    start = (midnight + timedelta(minutes=done.start_min, seconds=17 * number % 60)).astimezone(UTC)
    is_light = done.session.sport == "run" and not done.session.is_race and number % 3 == 0
    return SimulatedSession(
        session=done.session,
        started_at=start,
        zone=person.zone,
        threshold_mps=training.threshold_mps(done.days_ago),
        hr_max_bpm=person.body.hr_max_bpm,
        extra_bpm=heat_heart_rate_rise(float(training.temperature_c[at]))
        + float(training.days.resting_bpm[at]) / 2,
        speed_factor=done.speed_factor,
        climb_m_per_km=person.body.climb_m_per_km,
        pause_s=float(25 + 13 * number % 70) if is_light else 0.0,
        glitches=bool(training.days.glitches[at]) and done.session.sport == "run",
        has_heart=done.session.sport != "swim" and person.scenario.has_profile,
        seed=number,
    )


def _build_activity_with_streams(
    past: SimulatedHistory,
    done: ExecutedTraining,
    simulated: SimulatedSession,
    thresholds: ThresholdsOverTime,
) -> tuple[Activity, Streams | None]:
    is_recorded = done.session.sport != "swim" and (done.days_ago < STREAMS_KEPT_D or done.session.is_race)
    recording = build_session_file(simulated) if is_recorded else None
    activity = _build_activity(
        past, simulated, recording.totals if recording else compute_session_totals(simulated)
    )
    if recording is None:
        measure_activity(activity, thresholds)
        return activity, None
    samples = streams.round_samples(recording.samples)
    measure_activity(activity, thresholds, samples, serialize_pauses(recording), recording.altitude_source)
    return activity, _build_streams(activity, recording)


def _build_activity(past: SimulatedHistory, simulated: SimulatedSession, totals: Totals) -> Activity:
    session, ended_at = simulated.session, simulated.started_at + timedelta(seconds=totals.elapsed_s)
    local = simulated.started_at.astimezone(past.athlete.zone)
    return Activity(
        athlete_id=past.athlete.pk,
        name=session.name,
        activity_type=session.sport,
        sub_type=session.sub_type,
        is_race=session.is_race,
        started_at=simulated.started_at,
        utc_offset_min=int((local.utcoffset() or timedelta()).total_seconds() // 60),
        local_date=local.date(),
        duration_s=totals.duration_s,
        elapsed_s=totals.elapsed_s,
        avg_cadence_spm=totals.avg_cadence_spm,
        perceived_effort=5 if session.sport == "swim" else None,
        recorded=serialize_totals(totals),
        source=Activity.Source.DEMO,
        device=DEVICE_NAME,
        created_at=ended_at + ARRIVAL_DELAY,
        updated_at=ended_at + ARRIVAL_DELAY,
    )


def _build_streams(activity: Activity, recording: Recording) -> Streams:
    return Streams(
        activity=activity,
        athlete_id=activity.athlete_id,
        content=streams.encode(recording.samples),
        pauses=serialize_pauses(recording),
        laps=serialize_laps(recording),
        altitude_source=recording.altitude_source,
    )


def _build_thresholds(past: SimulatedHistory, ago: int, number: int) -> list[Threshold]:
    person, body = past.person, past.person.body
    error = 1 + 0.004 * float(person.create_random_generator(f"test {number}").normal())
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
