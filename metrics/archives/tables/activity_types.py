"""The sport and its kind from the names that services use, in many languages."""

from __future__ import annotations

import re

OTHER_SPORT = "workout"

_SPORT_NAMES = {
    OTHER_SPORT: (  # these contain the word of another sport
        r"horse|reiten|équitation|snow|ski|skate|langlauf|eislauf|wheelchair|silla de ruedas|fauteuil"
        r"|handcycle|ellipti|crosstrainer|stride|aqua ?jog"
    ),
    "hike": (
        r"hik|rucking|wander|randonn|senderis|escursion|vandr|fottur|wędr|trilha|vaell"
        r"|ハイキング|ハイク|登山|徒步|하이킹"
    ),
    "swim": (
        r"swim|schwimm|natati|natación|natação|nuoto|zwem|simn|simm|svøm|pływ|\buin|yüz"
        r"|スイム|水泳|游泳|수영"
    ),
    "run": (
        r"\brun|run\b|runn|jog|treadmill|lauf|course|footing|carrera|correr|corrida|corsa|hardlo|løb|løp|löp"
        r"|bieg|juoks|koşu|běh|ラン|跑|달리기|러닝"
    ),
    "bike": (
        r"bik|cycl|\bride|ride\b|radfahr|radtour|fahrrad|fahrt|velo|vélo|ciclis|bici|pedala|fiets|cykel|cykl"
        r"|sykl|sykkel|rower|kolarst|btt|vtt|mtb|pyörä|bisiklet|サイクリング|ライド|自転車|骑|騎|자전거|라이딩"
    ),
    "walk": (
        r"walk|gehen|spazier|march|caminata|caminar|andar|camminata|passeggiata|wandel|promenad|gåtur|gang"
        r"|spacer|caminhada|kävel|yürü|散歩|ウォー|步行|健走|걷기"
    ),
}
"""In the order in which they are tried: the German word for a hike, Wanderung, contains “run”."""

_SPORT_PATTERNS = tuple((sport, re.compile(pattern)) for sport, pattern in _SPORT_NAMES.items())

_SUB_TYPES = {
    "run": (
        (
            "treadmill",
            r"treadmill|laufband|tapis|cinta|loopband|løbebånd|tredemølle|löpband|bieżni|esteira|跑步机",
        ),
        ("indoor_running", r"indoor"),
        ("virtual_activity", r"virtu|wirtual|バーチャル|虚拟|虛擬|가상"),
        ("trail", r"trail|gelände|montaña|sentier|terräng|terreng|trilha|przełaj|トレイル|越野|트레일"),
        ("track", r"track|bahn"),
        ("street", r"street|road"),
        ("ultra", r"ultra"),
        ("obstacle", r"obstacle|hindernis"),
    ),
    "bike": (
        ("virtual_activity", r"virtu|wirtual|バーチャル|虚拟|虛擬|가상"),
        ("e_bike_fitness", r"\be[- ]?bike|ebike|e-rad|vae|électrique|eléctric|elettric|elbike"),
        ("mountain", r"mountain|mtb|vtt|btt|montaña|górsk|terreng|terräng|マウンテン|山地"),
        ("gravel_cycling", r"gravel|グラベル|砾石"),
        ("indoor_cycling", r"indoor|spin|trainer|rolle"),
        ("cyclocross", r"cyclocross|cyclo-cross"),
        ("road", r"road|rennrad"),
    ),
    "swim": (
        ("lap_swimming", r"lap|pool|piscin|becken|bahn"),
        ("open_water", r"open|freiwasser|eau libre|aguas abiertas|acque libere"),
    ),
    "walk": (("treadmill", r"treadmill|laufband|indoor"),),
    "hike": (),
}
_SUB_TYPE_PATTERNS = {
    sport: tuple((name, re.compile(pattern)) for name, pattern in sub_types)
    for sport, sub_types in _SUB_TYPES.items()
}
MAX_SUB_TYPE_LETTERS = 40


def parse_activity_type(name: str) -> tuple[str, str]:
    """Astral's sport and the sub type, in the words of FIT: “Trail Run” gives (run, trail).

    Unknown names give `workout` with the name itself. An empty name gives ("", ""): nothing is said.
    """
    lowered = re.sub(r"[_\s]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip())).casefold()
    if not lowered:
        return "", ""
    sport = next((sport for sport, pattern in _SPORT_PATTERNS if pattern.search(lowered)), OTHER_SPORT)
    if sport == OTHER_SPORT:
        return sport, name_sub_type(lowered)
    patterns = _SUB_TYPE_PATTERNS[sport]
    return sport, next((sub_type for sub_type, pattern in patterns if pattern.search(lowered)), "")


def name_sub_type(lowered: str) -> str:
    """A sport that Astral does not know, in the style of FIT. "" for names without Latin letters."""
    words = re.findall(r"[a-z0-9]+", lowered) if lowered.isascii() else []
    sub_type = "_".join(words)
    return "" if sub_type == OTHER_SPORT else sub_type[:MAX_SUB_TYPE_LETTERS]
