"""The athletes of the demo. All names and stories are invented. Pure."""

from __future__ import annotations

from coaching.demo.kinds import BEGINNER, HALF, MARATHON, MASTERS, TEN_K, TRAIL, TRIATHLETE, Archetype
from coaching.demo.person import Person

ATHLETE = "athlete@demo.test"
F, M = "female", "male"
MAD, LON, NYC = "Europe/Madrid", "Europe/London", "America/New_York"
TYO, LHI, NBO = "Asia/Tokyo", "Australia/Lord_Howe", "Africa/Nairobi"
GARMIN, APPLE, POLAR, NONE = "garmin", "apple_health", "polar", ""


def _person(
    name: str,
    sex: str,
    age: int,
    zone: str,
    kind: Archetype,
    vdot: float,
    device: str = GARMIN,
    story: str = "usual",
    volume: float = 1.0,
    email: str = "",
) -> Person:
    address = email or f"{name.lower().replace(' ', '.')}@demo.test"
    return Person(address, name, sex, age, zone, kind, vdot, device, story, volume)


HARBOUR = (
    _person("Ada Quillfeather", F, 34, MAD, MARATHON, 51.0, GARMIN, "faithful", 1.0, ATHLETE),
    _person("Bruno Saltamar", M, 41, MAD, MARATHON, 54.0, GARMIN, "coming down with something"),
    _person("Chiyo Amanogawa", F, 29, TYO, MARATHON, 56.0, GARMIN, "steady"),
    _person("Dara Windlestone", F, 38, LON, HALF, 46.5, GARMIN, "worn out"),
    _person("Emeka Brightwater", M, 33, NBO, MARATHON, 60.0, GARMIN, "training camp"),
    _person("Farah Nightgarden", F, 27, MAD, TEN_K, 48.0, POLAR, "hot nights"),
    _person("Gustav Fjellhammer", M, 52, LON, MASTERS, 44.0),
    _person("Hina Takemori", F, 31, TYO, HALF, 49.0, APPLE, "steady"),
    _person("Iker Montealba", M, 36, MAD, HALF, 50.0, GARMIN, "one big Sunday"),
    _person("Jonas Kupferberg", M, 45, MAD, HALF, 45.0, GARMIN, "eager plan"),
    _person("Kamala Riverstone", F, 39, NYC, TEN_K, 43.0, GARMIN, "back at once"),
    _person("Leilani Moonreef", F, 42, LHI, TRAIL, 46.0, GARMIN, "a hard month"),
    _person("Mateo Ventoclaro", M, 30, MAD, TEN_K, 52.0, GARMIN, "every day the same"),
    _person("Nadia Silberlind", F, 35, MAD, HALF, 47.0, GARMIN, "vanished"),
    _person("Oskar Tannenweg", M, 48, LON, TEN_K, 42.0, GARMIN, "long gone"),
    _person("Priya Lotusfield", F, 28, NYC, TEN_K, 44.0, GARMIN, "skips the plan"),
    _person("Quentin Marble", M, 37, NYC, HALF, 48.5, GARMIN, "more than asked"),
    _person("Rosa Campolargo", F, 32, MAD, HALF, 46.0, GARMIN, "no easy day"),
    _person("Sipho Greenvalley", M, 44, NBO, MASTERS, 45.0, GARMIN, "fading"),
    _person("Tamar Cedarspring", F, 26, MAD, TEN_K, 50.0, GARMIN, "a hot week"),
    _person("Umberto Pietrafina", M, 55, MAD, MASTERS, 41.0, POLAR, "old test"),
    _person("Vera Ostrova", F, 33, MAD, MARATHON, 52.0, GARMIN, "no taper"),
    _person("Wanjiru Stillwater", F, 40, NBO, TEN_K, 40.0, APPLE, "too short"),
    _person("Ximena Altavista", F, 29, MAD, HALF, 47.5, GARMIN, "silent watch"),
    _person("Yusuf Palmcourt", M, 46, NYC, TEN_K, 43.5, GARMIN, "lost watch"),
    _person("Zofia Amberfield", F, 37, MAD, HALF, 45.5, GARMIN, "bare wrist"),
    _person("Arlo Nobody-Yet", M, 24, MAD, BEGINNER, 34.0, NONE, "stranger", email="arlo@demo.test"),
    _person("Bianca Torrechica", F, 31, MAD, TEN_K, 45.0, GARMIN, "between towers"),
    _person("Cato Swiftlake", M, 22, LON, TEN_K, 55.0, GARMIN, "breakthrough"),
    _person("Delphine Orchardson", F, 43, LON, MASTERS, 42.5, GARMIN, "recovered"),
    _person("Elio Quietwave", M, 39, MAD, MARATHON, 50.0, GARMIN, "injured"),
    _person("Freya Cloudberry", F, 34, LON, HALF, 46.0, GARMIN, "returning"),
    _person("Goro Stonebridge", M, 50, TYO, MASTERS, 43.0, GARMIN, "steady"),
    _person("Halima Sunharbour", F, 28, NBO, MARATHON, 57.0, GARMIN, "steady"),
    _person("Inés Marbrava", F, 36, MAD, TRIATHLETE, 47.0, GARMIN, "usual", email="ines.marbrava@demo.test"),
    _person("Jamal Copperfieldson", M, 32, NYC, TRIATHLETE, 49.0, GARMIN, "taper"),
    _person("Keiko Snowlantern", F, 25, TYO, TEN_K, 51.0, APPLE),
    _person("Lorenzo Vallescura", M, 47, MAD, TRAIL, 45.0),
    _person("Mirembe Tallgrass", F, 30, NBO, BEGINNER, 36.0, APPLE, "steady"),
    _person("Nils Havsbris", M, 29, MAD, BEGINNER, 37.0, GARMIN, "newcomer"),
    _person("Olive Thornapple", F, 45, LON, BEGINNER, 33.0, POLAR),
    _person("Pavel Morningside", M, 38, MAD, TRIATHLETE, 50.0, GARMIN, "on holiday"),
)

LANTERN = (
    _person("Aiko Paperbridge", F, 33, TYO, MARATHON, 53.0, GARMIN, "steady"),
    _person("Barnaby Oakenshaw", M, 51, LON, MASTERS, 42.0),
    _person("Celeste Duskwood", F, 27, NYC, HALF, 48.0, GARMIN, "steady"),
    _person("Dmitri Greywillow", M, 35, LHI, HALF, 49.0, GARMIN, "ill in bed"),
    _person("Esi Goldcoastal", F, 31, NBO, TEN_K, 47.0, APPLE),
    _person("Fumio Rainford", M, 58, TYO, MASTERS, 39.0, POLAR),
    _person("Greta Lindenhof", F, 40, LHI, TRAIL, 46.0),
    _person("Haruto Sakamichi", M, 24, TYO, TEN_K, 57.0, GARMIN, "after the race"),
    _person("Isla Ravenscove", F, 36, LHI, TRIATHLETE, 46.5),
    _person("Joaquin Piedrasola", M, 43, NYC, MARATHON, 49.0, GARMIN, "a hard month"),
    _person("Kofi Elmsgate", M, 29, NYC, TEN_K, 50.0),
    _person("Lucia Brisafria", F, 34, LHI, HALF, 45.0, APPLE),
    _person("Mei Lanternwick", F, 26, TYO, HALF, 51.0, GARMIN, "eager plan"),
    _person("Noah Driftmoor", M, 38, NYC, BEGINNER, 35.0),
    _person("Oluchi Starling", F, 41, LON, MASTERS, 41.0, GARMIN, "worn out"),
    _person("Piotr Farnwald", M, 33, LHI, TRAIL, 50.0),
    _person("Rin Hoshizora", F, 30, TYO, MARATHON, 55.0, GARMIN, "taper"),
    _person("Soren Highmeadow", M, 49, LHI, MASTERS, 44.0, GARMIN, "old test"),
    _person("Talia Crestwell", F, 28, NYC, TRIATHLETE, 48.0),
    _person("Umi Driftglass", F, 23, TYO, TEN_K, 49.0, GARMIN, "skips the plan"),
    _person("Viggo Steinbeckon", M, 37, LHI, HALF, 47.0, GARMIN, "vanished"),
    _person("Wren Applethwaite", F, 44, NYC, BEGINNER, 34.0, APPLE),
    _person("Yara Bluefern", F, 32, NBO, HALF, 46.0, GARMIN, "injured"),
    _person("Zane Hollowbrook", M, 35, LHI, TEN_K, 48.0),
)
# Head coach of the Lantern club and athlete of the Harbour club.
LANTERN_HEAD = _person("Marisol Puentealto", F, 46, NYC, MASTERS, 44.0)
IN_BOTH = "aiko.paperbridge@demo.test"
PEOPLE = (*HARBOUR, *LANTERN, LANTERN_HEAD)
