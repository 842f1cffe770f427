"""Web Mercator: positions as parts of the whole map, which is 1 wide and 1 high. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.recording import Column

MOST_LATITUDE_DEG = 85.05
PICTURE_WIDTH = 1000.0
HEIGHT_RANGE = (400.0, 1100.0)
MARGIN = 45.0
LEAST_SPAN = 2e-7  # of the map: about 8 m on the equator
TILE_PX = 256
MOST_ZOOM, MOST_TILES = 17, 30


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the map that a picture shows. `scale`: picture units in the width of the whole map."""

    left: float
    top: float
    scale: float
    height: float

    def place(self, x: Column, y: Column) -> tuple[Column, Column]:
        return (x - self.left) * self.scale, (y - self.top) * self.scale


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the background, and its place in the picture."""

    zoom: int
    column: int
    row: int
    x: float
    y: float
    size: float


def project_positions(latitude_deg: Column, longitude_deg: Column) -> tuple[Column, Column]:
    """A route over the date line stays in one piece."""
    longitude = np.unwrap(longitude_deg, period=360.0)
    latitude = np.radians(np.clip(latitude_deg, -MOST_LATITUDE_DEG, MOST_LATITUDE_DEG))
    x: Column = longitude / 360 + 0.5
    y: Column = 0.5 - np.log(np.tan(np.pi / 4 + latitude / 2)) / (2 * np.pi)
    return x, y


def fit_frame(x: Column, y: Column) -> Frame:
    """The frame around these places, which all are shown."""
    width, height = (max(float(np.ptp(values)), LEAST_SPAN) for values in (x, y))
    inner = PICTURE_WIDTH - 2 * MARGIN
    scale = min(inner / width, (HEIGHT_RANGE[1] - 2 * MARGIN) / height)
    picture_height = float(np.clip(height * scale + 2 * MARGIN, *HEIGHT_RANGE))
    middle_x, middle_y = (float(values.max() + values.min()) / 2 for values in (x, y))
    return Frame(
        middle_x - PICTURE_WIDTH / 2 / scale, middle_y - picture_height / 2 / scale, scale, picture_height
    )


def list_tiles(frame: Frame) -> list[Tile]:
    """The tiles under a picture: of the zoom whose tiles are nearest to their own size, but not too many."""
    zoom = int(np.clip(np.floor(np.log2(frame.scale / TILE_PX)), 0, MOST_ZOOM))
    tiles = _list_tiles_at(frame, zoom)
    while len(tiles) > MOST_TILES and zoom > 0:
        zoom -= 1
        tiles = _list_tiles_at(frame, zoom)
    return tiles


def _list_tiles_at(frame: Frame, zoom: int) -> list[Tile]:
    count = 2**zoom
    size = frame.scale / count
    columns = range(
        int(np.floor(frame.left * count)),
        int(np.floor((frame.left + PICTURE_WIDTH / frame.scale) * count)) + 1,
    )
    rows = range(
        max(int(np.floor(frame.top * count)), 0),
        min(int(np.floor((frame.top + frame.height / frame.scale) * count)) + 1, count),
    )
    return [
        Tile(
            zoom,
            column % count,
            row,
            round(column * size - frame.left * frame.scale, 2),
            round(row * size - frame.top * frame.scale, 2),
            round(size, 2),
        )
        for row in rows
        for column in columns
    ]
