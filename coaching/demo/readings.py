"""Simulate the nightly readings of a device: HRV, resting heart rate, sleep, VO2max. Pure.

HRV is log-normal. Its baseline drifts and rises with fitness; hard days, tired weeks and illness lower it. Most of the
weekly mean of the noise is removed, so that chance does not move the weekly HRV.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coaching.demo.circumstances import Days
from coaching.demo.training import Training
from metrics.science.load_series import ewma, fatigue, fitness

HRV_NOISE, HRV_DRIFT, DRIFT_TAU_D = 0.105, 0.035, 40.0
PER_TIREDNESS, PER_HARD_DAY, PER_SHAPE = 0.07, 0.02, 0.9
CALMED = 0.75  # of the weekly mean of the noise
MISSED_NIGHTS = 0.06
SDNN_OVER_RMSSD = 1.35
WATCH_BIAS = 1.015  # a watch reads VO2max a little high


class Night(NamedTuple):
    """The readings of one morning, named as in `HealthDay`; None where the device does not read it."""

    date: dt.date
    source: str
    hrv_rmssd_ms: float | None = None
    hrv_sdnn_ms: float | None = None
    resting_hr_bpm: float | None = None
    vo2max_ml_kg_min: float | None = None
    sleep_s: float | None = None


@dataclass(frozen=True, slots=True)
class Nights:
    """Every day's readings, whether or not a device took them."""

    hrv_ln: Days
    resting_bpm: Days
    sleep_h: Days
    vo2max: Days


def nights(training: Training) -> tuple[Night, ...]:
    """What was read and has arrived, oldest first; empty without a device."""
    person, days = training.person, training.days
    if not person.device:
        return ()
    read, missed = _read(training), person.chance("missed nights").random(len(days.days)) < MISSED_NIGHTS
    kept = [
        ago for ago in range(days.first_ago, -1, -1) if days.wears[days.at(ago)] and days.syncs[days.at(ago)]
    ]
    return tuple(_night(training, read, ago) for ago in kept if not missed[days.at(ago)])


def _night(training: Training, read: Nights, ago: int) -> Night:
    at, day, device = training.days.at(ago), training.date_of(ago), training.person.device
    pulse = float(np.rint(read.resting_bpm[at]))
    hrv = float(np.exp(read.hrv_ln[at]))
    if device == "polar":
        return Night(day, device, resting_hr_bpm=pulse)
    if device == "apple_health":
        return Night(day, device, hrv_sdnn_ms=round(SDNN_OVER_RMSSD * hrv, 1), resting_hr_bpm=pulse)
    return Night(
        day,
        device,
        hrv_rmssd_ms=float(round(hrv)),
        resting_hr_bpm=pulse,
        vo2max_ml_kg_min=round(float(read.vo2max[at]), 1),
        sleep_s=float(60 * round(60 * read.sleep_h[at])),
    )


def _read(training: Training) -> Nights:
    person, days = training.person, training.days
    chance = person.chance("nights")
    count = len(days.days)
    body, tired, hard = person.body, *_strain(training)
    shape = training.vdot / person.vdot - 1
    drift = HRV_DRIFT * np.sqrt(2 * DRIFT_TAU_D) * ewma(chance.normal(0, 1, count), DRIFT_TAU_D)
    hrv = PER_SHAPE * shape - PER_TIREDNESS * tired - PER_HARD_DAY * hard + days.hrv_ln
    pulse = -22 * shape + 1.6 * tired + 0.5 * hard + days.resting_bpm
    weekend = np.array([training.date_of(ago).weekday() >= 5 for ago in days.days])
    return Nights(
        hrv_ln=body.hrv_ln + hrv + drift + HRV_NOISE * _calm(chance.normal(0, 1, count)),
        resting_bpm=body.hr_rest_bpm + pulse - 8 * drift + 1.5 * _calm(chance.normal(0, 1, count)),
        sleep_h=body.sleep_h + days.sleep_h + 0.4 * weekend + 0.6 * _calm(chance.normal(0, 1, count)),
        vo2max=WATCH_BIAS * days.vo2max * (ewma(training.vdot - person.vdot, 12) + person.vdot)
        + 0.5 * ewma(chance.normal(0, 1, count), 6),
    )


def _strain(training: Training) -> tuple[Days, Days]:
    """Of each morning: how far fatigue is above fitness, and how hard yesterday was, as shares of the usual."""
    days = training.days
    loads = np.zeros(len(days.days))
    for done in training.done:
        loads[days.at(done.ago)] += done.session.load
    usual = np.maximum(fitness(loads), 15.0)
    tired = np.clip((fatigue(loads) - fitness(loads)) / usual, -1.0, 1.5)
    hard = np.clip(loads / usual - 1, -1.0, 2.0)
    return np.roll(tired, 1), np.roll(hard, 1)


def _calm(noise: Days) -> Days:
    """White noise without most of its own mean over the last seven days."""
    week = np.convolve(noise, np.full(7, 1 / 7))[: len(noise)]
    calmed: Days = noise - CALMED * week
    return calmed
