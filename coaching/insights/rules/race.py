"""The next race: days to go, predicted time, and how it compares with the goal."""

from __future__ import annotations

from coaching.insights.cited_numbers import CitedNumbers, cite_days_to_race
from coaching.insights.insight import Insight, InsightInputs, NextRace
from coaching.science.race_prediction import predict_time_range


def build_race_insight(inputs: InsightInputs) -> Insight | None:
    """The insight of the next race. Its name is only in the title, so a model never gets it."""
    race = inputs.race
    if race is None:
        return None
    cited = CitedNumbers(inputs.units)
    distance = cited.distance("distance", race.distance_m)
    text = f"The race over {distance} is {cite_days_to_race(cited, race.days_to)}."
    return Insight("race_ahead", race.name, f"{text} {_describe_prediction(race, cited)}", cited.evidence)


def _describe_prediction(race: NextRace, cited: CitedNumbers) -> str:
    if race.predicted_s is None:
        if race.goal_s is None:
            return "There is no goal and no prediction for it yet."
        goal = cited.clock("goal_time", race.goal_s)
        return f"The goal is {goal}; there is no recent effort to predict a time from."
    fast_s, slow_s = predict_time_range(race.predicted_s, race.distance_m)
    prediction = f"Current fitness points to {cited.clock('predicted_time', fast_s)}"
    if slow_s > fast_s:
        prediction += f", or up to {cited.clock('predicted_time_slowest', slow_s)} on a harder day"
    return f"{prediction}.{_describe_goal(race.goal_s, fast_s, slow_s, cited)}"


def _describe_goal(goal_s: float | None, fast_s: float, slow_s: float, cited: CitedNumbers) -> str:
    if goal_s is None:
        return ""
    goal = f" The goal of {cited.clock('goal_time', goal_s)}"
    if goal_s >= slow_s:
        return f"{goal} is within reach."
    if goal_s >= fast_s:
        return f"{goal} lies in that range."
    return f"{goal} is {cited.clock('goal_faster_by', fast_s - goal_s)} faster than that."
