"""A session as a watch records it: the totals alone, or every second of it. Pure.

Heart rate follows effort by the regression that `metrics.science.vo2max` reads it back with, so that estimates land
near the runner's VDOT; ground, wind and heart are made up. All positions lie in oceans: nobody lives there.
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
HILL_M, GROUND_STEP_M = 2_600.0, 5.0  # from top to top; how finely the ground is drawn
MIN_DOWNHILL_FACTOR = 0.88  # nobody takes all that a descent gives
HEART_LAG_S, EASY_START_BPM = 35.0, 34.0
DRIFT_BPM_PER_H = 4.0
HR_AT_VVO2MAX, HR_PER_LN = 1.00466, 0.68725  # of HRmax: FORMULAS §5.4, the other way round
THRESHOLD_OF_VVO2MAX = 0.902  # 0.9016 to 0.9038 for VDOT 30 to 60
LAP_M = {"run": 1000.0, "bike": 5000.0}


@dataclass(frozen=True, slots=True)
class SimulatedSession:
    """One session of one athlete on one day; `beats` is what heat and the day add, `pace` a factor of speed."""

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
        """Speed on the level at a share of threshold speed; rides and swims have a cruising speed of their own."""
        cruise = {"bike": CRUISE_BIKE_MPS, "swim": CRUISE_SWIM_MPS}.get(
            self.session.sport, self.threshold_mps
        )
        return cruise * self.speed_factor * share

    def heart_bpm(self, share: Column) -> Column:
        """The heart rate that a share of threshold effort settles at."""
        fraction = np.maximum(share, 0.3) * THRESHOLD_OF_VVO2MAX
        bpm = self.hr_max_bpm * (HR_AT_VVO2MAX + HR_PER_LN * np.log(fraction)) + self.extra_bpm
        settled: Column = np.clip(
            bpm - (8.0 if self.session.sport == "bike" else 0.0), 75.0, 0.985 * self.hr_max_bpm
        )
        return settled


def compute_session_totals(outing: SimulatedSession) -> Totals:
    """What the watch shows at the end, without a second being recorded."""
    session, chance = outing.session, np.random.default_rng(outing.seed)
    seconds = np.array([seconds for seconds, _ in session.steps])
    shares = np.array([share for _, share in session.steps])
    distance_m = session.distance_m or float(np.sum(seconds * outing.speed_mps(shares)))
    climbed = distance_m / 1000 * outing.climb * chance.uniform(0.85, 1.15)
    heart = outing.heart_bpm(shares)
    late = DRIFT_BPM_PER_H * outing.duration_s / 7200
    mean_bpm = float(np.sum(heart * seconds) / seconds.sum()) + late - 55 * EASY_START_BPM / outing.duration_s
    return Totals(
        duration_s=outing.duration_s,
        elapsed_s=outing.duration_s + outing.pause_s,
        distance_m=round(distance_m, 1),
        elevation_gain_m=float(round(climbed)) if outing.climb else None,
        elevation_loss_m=float(round(climbed)) if outing.climb else None,
        avg_hr_bpm=float(round(min(mean_bpm, outing.hr_max_bpm - 2))) if outing.has_heart else None,
        max_hr_bpm=float(round(min(heart.max() + 2 * late + 2, outing.hr_max_bpm)))
        if outing.has_heart
        else None,
        avg_cadence_spm=float(_compute_cadence(session.share)) if session.sport == "run" else None,
        calories_kcal=float(round(outing.duration_s / 60 * 9.5)) if session.sport == "bike" else None,
    )


def build_session_file(outing: SimulatedSession) -> Recording:
    """Every second of it, as a file of that watch would be read."""
    chance = np.random.default_rng(outing.seed)
    time_s = np.arange(outing.duration_s + 1)
    share = _compute_shares(outing, len(time_s))
    gusts = 1 + 0.018 * np.convolve(
        chance.normal(0, 1, len(time_s) + 14), np.full(15, 1 / math.sqrt(15)), "valid"
    )
    effort_mps = np.asarray(outing.speed_mps(share)) * gusts
    distance, altitude = _compute_course(outing, effort_mps)
    if outing.session.distance_m:
        distance *= outing.session.distance_m / distance[-1]
    heart = np.rint(_compute_heart_rate(outing, share, time_s) + chance.normal(0, 0.8, len(time_s)))
    if outing.glitches:
        distance = distance + 240.0 * (time_s > 0.4 * outing.duration_s)
    samples = _build_samples(outing, time_s, distance, altitude, heart, share)
    return Recording(
        outing.session.sport,
        outing.started_at,
        _compute_totals(outing, samples),
        samples,
        laps=_build_laps(outing, samples),
        pauses=_build_pauses(outing),
        sub_sport=outing.session.sub_type,
        name=outing.session.name,
        altitude_source="barometric" if outing.climb else "",
    )


def _compute_shares(outing: SimulatedSession, count: int) -> Column:
    """The share of threshold speed at each second, without corners."""
    ends = np.cumsum([seconds for seconds, _ in outing.session.steps])
    step = np.minimum(np.searchsorted(ends, np.arange(count), "right"), len(ends) - 1)
    corners = np.array([share for _, share in outing.session.steps])[step]
    smooth = np.convolve(np.pad(corners, (4, 4), "edge"), np.full(9, 1 / 9), "valid")
    return smooth.astype(np.float64)


def _compute_course(outing: SimulatedSession, effort_mps: Column) -> tuple[Column, Column]:
    """Metres and altitude at each second: the effort is held, so that hills slow the runner down."""
    flat = np.concatenate(([0.0], np.cumsum(effort_mps[1:])))
    if not outing.climb:
        return flat, np.full(len(flat), np.nan)
    height = outing.climb * HILL_M / 2000.0
    mark_m = np.arange(0.0, flat[-1] / MIN_DOWNHILL_FACTOR + GROUND_STEP_M, GROUND_STEP_M)
    slope = height * 2 * math.pi / HILL_M * np.cos(2 * math.pi * mark_m / HILL_M)
    costs = GROUND_STEP_M * np.maximum(grade_factor(slope), MIN_DOWNHILL_FACTOR)
    distance = np.interp(flat, np.concatenate(([0.0], np.cumsum(costs)[:-1])), mark_m)
    return distance, 80.0 + height * np.sin(2 * math.pi * distance / HILL_M)


def _compute_heart_rate(outing: SimulatedSession, share: Column, time_s: Column) -> Column:
    """Heart rate: settles with a lag, starts low, drifts upward."""
    wanted = outing.heart_bpm(share) + DRIFT_BPM_PER_H * time_s / 3600
    wanted[0] -= EASY_START_BPM
    kernel = np.exp(-np.arange(180) / HEART_LAG_S)
    lagged = np.convolve(np.pad(wanted, (179, 0), constant_values=wanted[0]), kernel / kernel.sum(), "valid")
    highest: Column = np.minimum(lagged, outing.hr_max_bpm - 1)
    return highest


def _build_samples(
    outing: SimulatedSession, time_s: Column, distance: Column, altitude: Column, heart: Column, share: Column
) -> Samples:
    indoors = outing.session.sub_type == "treadmill"
    none = np.full(len(time_s), np.nan)
    angle = distance / LOOP_RADIUS_M
    latitude, longitude = OCEAN_POSITIONS[outing.zone]
    north, east = LOOP_RADIUS_M * np.sin(angle), LOOP_RADIUS_M * (1 - np.cos(angle))
    return Samples(
        time_s=time_s + outing.pause_s * (time_s > outing.duration_s / 2),
        distance_m=distance,
        latitude_deg=none if indoors else latitude + north / METRES_PER_DEGREE,
        longitude_deg=none
        if indoors
        else longitude + east / METRES_PER_DEGREE / math.cos(math.radians(latitude)),
        altitude_m=altitude,
        speed_mps=np.concatenate(([0.0], np.diff(distance))),
        heart_rate_bpm=heart if outing.has_heart else none,
        cadence_spm=np.rint(_compute_cadence(share)) if outing.session.sport == "run" else none,
        power_w=none,
    )


def _compute_totals(outing: SimulatedSession, samples: Samples) -> Totals:
    """The watch's totals, which agree with its samples."""
    steps = np.diff(samples.altitude_m)
    climbs = bool(outing.climb)
    return Totals(
        duration_s=outing.duration_s,
        elapsed_s=outing.duration_s + outing.pause_s,
        distance_m=round(float(samples.distance_m[-1]), 1),
        elevation_gain_m=float(round(steps[steps > 0].sum())) if climbs else None,
        elevation_loss_m=float(round(-steps[steps < 0].sum())) if climbs else None,
        avg_hr_bpm=float(round(np.mean(samples.heart_rate_bpm))) if outing.has_heart else None,
        max_hr_bpm=float(np.max(samples.heart_rate_bpm)) if outing.has_heart else None,
        avg_cadence_spm=float(_compute_cadence(outing.session.share))
        if outing.session.sport == "run"
        else None,
        calories_kcal=float(round(outing.duration_s / 60 * 9.5)) if outing.session.sport == "bike" else None,
    )


def _build_laps(outing: SimulatedSession, samples: Samples) -> tuple[Lap, ...]:
    """Automatic laps, every kilometre of a run."""
    length = LAP_M.get(outing.session.sport)
    if length is None:
        return ()
    marks = np.arange(0.0, float(samples.distance_m[-1]), length)
    at = np.searchsorted(samples.distance_m, marks)
    bounds = [*at.tolist(), len(samples) - 1]
    return tuple(
        _build_lap(samples, outing, first, last)
        for first, last in zip(bounds, bounds[1:], strict=False)
        if last > first
    )


def _build_lap(samples: Samples, outing: SimulatedSession, first: int, last: int) -> Lap:
    heart = samples.heart_rate_bpm[first:last] if outing.has_heart else None
    return Lap(
        start_s=float(samples.time_s[first]),
        elapsed_s=float(samples.time_s[last] - samples.time_s[first]),
        timer_s=float(last - first),
        distance_m=round(float(samples.distance_m[last] - samples.distance_m[first]), 1),
        avg_hr_bpm=None if heart is None else float(round(heart.mean())),
        max_hr_bpm=None if heart is None else float(heart.max()),
    )


def _build_pauses(outing: SimulatedSession) -> tuple[Pause, ...]:
    if not outing.pause_s:
        return ()
    middle = float(math.floor(outing.duration_s / 2))
    return (Pause(middle, middle + outing.pause_s),)


def _compute_cadence(share: float | Column) -> float | Column:
    return 150.0 + 26.0 * share
