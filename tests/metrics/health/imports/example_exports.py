"""Made-up exports in the formats of the services."""

from __future__ import annotations

from collections.abc import Iterable

INTERVALS_ICU = "date,weight,restingHR,hrv,hrvSDNN,sleepSecs,comments,vo2max,ctl"
HRV4TRAINING = "date, time, HR,AVNN,SDNN,rMSSD,HRV4T_Recovery_Points,training,note, vo2max "
WHOOP_CYCLES = (
    "Cycle start time,Cycle end time,Cycle timezone,Resting heart rate (bpm),Heart rate variability (ms),"
    "Wake onset,Asleep duration (min)"
)
WHOOP_SLEEPS = "Cycle start time,Cycle end time,Cycle timezone,Wake onset,Asleep duration (min),Nap"


def build_export(header: str, rows: Iterable[str], newline: str = "\n", start: str = "") -> bytes:
    return (start + newline.join([header, *rows]) + newline).encode()


def build_hrv4training_export(dates: Iterable[str], rmssd: float = 50.0) -> bytes:
    """An export with one measurement on each date. The dates are in the format of the app."""
    return build_export(
        HRV4TRAINING, [f"{day},07:00,50.0,1200.0,60.0,{rmssd},8.0,rest,,55.0," for day in dates]
    )
