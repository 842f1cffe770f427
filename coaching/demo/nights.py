"""The readings of an athlete's device each night: HRV, resting heart rate, sleep and VO2max. Pure.

HRV is log-normal. Its baseline drifts and rises with fitness; a hard day, a tired week and illness lower it.
Most of the weekly mean is removed from the daily noise, so that weeks change by scenario and not by rng.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coaching.demo.daily_conditions import DailyColumn
from coaching.demo.training import SimulatedTraining
from metrics.science.load_series import ewma, fatigue, fitness

HRV_NOISE, HRV_DRIFT, DRIFT_TAU_D = 0.105, 0.035, 40.0
HRV_LOSS_PER_TIREDNESS, HRV_LOSS_PER_HARD_DAY, HRV_GAIN_PER_SHAPE = 0.07, 0.02, 0.9
REMOVED_MEAN_SHARE = 0.75  # of the weekly mean of the noise
MISSED_NIGHT_SHARE = 0.06
SDNN_OVER_RMSSD = 1.35
WATCH_BIAS = 1.015  # a watch reads VO2max a little high


class NightReadings(NamedTuple):
    """The readings of one morning, named as in `HealthDay`; None where the device has no sensor for it."""

    date: dt.date
    source: str
    hrv_rmssd_ms: float | None = None
    hrv_sdnn_ms: float | None = None
    resting_hr_bpm: float | None = None
    vo2max_ml_kg_min: float | None = None
    sleep_s: float | None = None


@dataclass(frozen=True, slots=True)
class DailyReadings:
    """The values of every day, also of days without a device."""

    hrv_ln: DailyColumn
    resting_bpm: DailyColumn
    sleep_h: DailyColumn
    vo2max: DailyColumn


def simulate_nights(training: SimulatedTraining) -> tuple[NightReadings, ...]:
    """Return the nights that were read and synced, oldest first; empty without a device."""
    person, days = training.person, training.days
    if not person.device:
        return ()
    rng = person.create_random_generator("missed nights")
    missed = rng.random(len(days.days)) < MISSED_NIGHT_SHARE
    stored = days.wears & days.syncs & ~missed
    readings = _simulate_readings(training)
    past_days = range(days.first_ago, -1, -1)
    return tuple(_build_night(training, readings, ago) for ago in past_days if stored[days.at(ago)])


def _build_night(training: SimulatedTraining, readings: DailyReadings, ago: int) -> NightReadings:
    at, day, device = training.days.at(ago), training.date_of(ago), training.person.device
    pulse = float(np.rint(readings.resting_bpm[at]))
    hrv = float(np.exp(readings.hrv_ln[at]))
    if device == "polar":
        return NightReadings(day, device, resting_hr_bpm=pulse)
    if device == "apple_health":
        return NightReadings(day, device, hrv_sdnn_ms=round(SDNN_OVER_RMSSD * hrv, 1), resting_hr_bpm=pulse)
    return NightReadings(
        day,
        device,
        hrv_rmssd_ms=float(round(hrv)),
        resting_hr_bpm=pulse,
        vo2max_ml_kg_min=round(float(readings.vo2max[at]), 1),
        sleep_s=float(60 * round(60 * readings.sleep_h[at])),
    )


def _simulate_readings(training: SimulatedTraining) -> DailyReadings:
    person, days = training.person, training.days
    rng = person.create_random_generator("nights")
    count = len(days.days)
    body, tired, hard = person.body, *_compute_strain(training)
    shape = training.vdot / person.vdot - 1
    drift = HRV_DRIFT * np.sqrt(2 * DRIFT_TAU_D) * ewma(rng.normal(0, 1, count), DRIFT_TAU_D)
    hrv = (
        HRV_GAIN_PER_SHAPE * shape
        - HRV_LOSS_PER_TIREDNESS * tired
        - HRV_LOSS_PER_HARD_DAY * hard
        + days.hrv_ln
    )
    pulse = -22 * shape + 1.6 * tired + 0.5 * hard + days.resting_bpm
    weekend = np.array([training.date_of(ago).weekday() >= 5 for ago in days.days])
    return DailyReadings(
        hrv_ln=body.hrv_ln + hrv + drift + HRV_NOISE * _remove_weekly_mean(rng.normal(0, 1, count)),
        resting_bpm=body.hr_rest_bpm + pulse - 8 * drift + 1.5 * _remove_weekly_mean(rng.normal(0, 1, count)),
        sleep_h=body.sleep_h
        + days.sleep_h
        + 0.4 * weekend
        + 0.6 * _remove_weekly_mean(rng.normal(0, 1, count)),
        vo2max=WATCH_BIAS * days.vo2max * (ewma(training.vdot - person.vdot, 12) + person.vdot)
        + 0.5 * ewma(rng.normal(0, 1, count), 6),
    )


def _compute_strain(training: SimulatedTraining) -> tuple[DailyColumn, DailyColumn]:
    """Return fatigue above fitness and yesterday's load above usual, as shares of the usual load."""
    days = training.days
    loads = np.zeros(len(days.days))
    for done in training.done:
        loads[days.at(done.days_ago)] += done.session.load
    usual = np.maximum(fitness(loads), 15.0)
    tired = np.clip((fatigue(loads) - fitness(loads)) / usual, -1.0, 1.5)
    hard = np.clip(loads / usual - 1, -1.0, 2.0)
    return np.roll(tired, 1), np.roll(hard, 1)


def _remove_weekly_mean(noise: DailyColumn) -> DailyColumn:
    """Return white noise without most of its own mean over the last seven days."""
    week = np.convolve(noise, np.full(7, 1 / 7))[: len(noise)]
    corrected: DailyColumn = noise - REMOVED_MEAN_SHARE * week
    return corrected
