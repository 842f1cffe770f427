"""Write a Recording as FIT, GPX or TCX, for example files, tests and exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from math import isfinite
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from metrics.files.fit.writer import encode_fit
from metrics.files.resampling import SPORTS_ON_FOOT
from metrics.recording import Lap, Recording

__all__ = ["encode_fit", "encode_gpx", "encode_tcx"]

GPX_TYPES = {"run": "running", "bike": "cycling", "swim": "swimming", "walk": "walking", "hike": "hiking"}
TCX_SPORTS = {"run": "Running", "bike": "Biking"}
TOTAL_TOLERANCE = 1.0

GPX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator=%s'
    ' xmlns="http://www.topografix.com/GPX/1/1"'
    ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n<trk>%s%s\n'
)
TCX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase'
    ' xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
    ' xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    "<Activities><Activity Sport=%s><Id>%s</Id>\n"
)


def encode_gpx(recording: Recording) -> bytes:
    """Encode a recording as GPX 1.1, with a new segment after each pause.

    GPX has no totals and no laps. Samples without a position are left out.
    Raises ValueError if no sample has a position.
    """
    places = np.flatnonzero(np.isfinite(recording.samples.latitude_deg))
    if not len(places):
        raise ValueError("GPX needs positions.")
    parts = [
        GPX_HEAD
        % (
            quoteattr(recording.device),
            _format_element("name", recording.name),
            _format_element("type", GPX_TYPES.get(recording.sport, "")),
        )
    ]
    for _, segment in groupby(places.tolist(), key=lambda place: _count_pauses_before(recording, place)):
        parts += ["<trkseg>\n", *(_format_gpx_point(recording, place) for place in segment), "</trkseg>\n"]
    return "".join([*parts, "</trk>\n</gpx>\n"]).encode()


def _format_gpx_point(recording: Recording, place: int) -> str:
    samples = recording.samples
    extension = _format_number("gpxtpx:hr", samples.heart_rate_bpm[place], 0)
    extension += _format_number("gpxtpx:cad", _one_leg_cadence(recording, place), 0)
    extension = extension and f"<gpxtpx:TrackPointExtension>{extension}</gpxtpx:TrackPointExtension>"
    extension += _format_number("power", samples.power_w[place], 0)
    return (
        f'<trkpt lat="{samples.latitude_deg[place]:.7f}" lon="{samples.longitude_deg[place]:.7f}">'
        + _format_number("ele", samples.altitude_m[place], 1)
        + f"<time>{_format_time(recording, samples.time_s[place])}</time>"
        + (extension and f"<extensions>{extension}</extensions>")
        + "</trkpt>\n"
    )


def encode_tcx(recording: Recording) -> bytes:
    """Encode a recording as TCX, with a new Track after each pause.

    Its laps are used if they add up to the totals; otherwise there is one lap. TCX has only the sports
    Running, Biking and Other.
    """
    sport = quoteattr(TCX_SPORTS.get(recording.sport, "Other"))
    parts = [TCX_HEAD % (sport, _format_time(recording, 0.0)), *_format_tcx_laps(recording)]
    if recording.device:
        parts.append(f'<Creator xsi:type="Device_t">{_format_element("Name", recording.device)}</Creator>\n')
    return "".join([*parts, "</Activity></Activities></TrainingCenterDatabase>\n"]).encode()


def _format_tcx_laps(recording: Recording) -> Iterator[str]:
    laps = _choose_laps(recording)
    starts = [lap.start_s for lap in laps]
    lap_of = np.searchsorted(starts, recording.samples.time_s, side="right") - 1
    for number, lap in enumerate(laps):
        places = np.flatnonzero(lap_of.clip(0) == number).tolist()
        yield f'<Lap StartTime="{_format_time(recording, lap.start_s)}">'
        yield _format_number("TotalTimeSeconds", lap.elapsed_s if lap.timer_s is None else lap.timer_s, 3)
        yield _format_number("DistanceMeters", lap.distance_m or 0.0, 2)
        yield _format_number("Calories", (recording.totals.calories_kcal or 0.0) if number == 0 else 0.0, 0)
        yield _format_heart_rate("AverageHeartRateBpm", lap.avg_hr_bpm)
        yield _format_heart_rate("MaximumHeartRateBpm", lap.max_hr_bpm)
        yield "<Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>\n"
        for _, track in groupby(places, key=lambda place: _count_pauses_before(recording, place)):
            yield "<Track>\n"
            yield from (_format_tcx_point(recording, place) for place in track)
            yield "</Track>\n"
        yield "</Lap>\n"


def _choose_laps(recording: Recording) -> tuple[Lap, ...]:
    totals = recording.totals
    timer_s = sum(lap.timer_s or 0.0 for lap in recording.laps)
    distance_m = sum(lap.distance_m or 0.0 for lap in recording.laps)
    same_time = abs(timer_s - totals.duration_s) <= TOTAL_TOLERANCE
    if recording.laps and same_time and abs(distance_m - (totals.distance_m or 0.0)) <= TOTAL_TOLERANCE:
        return recording.laps
    return (
        Lap(
            0.0,
            totals.elapsed_s,
            totals.duration_s,
            totals.distance_m,
            totals.avg_hr_bpm,
            totals.max_hr_bpm,
        ),
    )


def _format_tcx_point(recording: Recording, place: int) -> str:
    samples = recording.samples
    latitude, longitude = samples.latitude_deg[place], samples.longitude_deg[place]
    position = _format_number("LatitudeDegrees", latitude, 7) + _format_number(
        "LongitudeDegrees", longitude, 7
    )
    on_foot = recording.sport in SPORTS_ON_FOOT
    cadence = _one_leg_cadence(recording, place)
    extension = _format_number("x:Speed", samples.speed_mps[place], 3)
    extension += _format_number("x:RunCadence", cadence, 0) if on_foot else ""
    extension += _format_number("x:Watts", samples.power_w[place], 0)
    return (
        f"<Trackpoint><Time>{_format_time(recording, samples.time_s[place])}</Time>"
        + (position and f"<Position>{position}</Position>")
        + _format_number("AltitudeMeters", samples.altitude_m[place], 1)
        + _format_number("DistanceMeters", samples.distance_m[place], 2)
        + _format_heart_rate("HeartRateBpm", samples.heart_rate_bpm[place])
        + ("" if on_foot else _format_number("Cadence", cadence, 0))
        + (extension and f"<Extensions><x:TPX>{extension}</x:TPX></Extensions>")
        + "</Trackpoint>\n"
    )


def _count_pauses_before(recording: Recording, place: int) -> int:
    time_s = recording.samples.time_s[place]
    return sum(pause.end_s <= time_s for pause in recording.pauses)


def _one_leg_cadence(recording: Recording, place: int) -> float:
    """Cadence as the XML formats store it: on foot, that of one leg."""
    cadence = float(recording.samples.cadence_spm[place])
    return cadence / 2 if recording.sport in SPORTS_ON_FOOT else cadence


def _format_time(recording: Recording, time_s: float) -> str:
    moment: datetime = recording.started_at + timedelta(seconds=float(time_s))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _format_heart_rate(name: str, value: float | None) -> str:
    inside = "" if value is None else _format_number("Value", value, 0)
    return inside and f"<{name}>{inside}</{name}>"


def _format_number(name: str, value: float, digits: int) -> str:
    return f"<{name}>{value:.{digits}f}</{name}>" if isfinite(value) else ""


def _format_element(name: str, text: str) -> str:
    return text and f"<{name}>{escape(text)}</{name}>"
