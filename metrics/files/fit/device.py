"""Read a device's name, barometer and VO2max estimate from a FIT file."""

from __future__ import annotations

from .garmin_products import GARMIN_PRODUCTS
from .messages import VO2MAX_MESSAGE, FitFile
from .numbers import get_message_number

BAROMETER = 4
"""A device_info.device_type for source_type local (FIT profile, local_device_type)."""

VO2MAX_FIELD = 7
VO2MAX_PER_UNIT = 3.5 / 65_536
"""Garmin's message 140, field 7, in 1/65536 MET. Not in the profile; plausible in 20 real files."""

VO2MAX_RANGE_ML_KG_MIN = (20.0, 100.0)

_MAKERS = {
    "coros": "COROS",
    "wahoo_fitness": "Wahoo",
    "osynce": "o-synce",
    "tomtom": "TomTom",
    "sigmasport": "Sigma",
}


def read_device_name(file: FitFile) -> str:
    """Maker and model, such as "Garmin Forerunner 935". Parts that the file does not name are omitted."""
    file_id = file.first("file_id")
    maker, product, model = (file_id.get(key) for key in ("manufacturer", "product", "product_name"))
    if not isinstance(maker, str) or maker == "development":
        return model.strip() if isinstance(model, str) else ""
    name = _MAKERS.get(maker, maker.replace("_", " ").title())
    if not isinstance(model, str):
        model = GARMIN_PRODUCTS.get(product, "") if maker == "garmin" and isinstance(product, int) else ""
    model = model.strip()
    return model if model.lower().startswith(name.lower()) else f"{name} {model}".strip()


def read_altitude_source(file: FitFile) -> str:
    """ "barometric" if the device lists its own barometer; otherwise "" (unknown)."""
    has_barometer = any(
        info.get("source_type") == "local" and info.get("device_type") == BAROMETER
        for info in file.messages["device_info"]
    )
    return "barometric" if has_barometer else ""


def read_vo2max(file: FitFile) -> float | None:
    """The watch's VO2max estimate after the activity, ml/kg/min."""
    for message in file.messages[VO2MAX_MESSAGE]:
        raw = get_message_number(message, VO2MAX_FIELD)
        if (
            raw is not None
            and VO2MAX_RANGE_ML_KG_MIN[0] <= raw * VO2MAX_PER_UNIT <= VO2MAX_RANGE_ML_KG_MIN[1]
        ):
            return raw * VO2MAX_PER_UNIT
    return None
