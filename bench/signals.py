"""Time to evaluate the signals of one athlete: `python -m bench.signals`.

Floor: an athlete without data, so every signal ends after its first check.
"""

from __future__ import annotations

import platform
from datetime import UTC, date, datetime, timedelta
from functools import partial

import numpy as np

from bench.load_series import measure_fastest_ms
from coaching.attention import (
    PersonalBest,
    ProfileFacts,
    RaceGoal,
    Run,
    SignalInputs,
    ThresholdSpeed,
    evaluate_signals,
)
from coaching.science.compliance import DoneActivity, PlannedSession, build_outcomes
from metrics.science.hrv import hrv_series
from metrics.science.load_series import load_series
from metrics.science.recovery import form_for_recovery, recovery_series
from metrics.science.resting_hr import resting_hr_series
from metrics.science.week import week_series

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = AS_OF.date()
BATCH_SIZE = 20
TARGET_MS = 1.0


def get_past_date(days: int) -> date:
    return TODAY - timedelta(days=days)


def build_athlete_inputs(strain: float) -> SignalInputs:
    """A year of training, a plan and a race. With `strain` 1 all is well; above 1, signals are active."""
    rng = np.random.default_rng(11)
    loads = np.where(np.arange(365) % 3 > 0, rng.gamma(9, 8, 365), 0.0)
    loads[-7:] *= strain
    bend = np.linspace(0, strain - 1, 14)
    ms, bpm = np.exp(rng.normal(4.1, 0.08, 120)), rng.normal(48, 1.5, 120)
    ms[-14:] *= np.exp(-0.4 * bend)
    bpm[-14:] += 8 * bend
    load, hrv, rhr = load_series(loads), hrv_series(ms), resting_hr_series(bpm)
    form = form_for_recovery(load)[-120:]
    recovery = recovery_series(hrv.acute_z, rhr.day_z, np.full(120, 7.0), form)
    runs = tuple(
        Run(
            get_past_date(day),
            9000.0 + 500 * (day % 9),
            z1_s=2400 / strain,
            zoned_s=3000,
            best_30min_ngs_mps=3.4,
        )
        for day in range(84, 0, -1)
        if day % 3
    )
    plan = [
        PlannedSession(f"s{day:03}", get_past_date(day), duration_s=3600, load=60, is_easy=day % 2 == 0)
        for day in range(56, -11, -1)
        if day % 3
    ]
    done = [
        DoneActivity(
            f"a{day:03}", get_past_date(day), duration_s=3600 / strain, load=60, above_z1_share=0.2 * strain
        )
        for day in range(56, 0, -1)
        if day % 3
    ]
    return SignalInputs(
        load=load,
        weeks=week_series(loads),
        rough_load=np.zeros(365),
        hrv=hrv,
        resting_hr=rhr,
        recovery=recovery,
        vo2max=np.linspace(52, 52 - 2 * (strain - 1), 90),
        vo2max_readings=np.linspace(52, 52 - 6 * (strain - 1), 90),
        vdot=np.full(90, 52.0),
        runs=runs,
        sessions=build_outcomes(plan, done),
        races=(RaceGoal(get_past_date(-9), 42195.0),),
        thresholds=(ThresholdSpeed(get_past_date(130 if strain > 1 else 30), 4.0),),
        personal_bests=(PersonalBest(get_past_date(2), "5 km", 1190.0),),
        profile=ProfileFacts(pace_on=get_past_date(30), timezone_confirmed=strain == 1, units_chosen=True),
        is_connected=True,
        last_sync_at=AS_OF - timedelta(hours=5 if strain == 1 else 80),
    )


def evaluate_batch(inputs: SignalInputs) -> None:
    for _ in range(BATCH_SIZE):
        evaluate_signals(inputs, AS_OF)


def main() -> None:
    print(
        f"{platform.machine()}, numpy {np.__version__}; ms per athlete, target {TARGET_MS} with all signals"
    )
    for name, inputs in (
        ("floor: no data", SignalInputs()),
        ("all is well", build_athlete_inputs(1.0)),
        ("many signals", build_athlete_inputs(2.0)),
    ):
        signals = evaluate_signals(inputs, AS_OF).active_signals
        athlete_ms = measure_fastest_ms(partial(evaluate_batch, inputs)) / BATCH_SIZE
        codes = " ".join(signal.code for signal in signals)
        print(f"{name:22s} {athlete_ms:6.3f} ms   {len(signals):2d} signals: {codes}")


if __name__ == "__main__":
    main()
