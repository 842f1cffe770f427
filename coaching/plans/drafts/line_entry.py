"""Read a session from one line, as coaches write it. Pure.

    60 min easy                       8 km Z2               rest
    15' + 6×1 km Z4 90s + 10'         3×(4×400 m Z5 60s) 3' + 2 km
    Long run: 24 km easy; flat        bike 90 min           10 km @4:30/km key

title: sport parts; instructions. Parts are joined by +. A part is a length with an intensity; N× repeats it,
and a second length is the pause after each repetition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from coaching.plans.drafts.draft import DraftContent
from coaching.plans.drafts.line_tokens import LineError, Token, split_into_tokens

LONGEST_LINE, LONGEST_TITLE = 300, 120
TITLE = re.compile(r"(?P<title>[^;:]{1,120}):\s+")
SPORTS = {
    **dict.fromkeys(("run", "running"), "run"),
    **dict.fromkeys(("bike", "ride", "cycle", "cycling"), "bike"),
    **dict.fromkeys(("swim", "swimming"), "swim"),
    **dict.fromkeys(("walk", "walking"), "walk"),
    **dict.fromkeys(("hike", "hiking"), "hike"),
    **dict.fromkeys(("workout", "gym", "strength", "core", "yoga"), "workout"),
}
REST_LINES = ("rest", "off", "rest day", "day off", "-", "–")
ZONES = {
    **dict.fromkeys(("easy", "jog", "jogging", "relaxed"), 1),
    **dict.fromkeys(("steady", "moderate", "marathon"), 2),
    **dict.fromkeys(("tempo", "threshold"), 3),
    **dict.fromkeys(("hard", "interval", "intervals", "fast"), 4),
    **dict.fromkeys(("sprint", "sprints", "strides", "all-out"), 5),
}
PAUSES = {"rest": "rest", "stand": "rest", "standing": "rest", "recovery": "recovery", "rec": "recovery"}
FILLERS = ("at", "in", "with", "of", "pace", "r", "and", "then", "a", "float")
KEY_WORDS = ("key",)
TARGETS = ("zone", "pace", "heart_rate", "effort")
LENGTHS = ("duration", "distance")
EXAMPLE = "such as 60 min easy, 8 km Z2 or 15' + 6×1 km Z4 90s + 10'"


def parse_line(text: str) -> DraftContent:
    """Read one line. Raises LineError with a sentence for the person who typed it.

    A session of one part has a length and a zone. One of several parts has steps: its length is theirs, and
    `duration_s` and `distance_m` are None.
    """
    if len(text) > LONGEST_LINE:
        raise LineError(f"Write at most {LONGEST_LINE} characters.", LONGEST_LINE)
    asked, _, instructions = text.partition(";")
    if asked.strip().lower() in REST_LINES:
        return DraftContent(sport="rest", description=instructions.strip())
    title, start = _split_title(asked)
    return _LineReader(list(split_into_tokens(asked, start)), title).read(instructions.strip())


def parse_steps(text: str) -> list[dict[str, Any]]:
    """The steps of a line, also of one part. Raises LineError; a title, a sport and words are no steps."""
    content = parse_line(text)
    if content != DraftContent(
        duration_s=content.duration_s, distance_m=content.distance_m, zone=content.zone, steps=content.steps
    ):
        raise LineError("Write only the steps here. Title, sport, load and words have their own fields.", 0)
    if content.steps:
        return list(content.steps)
    lengths = {"duration": content.duration_s, "distance": content.distance_m}
    given = {name: length for name, length in lengths.items() if length}
    if len(given) > 1:
        raise LineError("Give each part of a session one length.", 0)
    return [{"kind": "work", **given, "target": {"zone": content.zone} if content.zone else None}]


def parse_length(text: str, kind: str) -> float:
    """Seconds or metres of a text such as 1h30. `kind`: duration or distance. Raises LineError."""
    tokens = list(split_into_tokens(text, 0))
    if [token.kind for token in tokens] != [kind]:
        examples = {"duration": "60 min or 1h30", "distance": "8 km or 400 m"}
        raise LineError(f"Write {examples[kind]}.", 0)
    return float(tokens[0].value)


def _split_title(text: str) -> tuple[str, int]:
    """A title before a colon, and where the rest begins."""
    found = TITLE.match(text)
    return (found["title"].strip(), found.end()) if found else ("", 0)


@dataclass(slots=True)
class _Part:
    """A length with an intensity, or parts in brackets; `pause` follows each repetition."""

    times: int = 1
    lengths: dict[str, float] = field(default_factory=dict)
    parts: list[_Part] = field(default_factory=list)
    target: dict[str, Any] | None = None
    pause: dict[str, Any] | None = None


class _LineReader:
    def __init__(self, tokens: Sequence[Token], title: str) -> None:
        self.tokens, self.at = list(tokens), 0
        self.title, self.sport, self.is_key = title, "run", False
        self.load: float | None = None
        self.zone: int | None = None  # of a word before the first length

    def read(self, instructions: str) -> DraftContent:
        self._read_beginning()
        parts = self._read_parts(depth=0)
        if self.at < len(self.tokens):
            raise LineError("There is a ) too many.", self.tokens[self.at].place)
        content = _build_content(parts, self.zone)
        return DraftContent(
            self.sport, self.title, instructions, load=self.load, is_key=self.is_key, **content
        )

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _take(self, *kinds: str) -> Token | None:
        token = self._peek()
        if token is None or token.kind not in kinds:
            return None
        self.at += 1
        return token

    def _read_beginning(self) -> None:
        """Words before the first length: the sport, an intensity, or else a title."""
        words: list[Token] = []
        while token := self._take("word", "mark"):
            words.append(token)
        unknown = [token for token in words if not self._apply_word(token)]
        if unknown and not self.title:
            if self._peek() is None:
                raise LineError(f"Say how long or how far, {EXAMPLE}.", unknown[0].place)
            self.title = " ".join(token.text for token in words if token.kind == "word")[:LONGEST_TITLE]

    def _apply_word(self, token: Token) -> bool:
        word = token.value
        if word in KEY_WORDS or token.kind == "mark":
            self.is_key = True
        elif word in SPORTS:
            self.sport = SPORTS[word]
        elif word in ZONES:
            self.zone = ZONES[word]
        else:
            return word in FILLERS
        return True

    def _read_parts(self, depth: int) -> list[_Part]:
        parts = [self._read_part(depth)]
        while self._take("plus"):
            parts.append(self._read_part(depth))
        token = self._peek()
        if token and token.kind != "close":
            raise LineError(f"Put a + before “{token.text}”.", token.place)
        if token and depth == 0:
            raise LineError("There is a ) too many.", token.place)
        return parts

    def _read_part(self, depth: int) -> _Part:
        part = _Part()
        if times := self._take("times"):
            part.times = times.value
            if not 1 <= part.times <= 100:
                raise LineError("Repeat 1 to 100 times.", times.place)
        if bracket := self._take("open"):
            if depth == 2 or (depth == 1 and part.times == 1):
                raise LineError("Brackets can be inside each other once.", bracket.place)
            part.parts = self._read_parts(depth + 1)
            if not self._take("close"):
                raise LineError("A ) is missing.", bracket.place)
        else:
            self._read_length(part)
        self._read_target(part)
        if self._read_pause(part, depth):
            self._read_target(part)
        return part

    def _read_length(self, part: _Part) -> None:
        length = self._take(*LENGTHS)
        if length is None:
            token = self._peek()
            place = token.place if token else (self.tokens[-1].place if self.tokens else 0)
            named = f"“{token.text}” is no length. " if token else ""
            raise LineError(f"{named}Say how long or how far, {EXAMPLE}.", place)
        if not 1 <= length.value <= 500_000:
            raise LineError(f"“{length.text}” is too short or too long.", length.place)
        part.lengths[length.kind] = length.value

    def _read_target(self, part: _Part) -> None:
        """Intensities, the load and the mark of a key session, in any order."""
        while token := self._take(*TARGETS, "word", "mark", "load"):
            if token.kind == "load":
                self.load = float(token.value)
            elif token.kind in TARGETS:
                self._set_target(part, {token.kind: _build_target_value(token)}, token)
            elif token.value in ZONES:
                self._set_target(part, {"zone": ZONES[token.value]}, token)
            elif token.value in PAUSES:
                self.at -= 1  # the pause begins here, as in 6×1 km rest 90s
                return
            elif token.value in SPORTS:
                self._check_sport(token)
            elif not (token.kind == "mark" or token.value in (*KEY_WORDS, *FILLERS)):
                raise LineError(
                    f"“{token.text}” means nothing here. Put a title first, with a colon, and words after ;",
                    token.place,
                )
            else:
                self.is_key |= token.kind == "mark" or token.value in KEY_WORDS

    def _check_sport(self, token: Token) -> None:
        if self.sport not in ("run", SPORTS[token.value]):
            raise LineError("A session has one sport.", token.place)
        self.sport = SPORTS[token.value]

    def _set_target(self, part: _Part, target: dict[str, Any], token: Token) -> None:
        if part.target not in (None, target):
            raise LineError(f"“{token.text}” is a second intensity of this part.", token.place)
        part.target = target

    def _read_pause(self, part: _Part, depth: int) -> bool:
        """90s; 90s jog; rest 90s. Whether there is one, or a second length of a session."""
        word = self._take("word") if self._is_pause_word() else None
        length = self._take(*LENGTHS)
        if length is None:
            if word:
                raise LineError("Say how long the pause is.", word.place)
            return False
        if part.times == 1:
            self._add_second_length(part, length, depth)
            return True
        kind = PAUSES[word.value] if word else "recovery"
        while self._is_pause_word() or self._is_easy_word():
            kind = PAUSES.get(self.tokens[self.at].value, kind)
            self.at += 1
        part.pause = {"kind": kind, length.kind: length.value, "target": None}
        return True

    def _is_pause_word(self) -> bool:
        token = self._peek()
        return token is not None and token.kind == "word" and token.value in PAUSES

    def _is_easy_word(self) -> bool:
        token = self._peek()
        return (
            token is not None
            and token.kind == "word"
            and (ZONES.get(token.value) == 1 or token.value in ("float", "walk", "walking"))
        )

    def _add_second_length(self, part: _Part, length: Token, depth: int) -> None:
        """A session can say how far and how long: 10 km in 50 min."""
        is_whole = depth == 0 and self._is_last_part() and self.tokens[0].kind != "times"
        if part.parts or length.kind in part.lengths or len(part.lengths) > 1 or not is_whole:
            raise LineError(f"Put a + before “{length.text}”.", length.place)
        part.lengths[length.kind] = length.value

    def _is_last_part(self) -> bool:
        return all(token.kind not in ("plus", *LENGTHS) for token in self.tokens[self.at :])


def _build_target_value(token: Token) -> Any:
    return list(token.value) if isinstance(token.value, tuple) else token.value


def _build_content(parts: Sequence[_Part], leading_zone: int | None) -> dict[str, Any]:
    """The lengths, the zone and the steps of a session."""
    only = parts[0]
    if len(parts) == 1 and only.times == 1 and not only.parts:
        target = only.target or ({"zone": leading_zone} if leading_zone else {})
        if len(only.lengths) == 2 or not target or "zone" in target:
            return {
                "duration_s": only.lengths.get("duration"),
                "distance_m": only.lengths.get("distance"),
                "zone": target.get("zone"),
            }
    if any(len(part.lengths) > 1 for part in parts):
        raise LineError("Give each part of a session one length.", 0)
    last = len(parts) - 1
    return {
        "steps": [
            _build_step(part, _find_kind(part, at, last), leading_zone if last == 0 else None)
            for at, part in enumerate(parts)
        ]
    }


def _find_kind(part: _Part, at: int, last: int) -> str:
    """An easy part at the beginning is the warm-up, at the end the cool-down."""
    if last and part.target in (None, {"zone": 1}):
        if at == 0:
            return "warmup"
        if at == last:
            return "cooldown"
    return "work"


def _build_step(part: _Part, kind: str, leading_zone: int | None = None) -> dict[str, Any]:
    if part.parts:
        inner = [_build_step(inner_part, "work", leading_zone) for inner_part in part.parts]
    else:
        target = part.target or ({"zone": leading_zone} if leading_zone else None)
        inner = [{"kind": kind if part.times == 1 else "work", **part.lengths, "target": target}]
    if part.times == 1 and len(inner) == 1:
        return inner[0]
    pause = [part.pause] if part.pause else []
    return {"kind": "repeat", "times": part.times, "steps": [*inner, *pause]}
