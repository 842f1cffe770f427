"""A session as a watch records it: only the totals, or every second. Pure.

Heart rate follows effort by the regression of `metrics.science.vo2max`, so that its estimates come near the
runner's VDOT. Ground and wind are made up. All positions are in oceans, where nobody lives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from coaching.demo.sessions import CRUISE_BIKE_MPS, CRUISE_SWIM_MPS, SessionContent
from metrics.files.example_recordings import METRES_PER_DEGREE
from metrics.recording import Column, Lap, Pause, Recording, Samples, Totals
from metrics.science.grade import grade_factor

OCEAN_POSITIONS = {  # latitude, longitude
    "Europe/Madrid": (36.0, -40.0),
    "Europe/London": (49.0, -28.0),
    "America/New_York": (33.0, -58.0),
    "Asia/Tokyo": (31.0, 165.0),
    "Australia/Lord_Howe": (-38.0, 163.0),
    "Africa/Nairobi": (-14.0, 78.0),
}
LOOP_RADIUS_M = 700.0
HILL_M, GROUND_STEP_M = 2_600.0, 5.0  # from hilltop to hilltop; resolution of the ground
MIN_DOWNHILL_FACTOR = 0.88  # runners do not use the whole gain of a descent
HEART_LAG_S, EASY_START_BPM = 35.0, 34.0
DRIFT_BPM_PER_H = 4.0
HR_AT_VVO2MAX, HR_PER_LN = 1.00466, 0.68725  # shares of HRmax: the inverse of FORMULAS §5.4
THRESHOLD_OF_VVO2MAX = 0.902  # 0.9016 to 0.9038 for VDOT 30 to 60
LAP_M = {"run": 1000.0, "bike": 5000.0}


@dataclass(frozen=True, slots=True)
class SimulatedSession:
    """One session of one athlete on one day. `extra_bpm` is added for heat and a bad day."""

    session: SessionContent
    started_at: datetime
    zone: str
    threshold_mps: float
    hr_max_bpm: float
    extra_bpm: float
    speed_factor: float
    climb_m_per_km: float
    pause_s: float = 0.0
    glitches: bool = False
    has_heart: bool = True
    seed: int = 0

    @property
    def climb(self) -> float:
        return self.climb_m_per_km * self.session.climb

    @property
    def duration_s(self) -> float:
        return float(round(self.session.duration_s))

    def speed_mps(self, share: float | Column) -> float | Column:
        """Return the speed on flat ground at a share of threshold. Rides and swims have a cruising speed."""
        cruise = {"bike": CRUISE_BIKE_MPS, "swim": CRUISE_SWIM_MPS}.get(
            self.session.sport, self.threshold_mps
        )
        return cruise * self.speed_factor * share

    def heart_bpm(self, share: Column) -> Column:
        """Return the steady heart rate at a share of threshold effort."""
        fraction = np.maximum(share, 0.3) * THRESHOLD_OF_VVO2MAX
        bpm = self.hr_max_bpm * (HR_AT_VVO2MAX + HR_PER_LN * np.log(fraction)) + self.extra_bpm
        settled: Column = np.clip(
            bpm - (8.0 if self.session.sport == "bike" else 0.0), 75.0, 0.985 * self.hr_max_bpm
        )
        return settled


def compute_session_totals(simulated: SimulatedSession) -> Totals:
    """Return the totals that the watch shows at the end, without recorded samples."""
    session, rng = simulated.session, np.random.default_rng(simulated.seed)
    seconds = np.array([seconds for seconds, _ in session.steps])
    shares = np.array([share for _, share in session.steps])
    distance_m = session.distance_m or float(np.sum(seconds * simulated.speed_mps(shares)))
    climbed = distance_m / 1000 * simulated.climb * rng.uniform(0.85, 1.15)
    heart = simulated.heart_bpm(shares)
    late = DRIFT_BPM_PER_H * simulated.duration_s / 7200
    mean_bpm = (
        float(np.sum(heart * seconds) / seconds.sum()) + late - 55 * EASY_START_BPM / simulated.duration_s
    )
    return Totals(
        duration_s=simulated.duration_s,
        elapsed_s=simulated.duration_s + simulated.pause_s,
        distance_m=round(distance_m, 1),
        elevation_gain_m=float(round(climbed)) if simulated.climb else None,
        elevation_loss_m=float(round(climbed)) if simulated.climb else None,
        avg_hr_bpm=float(round(min(mean_bpm, simulated.hr_max_bpm - 2))) if simulated.has_heart else None,
        max_hr_bpm=float(round(min(heart.max() + 2 * late + 2, simulated.hr_max_bpm)))
        if simulated.has_heart
        else None,
        avg_cadence_spm=float(_compute_cadence(session.share)) if session.sport == "run" else None,
        calories_kcal=float(round(simulated.duration_s / 60 * 9.5)) if session.sport == "bike" else None,
    )


def build_session_file(simulated: SimulatedSession) -> Recording:
    """Return the recording of every second, as the reader of a watch file returns it."""
    rng = np.random.default_rng(simulated.seed)
    time_s = np.arange(simulated.duration_s + 1)
    share = _compute_shares(simulated, len(time_s))
    gusts = 1 + 0.018 * np.convolve(
        rng.normal(0, 1, len(time_s) + 14), np.full(15, 1 / math.sqrt(15)), "valid"
    )
    effort_mps = np.asarray(simulated.speed_mps(share)) * gusts
    distance, altitude = _compute_course(simulated, effort_mps)
    if simulated.session.distance_m:
        distance *= simulated.session.distance_m / distance[-1]
    heart = np.rint(_compute_heart_rate(simulated, share, time_s) + rng.normal(0, 0.8, len(time_s)))
    if simulated.glitches:
        distance = distance + 240.0 * (time_s > 0.4 * simulated.duration_s)
    samples = _build_samples(simulated, time_s, distance, altitude, heart, share)
    return Recording(
        simulated.session.sport,
        simulated.started_at,
        _compute_totals(simulated, samples),
        samples,
        laps=_build_laps(simulated, samples),
        pauses=_build_pauses(simulated),
        sub_sport=simulated.session.sub_type,
        name=simulated.session.name,
        altitude_source="barometric" if simulated.climb else "",
    )


def _compute_shares(simulated: SimulatedSession, count: int) -> Column:
    """Return the share of threshold speed at each second. Steps are smoothed over 9 seconds."""
    ends = np.cumsum([seconds for seconds, _ in simulated.session.steps])
    step = np.minimum(np.searchsorted(ends, np.arange(count), "right"), len(ends) - 1)
    corners = np.array([share for _, share in simulated.session.steps])[step]
    smooth = np.convolve(np.pad(corners, (4, 4), "edge"), np.full(9, 1 / 9), "valid")
    return smooth.astype(np.float64)


def _compute_course(simulated: SimulatedSession, effort_mps: Column) -> tuple[Column, Column]:
    """Return distance and altitude at each second (m). The effort is constant, so hills slow the runner."""
    flat = np.concatenate(([0.0], np.cumsum(effort_mps[1:])))
    if not simulated.climb:
        return flat, np.full(len(flat), np.nan)
    height = simulated.climb * HILL_M / 2000.0
    mark_m = np.arange(0.0, flat[-1] / MIN_DOWNHILL_FACTOR + GROUND_STEP_M, GROUND_STEP_M)
    slope = height * 2 * math.pi / HILL_M * np.cos(2 * math.pi * mark_m / HILL_M)
    costs = GROUND_STEP_M * np.maximum(grade_factor(slope), MIN_DOWNHILL_FACTOR)
    distance = np.interp(flat, np.concatenate(([0.0], np.cumsum(costs)[:-1])), mark_m)
    return distance, 80.0 + height * np.sin(2 * math.pi * distance / HILL_M)


def _compute_heart_rate(simulated: SimulatedSession, share: Column, time_s: Column) -> Column:
    """Return the heart rate at each second: it starts low, follows with a lag and drifts upward."""
    steady = simulated.heart_bpm(share) + DRIFT_BPM_PER_H * time_s / 3600
    steady[0] -= EASY_START_BPM
    kernel = np.exp(-np.arange(180) / HEART_LAG_S)
    lagged = np.convolve(np.pad(steady, (179, 0), constant_values=steady[0]), kernel / kernel.sum(), "valid")
    limited: Column = np.minimum(lagged, simulated.hr_max_bpm - 1)
    return limited


def _build_samples(
    simulated: SimulatedSession,
    time_s: Column,
    distance: Column,
    altitude: Column,
    heart: Column,
    share: Column,
) -> Samples:
    indoors = simulated.session.sub_type == "treadmill"
    none = np.full(len(time_s), np.nan)
    angle = distance / LOOP_RADIUS_M
    latitude, longitude = OCEAN_POSITIONS[simulated.zone]
    north, east = LOOP_RADIUS_M * np.sin(angle), LOOP_RADIUS_M * (1 - np.cos(angle))
    return Samples(
        time_s=time_s + simulated.pause_s * (time_s > simulated.duration_s / 2),
        distance_m=distance,
        latitude_deg=none if indoors else latitude + north / METRES_PER_DEGREE,
        longitude_deg=none
        if indoors
        else longitude + east / METRES_PER_DEGREE / math.cos(math.radians(latitude)),
        altitude_m=altitude,
        speed_mps=np.concatenate(([0.0], np.diff(distance))),
        heart_rate_bpm=heart if simulated.has_heart else none,
        cadence_spm=np.rint(_compute_cadence(share)) if simulated.session.sport == "run" else none,
        power_w=none,
    )


def _compute_totals(simulated: SimulatedSession, samples: Samples) -> Totals:
    """Return the totals that agree with the samples."""
    steps = np.diff(samples.altitude_m)
    climbs = bool(simulated.climb)
    return Totals(
        duration_s=simulated.duration_s,
        elapsed_s=simulated.duration_s + simulated.pause_s,
        distance_m=round(float(samples.distance_m[-1]), 1),
        elevation_gain_m=float(round(steps[steps > 0].sum())) if climbs else None,
        elevation_loss_m=float(round(-steps[steps < 0].sum())) if climbs else None,
        avg_hr_bpm=float(round(np.mean(samples.heart_rate_bpm))) if simulated.has_heart else None,
        max_hr_bpm=float(np.max(samples.heart_rate_bpm)) if simulated.has_heart else None,
        avg_cadence_spm=float(_compute_cadence(simulated.session.share))
        if simulated.session.sport == "run"
        else None,
        calories_kcal=float(round(simulated.duration_s / 60 * 9.5))
        if simulated.session.sport == "bike"
        else None,
    )


def _build_laps(simulated: SimulatedSession, samples: Samples) -> tuple[Lap, ...]:
    """Return automatic laps: every kilometre of a run, every 5 km of a ride."""
    length = LAP_M.get(simulated.session.sport)
    if length is None:
        return ()
    marks = np.arange(0.0, float(samples.distance_m[-1]), length)
    at = np.searchsorted(samples.distance_m, marks)
    bounds = [*at.tolist(), len(samples) - 1]
    return tuple(
        _build_lap(samples, simulated, first, last)
        for first, last in zip(bounds, bounds[1:], strict=False)
        if last > first
    )


def _build_lap(samples: Samples, simulated: SimulatedSession, first: int, last: int) -> Lap:
    heart = samples.heart_rate_bpm[first:last] if simulated.has_heart else None
    return Lap(
        start_s=float(samples.time_s[first]),
        elapsed_s=float(samples.time_s[last] - samples.time_s[first]),
        timer_s=float(last - first),
        distance_m=round(float(samples.distance_m[last] - samples.distance_m[first]), 1),
        avg_hr_bpm=None if heart is None else float(round(heart.mean())),
        max_hr_bpm=None if heart is None else float(heart.max()),
    )


def _build_pauses(simulated: SimulatedSession) -> tuple[Pause, ...]:
    if not simulated.pause_s:
        return ()
    middle = float(math.floor(simulated.duration_s / 2))
    return (Pause(middle, middle + simulated.pause_s),)


def _compute_cadence(share: float | Column) -> float | Column:
    return 150.0 + 26.0 * share
