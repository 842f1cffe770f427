"""The next race: days to go, the forecast, and how it compares with the goal."""

from __future__ import annotations

from coaching.insights.cited_numbers import CitedNumbers, cite_days_to_race
from coaching.insights.insight import Insight, InsightInputs, NextRace


def build_race_insight(inputs: InsightInputs) -> Insight | None:
    """The insight of the next race. Its name is only in the title, so a model never gets it."""
    race = inputs.race
    if race is None:
        return None
    cited = CitedNumbers(inputs.units)
    distance = cited.distance("distance", race.distance_m)
    text = f"The race over {distance} is {cite_days_to_race(cited, race.days_to)}."
    return Insight("race_ahead", race.name, f"{text} {_describe_forecast(race, cited)}", cited.evidence)


def _describe_forecast(race: NextRace, cited: CitedNumbers) -> str:
    if race.forecast_s is None:
        if race.goal_s is None:
            return "There is no goal and no forecast for it yet."
        goal = cited.clock("goal_time", race.goal_s)
        return f"The goal is {goal}; there is no recent effort to forecast a time from."
    median_s, low_s, high_s = race.forecast_s
    median, low = cited.clock("predicted_time", median_s), cited.clock("predicted_low", low_s)
    high = cited.clock("predicted_high", high_s)
    goal = _describe_goal(race.goal_s, low_s, high_s, cited)
    return f"Recent efforts point to {median}, most likely from {low} to {high}.{goal}"


def _describe_goal(goal_s: float | None, low_s: float, high_s: float, cited: CitedNumbers) -> str:
    if goal_s is None:
        return ""
    goal = f" The goal of {cited.clock('goal_time', goal_s)}"
    if goal_s >= high_s:
        return f"{goal} is within reach."
    if goal_s >= low_s:
        return f"{goal} lies in that range."
    return f"{goal} is {cited.clock('goal_faster_by', low_s - goal_s)} faster than that."
