"""What an athlete's device reads each night: HRV around a moving baseline, resting pulse, sleep, VO2max. Pure.

HRV is log-normal: the baseline drifts and rises with fitness, a hard day and a tired week depress it, illness more so.
The daily noise has most of its own weekly mean taken out: what moves the week is meant, not drawn.
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
    """The readings of one morning, named as in `HealthDay`; None where the device does not read it."""

    date: dt.date
    source: str
    hrv_rmssd_ms: float | None = None
    hrv_sdnn_ms: float | None = None
    resting_hr_bpm: float | None = None
    vo2max_ml_kg_min: float | None = None
    sleep_s: float | None = None


@dataclass(frozen=True, slots=True)
class DailyReadings:
    """Every day's readings, whether or not a device took them."""

    hrv_ln: DailyColumn
    resting_bpm: DailyColumn
    sleep_h: DailyColumn
    vo2max: DailyColumn


def simulate_nights(training: SimulatedTraining) -> tuple[NightReadings, ...]:
    """What was read and has arrived, oldest first; empty without a device."""
    person, days = training.person, training.days
    if not person.device:
        return ()
    read, missed = (
        _simulate_readings(training),
        person.create_random_generator("missed nights").random(len(days.days)) < MISSED_NIGHT_SHARE,
    )
    kept = [
        ago for ago in range(days.first_ago, -1, -1) if days.wears[days.at(ago)] and days.syncs[days.at(ago)]
    ]
    return tuple(_build_night(training, read, ago) for ago in kept if not missed[days.at(ago)])


def _build_night(training: SimulatedTraining, read: DailyReadings, ago: int) -> NightReadings:
    at, day, device = training.days.at(ago), training.date_of(ago), training.person.device
    pulse = float(np.rint(read.resting_bpm[at]))
    hrv = float(np.exp(read.hrv_ln[at]))
    if device == "polar":
        return NightReadings(day, device, resting_hr_bpm=pulse)
    if device == "apple_health":
        return NightReadings(day, device, hrv_sdnn_ms=round(SDNN_OVER_RMSSD * hrv, 1), resting_hr_bpm=pulse)
    return NightReadings(
        day,
        device,
        hrv_rmssd_ms=float(round(hrv)),
        resting_hr_bpm=pulse,
        vo2max_ml_kg_min=round(float(read.vo2max[at]), 1),
        sleep_s=float(60 * round(60 * read.sleep_h[at])),
    )


def _simulate_readings(training: SimulatedTraining) -> DailyReadings:
    person, days = training.person, training.days
    chance = person.create_random_generator("nights")
    count = len(days.days)
    body, tired, hard = person.body, *_compute_strain(training)
    shape = training.vdot / person.vdot - 1
    drift = HRV_DRIFT * np.sqrt(2 * DRIFT_TAU_D) * ewma(chance.normal(0, 1, count), DRIFT_TAU_D)
    hrv = (
        HRV_GAIN_PER_SHAPE * shape
        - HRV_LOSS_PER_TIREDNESS * tired
        - HRV_LOSS_PER_HARD_DAY * hard
        + days.hrv_ln
    )
    pulse = -22 * shape + 1.6 * tired + 0.5 * hard + days.resting_bpm
    weekend = np.array([training.date_of(ago).weekday() >= 5 for ago in days.days])
    return DailyReadings(
        hrv_ln=body.hrv_ln + hrv + drift + HRV_NOISE * _remove_weekly_mean(chance.normal(0, 1, count)),
        resting_bpm=body.hr_rest_bpm
        + pulse
        - 8 * drift
        + 1.5 * _remove_weekly_mean(chance.normal(0, 1, count)),
        sleep_h=body.sleep_h
        + days.sleep_h
        + 0.4 * weekend
        + 0.6 * _remove_weekly_mean(chance.normal(0, 1, count)),
        vo2max=WATCH_BIAS * days.vo2max * (ewma(training.vdot - person.vdot, 12) + person.vdot)
        + 0.5 * ewma(chance.normal(0, 1, count), 6),
    )


def _compute_strain(training: SimulatedTraining) -> tuple[DailyColumn, DailyColumn]:
    """Of each morning: how far fatigue is above fitness, and how hard yesterday was, as shares of the usual."""
    days = training.days
    loads = np.zeros(len(days.days))
    for done in training.done:
        loads[days.at(done.days_ago)] += done.session.load
    usual = np.maximum(fitness(loads), 15.0)
    tired = np.clip((fatigue(loads) - fitness(loads)) / usual, -1.0, 1.5)
    hard = np.clip(loads / usual - 1, -1.0, 2.0)
    return np.roll(tired, 1), np.roll(hard, 1)


def _remove_weekly_mean(noise: DailyColumn) -> DailyColumn:
    """White noise without most of its own mean over the last seven days."""
    week = np.convolve(noise, np.full(7, 1 / 7))[: len(noise)]
    calmed: DailyColumn = noise - REMOVED_MEAN_SHARE * week
    return calmed
