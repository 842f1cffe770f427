"""Made-up exports of Apple Health, small and large. Equal arguments give equal bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

DTD = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type CDATA #REQUIRED
  device CDATA #IMPLIED
>
]>
"""
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = '<HealthData locale="en_GB">\n <ExportDate value="2026-06-10 12:00:00 +0100"/>\n'
END = "</HealthData>\n"
WATCH = (
    'sourceName="Ada’s Apple Watch" sourceVersion="10.1" device="&lt;&lt;HKDevice: 0x28&gt;, name:'
    'Apple Watch, manufacturer:Apple, model:Watch, hardware:Watch6,2&gt;"'
)
PHONE = 'sourceName="Ada’s iPhone" sourceVersion="17.1"'
APP = 'sourceName="Scales" sourceVersion="3"'
FIRST_DAY = datetime(2016, 6, 1, tzinfo=UTC)


def build_record(
    kind: str, value: object, start: str, end: str = "", unit: str = "count/min", source: str = WATCH
) -> str:
    """A record of a kind without its prefix: `RestingHeartRate`. `start` is 2026-06-01 07:00:00 +0000."""
    return (
        f' <Record type="HKQuantityTypeIdentifier{kind}" {source} unit="{unit}" creationDate="{start}"'
        f' startDate="{start}" endDate="{end or start}" value="{value}"/>\n'
    )


def build_sleep(stage: str, start: str, end: str, source: str = WATCH) -> str:
    """`stage` is AsleepCore, InBed, Awake, …"""
    return (
        f' <Record type="HKCategoryTypeIdentifierSleepAnalysis" {source} creationDate="{end}"'
        f' startDate="{start}" endDate="{end}" value="HKCategoryValueSleepAnalysis{stage}"/>\n'
    )


def build_workout(
    kind: str, start: str, end: str, inside: str = "", attributes: str = "", source: str = WATCH
) -> str:
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityType{kind}" {attributes} {source}'
        f' creationDate="{end}" startDate="{start}" endDate="{end}">\n{inside} </Workout>\n'
    )


def build_export(*elements: str, dtd: str = DTD) -> bytes:
    return "".join([HEAD, dtd, ROOT, *elements, END]).encode()


def build_route(start: datetime, seconds: int, speed_mps: float = 3.0) -> bytes:
    """A route as Apple writes it: one point a second along a meridian."""
    points = (
        f'<trkpt lon="10.000000" lat="{50 + second * speed_mps / 111_195:.6f}"><ele>100.0</ele>'
        f"<time>{start + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}</time><extensions>"
        f"<speed>{speed_mps:.6f}</speed><course>0.0</course><hAcc>2.0</hAcc><vAcc>2.0</vAcc></extensions></trkpt>"
        for second in range(seconds + 1)
    )
    head = f'{HEAD}<gpx version="1.1" creator="Apple Health Export">\n<trk><trkseg>'
    return "\n".join([head, *points, "</trkseg></trk></gpx>\n"]).encode()


def format_moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} +0000"


def write_large_export(path: Path, size_bytes: int) -> int:
    """Write at least `size_bytes`: years of days with all kinds of records. Returns the number of days."""
    days = 0
    with path.open("wb") as file:
        file.write((HEAD + DTD + ROOT).encode())
        while file.tell() < size_bytes:
            for text in _list_day(FIRST_DAY + timedelta(days=days)):
                file.write(text.encode())
            days += 1
        file.write(END.encode())
    return days


def _list_day(midnight: datetime) -> Iterator[str]:
    """About 700 kB: 250 steps and energies of two sources, heart rates, a night, and a run at 17:00."""

    def at(minutes: float) -> str:
        return format_moment(midnight + timedelta(minutes=minutes))

    for minute in range(360, 1_320, 4):
        for source in (WATCH, PHONE):
            yield build_record("StepCount", 87, at(minute), at(minute + 4), "count", source)
        yield build_record("ActiveEnergyBurned", 2.5, at(minute), at(minute + 4), "Cal")
        yield build_record("DistanceWalkingRunning", 0.07, at(minute), at(minute + 4), "km")
    for minute in range(0, 1_440, 5):
        yield build_record("HeartRate", 50 + minute % 40, at(minute))
    for second in range(0, 2_700, 5):
        yield build_record("HeartRate", 130 + second // 100, at(1_020 + second / 60))
    for minute in range(30, 400, 30):
        yield build_record("HeartRateVariabilitySDNN", 40 + minute / 10, at(minute), "", "ms")
        yield build_sleep("AsleepCore", at(minute), at(minute + 28))
    yield build_record("RestingHeartRate", 48, at(0), at(1_000))
    yield build_record("VO2Max", 52.5, at(1_070), "", "mL/min·kg")
    yield build_record("BodyMass", 154.5, at(420), "", "lb", APP)
    inside = (
        '  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="8.1" unit="km"/>\n'
        '  <WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="145" maximum="156"'
        ' unit="count/min"/>\n'
    )
    yield build_workout("Running", at(1_020), at(1_065), inside, 'duration="45" durationUnit="min"')
