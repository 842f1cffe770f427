"""The athletes of the demo club. Every name and every scenario is made up. Pure."""

from __future__ import annotations

from coaching.demo.people.archetypes import (
    BEGINNER,
    HALF,
    MARATHON,
    MASTERS,
    TEN_K,
    TRAIL,
    TRIATHLETE,
    Archetype,
)
from coaching.demo.people.athlete import SimulatedAthlete

ATHLETE_EMAIL = "athlete@demo.test"
FEMALE, MALE = "female", "male"
MADRID, LONDON, NEW_YORK = "Europe/Madrid", "Europe/London", "America/New_York"
TOKYO, LORD_HOWE, NAIROBI = "Asia/Tokyo", "Australia/Lord_Howe", "Africa/Nairobi"
GARMIN, APPLE, POLAR, NO_DEVICE = "garmin", "apple_health", "polar", ""


def _build_athlete(
    name: str,
    sex: str,
    age: int,
    zone: str,
    kind: Archetype,
    vdot: float,
    device: str = GARMIN,
    scenario_name: str = "usual",
    volume: float = 1.0,
    email: str = "",
) -> SimulatedAthlete:
    address = email or f"{name.lower().replace(' ', '.')}@demo.test"
    return SimulatedAthlete(address, name, sex, age, zone, kind, vdot, device, scenario_name, volume)


HARBOUR_ATHLETES = (
    _build_athlete(
        "Ada Quillfeather", FEMALE, 34, MADRID, MARATHON, 51.0, GARMIN, "faithful", 1.0, ATHLETE_EMAIL
    ),
    _build_athlete("Bruno Saltamar", MALE, 41, MADRID, MARATHON, 54.0, GARMIN, "coming down with something"),
    _build_athlete("Chiyo Amanogawa", FEMALE, 29, TOKYO, MARATHON, 56.0, GARMIN, "steady"),
    _build_athlete("Dara Windlestone", FEMALE, 38, LONDON, HALF, 46.5, GARMIN, "worn out"),
    _build_athlete("Emeka Brightwater", MALE, 33, NAIROBI, MARATHON, 60.0, GARMIN, "training camp"),
    _build_athlete("Farah Nightgarden", FEMALE, 27, MADRID, TEN_K, 48.0, POLAR, "hot nights"),
    _build_athlete("Gustav Fjellhammer", MALE, 52, LONDON, MASTERS, 44.0),
    _build_athlete("Hina Takemori", FEMALE, 31, TOKYO, HALF, 49.0, APPLE, "steady"),
    _build_athlete("Iker Montealba", MALE, 36, MADRID, HALF, 50.0, GARMIN, "one big Sunday"),
    _build_athlete("Jonas Kupferberg", MALE, 45, MADRID, HALF, 45.0, GARMIN, "eager plan"),
    _build_athlete("Kamala Riverstone", FEMALE, 39, NEW_YORK, TEN_K, 43.0, GARMIN, "back at once"),
    _build_athlete("Leilani Moonreef", FEMALE, 42, LORD_HOWE, TRAIL, 46.0, GARMIN, "a hard month"),
    _build_athlete("Mateo Ventoclaro", MALE, 30, MADRID, TEN_K, 52.0, GARMIN, "every day the same"),
    _build_athlete("Nadia Silberlind", FEMALE, 35, MADRID, HALF, 47.0, GARMIN, "vanished"),
    _build_athlete("Oskar Tannenweg", MALE, 48, LONDON, TEN_K, 42.0, GARMIN, "long gone"),
    _build_athlete("Priya Lotusfield", FEMALE, 28, NEW_YORK, TEN_K, 44.0, GARMIN, "skips the plan"),
    _build_athlete("Quentin Marble", MALE, 37, NEW_YORK, HALF, 48.5, GARMIN, "more than asked"),
    _build_athlete("Rosa Campolargo", FEMALE, 32, MADRID, HALF, 46.0, GARMIN, "no easy day"),
    _build_athlete("Sipho Greenvalley", MALE, 44, NAIROBI, MASTERS, 45.0, GARMIN, "fading"),
    _build_athlete("Tamar Cedarspring", FEMALE, 26, MADRID, TEN_K, 50.0, GARMIN, "a hot week"),
    _build_athlete("Umberto Pietrafina", MALE, 55, MADRID, MASTERS, 41.0, POLAR, "old test"),
    _build_athlete("Vera Ostrova", FEMALE, 33, MADRID, MARATHON, 52.0, GARMIN, "no taper"),
    _build_athlete("Wanjiru Stillwater", FEMALE, 40, NAIROBI, TEN_K, 40.0, APPLE, "too short"),
    _build_athlete("Ximena Altavista", FEMALE, 29, MADRID, HALF, 47.5, GARMIN, "silent watch"),
    _build_athlete("Yusuf Palmcourt", MALE, 46, NEW_YORK, TEN_K, 43.5, GARMIN, "lost watch"),
    _build_athlete("Zofia Amberfield", FEMALE, 37, MADRID, HALF, 45.5, GARMIN, "bare wrist"),
    _build_athlete(
        "Arlo Nobody-Yet", MALE, 24, MADRID, BEGINNER, 34.0, NO_DEVICE, "stranger", email="arlo@demo.test"
    ),
    _build_athlete("Bianca Torrechica", FEMALE, 31, MADRID, TEN_K, 45.0, GARMIN, "between towers"),
    _build_athlete("Cato Swiftlake", MALE, 22, LONDON, TEN_K, 55.0, GARMIN, "breakthrough"),
    _build_athlete("Delphine Orchardson", FEMALE, 43, LONDON, MASTERS, 42.5, GARMIN, "recovered"),
    _build_athlete("Elio Quietwave", MALE, 39, MADRID, MARATHON, 50.0, GARMIN, "injured"),
    _build_athlete("Freya Cloudberry", FEMALE, 34, LONDON, HALF, 46.0, GARMIN, "returning"),
    _build_athlete("Goro Stonebridge", MALE, 50, TOKYO, MASTERS, 43.0, GARMIN, "steady"),
    _build_athlete("Halima Sunharbour", FEMALE, 28, NAIROBI, MARATHON, 57.0, GARMIN, "steady"),
    _build_athlete(
        "Inés Marbrava",
        FEMALE,
        36,
        MADRID,
        TRIATHLETE,
        47.0,
        GARMIN,
        "usual",
        email="ines.marbrava@demo.test",
    ),
    _build_athlete("Jamal Copperfieldson", MALE, 32, NEW_YORK, TRIATHLETE, 49.0, GARMIN, "taper"),
    _build_athlete("Keiko Snowlantern", FEMALE, 25, TOKYO, TEN_K, 51.0, APPLE),
    _build_athlete("Lorenzo Vallescura", MALE, 47, MADRID, TRAIL, 45.0),
    _build_athlete("Mirembe Tallgrass", FEMALE, 30, NAIROBI, BEGINNER, 36.0, APPLE, "steady"),
    _build_athlete("Nils Havsbris", MALE, 29, MADRID, BEGINNER, 37.0, GARMIN, "newcomer"),
    _build_athlete("Olive Thornapple", FEMALE, 45, LONDON, BEGINNER, 33.0, POLAR),
    _build_athlete("Pavel Morningside", MALE, 38, MADRID, TRIATHLETE, 50.0, GARMIN, "on holiday"),
)

LANTERN_ATHLETES = (
    _build_athlete("Aiko Paperbridge", FEMALE, 33, TOKYO, MARATHON, 53.0, GARMIN, "steady"),
    _build_athlete("Barnaby Oakenshaw", MALE, 51, LONDON, MASTERS, 42.0),
    _build_athlete("Celeste Duskwood", FEMALE, 27, NEW_YORK, HALF, 48.0, GARMIN, "steady"),
    _build_athlete("Dmitri Greywillow", MALE, 35, LORD_HOWE, HALF, 49.0, GARMIN, "ill in bed"),
    _build_athlete("Esi Goldcoastal", FEMALE, 31, NAIROBI, TEN_K, 47.0, APPLE),
    _build_athlete("Fumio Rainford", MALE, 58, TOKYO, MASTERS, 39.0, POLAR),
    _build_athlete("Greta Lindenhof", FEMALE, 40, LORD_HOWE, TRAIL, 46.0),
    _build_athlete("Haruto Sakamichi", MALE, 24, TOKYO, TEN_K, 57.0, GARMIN, "after the race"),
    _build_athlete("Isla Ravenscove", FEMALE, 36, LORD_HOWE, TRIATHLETE, 46.5),
    _build_athlete("Joaquin Piedrasola", MALE, 43, NEW_YORK, MARATHON, 49.0, GARMIN, "a hard month"),
    _build_athlete("Kofi Elmsgate", MALE, 29, NEW_YORK, TEN_K, 50.0),
    _build_athlete("Lucia Brisafria", FEMALE, 34, LORD_HOWE, HALF, 45.0, APPLE),
    _build_athlete("Mei Lanternwick", FEMALE, 26, TOKYO, HALF, 51.0, GARMIN, "eager plan"),
    _build_athlete("Noah Driftmoor", MALE, 38, NEW_YORK, BEGINNER, 35.0),
    _build_athlete("Oluchi Starling", FEMALE, 41, LONDON, MASTERS, 41.0, GARMIN, "worn out"),
    _build_athlete("Piotr Farnwald", MALE, 33, LORD_HOWE, TRAIL, 50.0),
    _build_athlete("Rin Hoshizora", FEMALE, 30, TOKYO, MARATHON, 55.0, GARMIN, "taper"),
    _build_athlete("Soren Highmeadow", MALE, 49, LORD_HOWE, MASTERS, 44.0, GARMIN, "old test"),
    _build_athlete("Talia Crestwell", FEMALE, 28, NEW_YORK, TRIATHLETE, 48.0),
    _build_athlete("Umi Driftglass", FEMALE, 23, TOKYO, TEN_K, 49.0, GARMIN, "skips the plan"),
    _build_athlete("Viggo Steinbeckon", MALE, 37, LORD_HOWE, HALF, 47.0, GARMIN, "vanished"),
    _build_athlete("Wren Applethwaite", FEMALE, 44, NEW_YORK, BEGINNER, 34.0, APPLE),
    _build_athlete("Yara Bluefern", FEMALE, 32, NAIROBI, HALF, 46.0, GARMIN, "injured"),
    _build_athlete("Zane Hollowbrook", MALE, 35, LORD_HOWE, TEN_K, 48.0),
)
# She is head coach of the Lantern club and an athlete of the Harbour club.
LANTERN_HEAD_COACH = _build_athlete("Marisol Puentealto", FEMALE, 46, NEW_YORK, MASTERS, 44.0)
EMAIL_IN_BOTH_ORGANIZATIONS = "aiko.paperbridge@demo.test"
PEOPLE = (*HARBOUR_ATHLETES, *LANTERN_ATHLETES, LANTERN_HEAD_COACH)
