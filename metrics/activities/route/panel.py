"""The route of an activity on its page, as this viewer may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from metrics.activities.route.colours import RouteColour, list_colours, name_colour
from metrics.activities.route.picture import RoutePicture, draw_route
from metrics.activities.route.projection import Tile, list_tiles
from metrics.activities.track_profile import ProfileAxis
from metrics.models import Activity
from metrics.recording import Samples
from metrics.science.intervals.clock import ClockRun


@dataclass(frozen=True, slots=True)
class MapTile:
    """A tile with its address."""

    url: str
    place: Tile


@dataclass(frozen=True, slots=True)
class RoutePanel:
    """`colours`: (name in the address, words). `hidden_m`: the radius that this viewer does not see."""

    picture: RoutePicture
    colour: RouteColour
    colours: Sequence[tuple[RouteColour, str]]
    tiles: Sequence[MapTile]
    attribution: str
    hidden_m: int


def build_route_panel(
    activity: Activity,
    samples: Samples,
    run: ClockRun,
    colour: RouteColour,
    by: ProfileAxis,
    units: str,
    *,
    own: bool,
) -> RoutePanel | None:
    """None without positions that this viewer may see. `own`: the athlete sees the whole route."""
    colours = list_colours(run)
    if not samples.has("latitude_deg") or not colours:
        return None
    radius_m = 0 if own else activity.athlete.privacy_radius_m
    chosen = colour if colour in colours else colours[0]
    sport = activity.activity_type
    picture = draw_route(samples, run, chosen, by, sport, units, radius_m)
    if picture is None:
        return None
    tiles = [
        MapTile(settings.MAP_TILES_URL.format(z=tile.zoom, x=tile.column, y=tile.row), tile)
        for tile in (list_tiles(picture.frame) if settings.MAP_TILES_URL else ())
    ]
    names = [(name, name_colour(name, sport)) for name in colours]
    return RoutePanel(picture, chosen, names, tiles, settings.MAP_ATTRIBUTION, radius_m)
