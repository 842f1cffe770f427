"""Random steps of both shapes, as the API stores them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

DURATIONS_S = st.sampled_from([30.0, 90.0, 100.1, 600.0]) | st.floats(1, 20_000)
DISTANCES_M = st.sampled_from([200.0, 1_000.0, 333.3]) | st.floats(1, 40_000)
LENGTHS = st.one_of(
    st.builds(lambda value: {"duration": value}, DURATIONS_S),
    st.builds(lambda value: {"distance": value}, DISTANCES_M),
)
TEXTS = st.sampled_from(["", "", "relaxed", "Über die Brücke – langsam", "×" * 200])
ZONES = st.integers(1, 5)


def _pair(low: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(low, min_size=2, max_size=2).map(sorted)


TARGETS = st.one_of(
    st.none(),
    st.builds(lambda zone: {"zone": zone}, ZONES),
    st.builds(lambda paces: {"pace": paces[::-1]}, _pair(st.integers(120, 900).map(float))),
    st.builds(lambda rates: {"heart_rate": rates}, _pair(st.integers(60, 210))),
    st.builds(lambda effort: {"effort": effort}, st.integers(1, 10)),
)
KINDS = st.sampled_from(["warmup", "work", "recovery", "rest", "cooldown"])

structured_steps = st.builds(
    lambda kind, length, target, text: {"kind": kind, **length, "target": target, "text": text},
    KINDS,
    LENGTHS | st.just({"until_lap": True}),
    TARGETS,
    TEXTS,
)


def _repeat(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda times, steps: {"kind": "repeat", "times": times, "steps": steps},
        st.integers(1, 100),
        st.lists(parts, min_size=1, max_size=4),
    )


structured = st.lists(structured_steps | _repeat(structured_steps | _repeat(structured_steps)), max_size=6)

# Two kinds and two lengths only: repetitions and their pauses often stand side by side by chance.
few_steps = st.builds(
    lambda kind, seconds: {"kind": kind, "duration": seconds, "target": None, "text": ""},
    st.sampled_from(["work", "recovery"]),
    st.sampled_from([60.0, 90.0]),
)
alike = st.lists(few_steps | _repeat(few_steps | _repeat(few_steps)), max_size=8)


def _zone_step(inner: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda head, length, options: head | length | options,
        st.fixed_dictionaries({"repeat": st.integers(1, 12)}),
        LENGTHS if not inner else st.just({}),
        st.fixed_dictionaries(
            inner,
            optional={"zone": st.none() | ZONES, "recovery": DURATIONS_S, "text": TEXTS}
            if not inner
            else {"recovery": DURATIONS_S, "text": TEXTS},
        ),
    )


zone_parts = _zone_step({})
zone_steps = st.lists(
    zone_parts | _zone_step({"steps": st.lists(zone_parts, min_size=1, max_size=4)}), max_size=6
)
mixed = st.lists(structured_steps | _repeat(structured_steps) | zone_parts, max_size=6)
