"""The temperature at the demo athletes' places: a cosine over the year. Pure."""

from __future__ import annotations

import math
from datetime import date

# Mean temperature (°C), half the difference between summer and winter (°C), warmest day of the year.
CLIMATE = {
    "Europe/Madrid": (15.0, 10.0, 205),
    "Europe/London": (11.0, 6.5, 205),
    "America/New_York": (12.5, 12.0, 203),
    "Asia/Tokyo": (16.0, 11.0, 215),
    "Australia/Lord_Howe": (19.0, 3.5, 35),
    "Africa/Nairobi": (18.0, 1.5, 60),
}
COMFORTABLE_C = 15.0
SPEED_LOSS_PER_C, HEART_RATE_RISE_PER_C = 0.0014, 0.45


def temperature_c(zone: str, day: date) -> float:
    """Return the usual temperature at the time of training, in °C."""
    mean, half, warmest = CLIMATE[zone]
    return mean + half * math.cos(2 * math.pi * (day.timetuple().tm_yday - warmest) / 365.25)


def heat_speed_loss(celsius: float) -> float:
    """Return the share of speed that is lost to heat."""
    return SPEED_LOSS_PER_C * max(0.0, celsius - COMFORTABLE_C)


def heat_heart_rate_rise(celsius: float) -> float:
    """Return the beats per minute that heat adds."""
    return HEART_RATE_RISE_PER_C * max(0.0, celsius - COMFORTABLE_C)
