"""The large figures: zones of form and recovery, and the change of a week."""

from __future__ import annotations

import pytest

from coaching.profile.pages import headline_figures
from coaching.profile.pages.metric_cards import MetricCard
from tests.coaching.profile.figure_fixtures import build_metrics


@pytest.mark.parametrize(
    ("form", "zone"),
    [
        (20.0, ("warning", "very rested")),
        (19.9, ("info", "fresh")),
        (4.9, ("info", "balanced")),
        (-10.1, ("good", "building")),
        (-30.0, ("good", "building")),
        (-30.1, ("critical", "very tired")),
    ],
)
def test_form_is_judged_as_a_share_of_fitness(form: float, zone: tuple[str, str]):
    assert headline_figures._find_form_zone(build_metrics(form=form, fitness=100.0)) == zone
    assert headline_figures._find_form_zone(build_metrics(form=form / 5, fitness=4.0)) == zone


def test_nothing_is_judged_without_numbers():
    assert headline_figures._find_form_zone(build_metrics()) == ("", "")
    assert headline_figures._find_recovery_zone(None) == ("", "")


def test_the_trend_compares_with_the_day_a_week_before():
    card = MetricCard("Fitness", "50", "")
    values: list[float | None] = [10.0, 50.0, *([99.0] * 6), 53.0]
    figure = headline_figures._build_figure(card, values)
    assert (figure.trend, figure.trend_text) == ("up", "+3 in 7 days")
    assert headline_figures._build_figure(card, [*values[:-1], 50.9]).trend == "steady"
    assert headline_figures._build_figure(card, values[-7:]).trend == ""
    assert headline_figures._build_figure(card, [None, *values[2:]]).trend == ""
