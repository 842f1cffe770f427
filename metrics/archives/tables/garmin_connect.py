"""Read the CSV of the activity list of Garmin Connect. Its header and numbers are in the account's language.

It does not say its units. Distances are read as kilometres; those of pool swims are in metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from metrics.archives.items import ActivityDescription, ActivityEntry

from .activity_types import parse_activity_type
from .cell_dates import convert_to_utc, detect_day_first, parse_time
from .cell_values import parse_duration_s, parse_positive
from .csv_rows import CsvRow
from .header_columns import find_table_header, index_names
from .table_entry import TableEntry

REQUIRED = ("type", "date", "time", "distance", "calories")
FIELD_BY_NAME = index_names(
    {
        "type": ["Activity Type", "Aktivitätstyp", "Type d'activité", "Tipo de actividad", "Tipo di attività"]
        + ["Activiteittype", "Tipo de atividade", "Aktivitetstyp", "Aktivitetstype"],
        "date": ["Date", "Start", "Datum", "Fecha", "Data", "Dato"],
        "name": ["Title", "Activity Name", "Titel", "Aktivitätsname", "Titre", "Título", "Titolo", "Tittel"],
        "time": ["Time", "Zeit", "Durée", "Tiempo", "Tempo", "Tijd", "Tid"],
        "moving": ["Moving Time", "Zeit in Bewegung", "Temps de déplacement", "Tiempo en movimiento"],
        "elapsed": ["Elapsed Time", "Verstrichene Zeit", "Temps écoulé", "Tiempo transcurrido"],
        "distance": ["Distance", "Distanz", "Distancia", "Distanza", "Afstand", "Distância", "Distans"]
        + ["Distanse"],
        "gain": ["Total Ascent", "Elev Gain", "Positiver Höhenunterschied", "Anstieg gesamt"]
        + ["Ascension totale", "Ascenso total", "Ascesa totale"],
        "loss": ["Total Descent", "Elev Loss", "Negativer Höhenunterschied", "Abstieg gesamt"],
        "avg_hr": ["Avg HR", "Ø HF", "Durchschn. HF", "Ø Herzfrequenz", "Fréquence cardiaque moyenne"]
        + ["Frecuencia cardiaca media", "FC Media"],
        "max_hr": ["Max HR", "Max. HF", "Maximale HF", "Fréquence cardiaque maximale", "FC máxima"]
        + ["FC max"],
        "cadence": ["Avg Run Cadence", "Ø Schrittfrequenz (Laufen)", "Ø Schrittfrequenz"],
        "calories": ["Calories", "Kalorien", "Calorías", "Calorie", "Calorieën", "Calorias", "Kalorier"],
    }
)
FASTEST_MPS = 60.0


def read_garmin_connect_list(rows: Sequence[CsvRow], zone: tzinfo) -> list[TableEntry] | None:
    """The activities of the table. None if it is another one. Its times are local."""
    header = find_table_header(rows, FIELD_BY_NAME, REQUIRED)
    if header is None:
        return None
    place, columns = header
    is_day_first = detect_day_first(row.get(columns["date"]) for row in rows[place + 1 :])
    return [
        _read_row({name: row.get(column) for name, column in columns.items()}, row.line, zone, is_day_first)
        for row in rows[place + 1 :]
        if row.get(columns["type"])
    ]


def _read_row(cells: dict[str, str], line: int, zone: tzinfo, is_day_first: bool) -> TableEntry:
    sport, sub_type = parse_activity_type(cells["type"])
    description = ActivityDescription(
        name=cells.get("name", "")[:200], activity_type=sport, sub_type=sub_type
    )
    local = parse_time(cells["date"], zone, is_day_first=is_day_first)
    started_at = convert_to_utc(local) if local else None
    if started_at is None:
        return TableEntry(f"line {line}", None, description)
    duration_s = parse_duration_s(cells["time"]) or 0.0
    entry = ActivityEntry(
        started_at=started_at,
        duration_s=duration_s,
        elapsed_s=parse_duration_s(cells.get("elapsed", "")),
        moving_time_s=parse_duration_s(cells.get("moving", "")),
        distance_m=_read_distance(cells["distance"], duration_s),
        elevation_gain_m=parse_positive(cells.get("gain", "")),
        elevation_loss_m=parse_positive(cells.get("loss", "")),
        avg_hr_bpm=parse_positive(cells.get("avg_hr", "")),
        max_hr_bpm=parse_positive(cells.get("max_hr", "")),
        avg_cadence_spm=parse_positive(cells.get("cadence", "")),
        calories_kcal=parse_positive(cells["calories"]),
    )
    return TableEntry(f"line {line}", entry, description)


def _read_distance(text: str, duration_s: float) -> float | None:
    number = parse_positive(text)
    if number is None:
        return None
    return number if number * 1_000 > FASTEST_MPS * duration_s else number * 1_000
