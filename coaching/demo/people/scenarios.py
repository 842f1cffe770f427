"""The scenarios of the demo club. Most produce an attention signal; `STEADY_SCENARIO` produces none. Pure."""

from __future__ import annotations

from coaching.demo.people.scenario import (
    Episode,
    Goal,
    PastRace,
    Scenario,
    SimulatedAbsence,
    SimulatedMorning,
    SimulatedPlan,
)

MARATHON_M = 42_195.0
BUILDING_GOAL = Goal(73)  # no recovery week, taper or race within two weeks

STEADY_SCENARIO = Scenario(skipped_share=0.0)
USUAL_SCENARIO = Scenario()

SCENARIOS: dict[str, Scenario] = {
    "steady": STEADY_SCENARIO,
    "usual": USUAL_SCENARIO,
    "faithful": Scenario(
        expected_signals=("CONSISTENT",),
        skipped_share=0.0,
        goal=Goal(46),
        plan=SimulatedPlan("Marathon, 16 weeks", 16),
    ),
    "coming down with something": Scenario(
        expected_signals=("POSSIBLE_ILLNESS", "RECOVERY_LOW", "ILL_REPORTED"),
        episodes=(Episode(first=3, hrv_ln=-0.32, resting_bpm=9.0, sleep_h=-0.8),),
        mornings=(
            SimulatedMorning(days_ago=1, fatigue=4, mood=2, is_ill=True),
            SimulatedMorning(days_ago=0, fatigue=5, mood=2, is_ill=True),
        ),
    ),
    "worn out": Scenario(
        expected_signals=(
            "HRV_BELOW_BASELINE",
            "HRV_FALLING",
            "RECOVERY_FALLING",
            "TIREDNESS_HIGH",
            "FEEL_LOW",
        ),  # fmt: skip
        episodes=(
            Episode(first=6, hrv_ln=-0.3, resting_bpm=3.5, sleep_h=-0.9),
            Episode(first=13, last=7, planned=1.1),
        ),
        mornings=tuple(
            SimulatedMorning(days_ago=days_ago, soreness=2, fatigue=rating, mood=2)
            for days_ago, rating in ((3, 4), (2, 4), (1, 5), (0, 5))
        ),
        feels=(4, 4, 3, 4, 4, 5, 4, 4, 2, 3, 2),
    ),
    "a hard month": Scenario(
        expected_signals=("HRV_BELOW_BASELINE",),
        episodes=(Episode(first=12, hrv_ln=-0.11, resting_bpm=1.0, sleep_h=-0.3),),
    ),
    "hot nights": Scenario(
        expected_signals=("RHR_ELEVATED",), episodes=(Episode(first=3, resting_bpm=7.5, sleep_h=-0.6),)
    ),
    "training camp": Scenario(
        expected_signals=("FATIGUE_HIGH", "RAMP_HIGH", "LOAD_JUMP", "SORENESS_HIGH", "PAIN_REPORTED"),
        goal=BUILDING_GOAL,
        skipped_share=0.0,
        episodes=(Episode(first=10, planned=2.45, long_run=0.62, hrv_ln=-0.06, resting_bpm=1.5),),
        mornings=tuple(
            SimulatedMorning(
                days_ago=days_ago, soreness=rating, fatigue=3, mood=4, pain_score=pain, pain_where="left calf"
            )
            for days_ago, rating, pain in ((3, 4, 2), (2, 4, 3), (1, 5, 4), (0, 5, 5))
        ),
    ),
    "one big Sunday": Scenario(
        expected_signals=("SESSION_SPIKE",),
        goal=BUILDING_GOAL,
        skipped_share=0.0,
        episodes=(Episode(first=7, long_run=1.4),),
    ),
    "eager plan": Scenario(
        expected_signals=("PLANNED_SPIKE",),
        goal=Goal(80),
        plan=SimulatedPlan("Half marathon, 16 weeks", 16),
        skipped_share=0.0,
        episodes=(Episode(first=-1, last=-7, long_run=1.5),),
    ),
    "back at once": Scenario(
        expected_signals=("LOAD_JUMP",),
        goal=BUILDING_GOAL,
        skipped_share=0.0,
        episodes=(Episode(first=36, last=7, done=0.65), Episode(first=6, done=1.3)),
    ),
    "every day the same": Scenario(
        expected_signals=("MONOTONY_HIGH", "FITNESS_PEAK"),
        goal=BUILDING_GOAL,
        skipped_share=0.0,
        episodes=(Episode(first=24, every_day=True),),
    ),
    "vanished": Scenario(expected_signals=("INACTIVITY",), episodes=(Episode(first=9, done=0.0),)),
    "long gone": Scenario(expected_signals=("INACTIVITY",), episodes=(Episode(first=18, done=0.0),)),
    "skips the plan": Scenario(
        expected_signals=("COMPLIANCE_LOW", "SESSIONS_MISSED"),
        goal=Goal(50),
        plan=SimulatedPlan("10 km, 12 weeks", 12),
        skipped_share=0.0,
        episodes=(Episode(first=13, last=6, done=0.3), Episode(first=5, done=0.0)),
    ),
    "more than asked": Scenario(
        expected_signals=("PLAN_EXCEEDED",),
        goal=BUILDING_GOAL,
        plan=SimulatedPlan("Half marathon, 16 weeks", 16),
        skipped_share=0.0,
        episodes=(Episode(first=8, done=1.6),),
    ),
    "no easy day": Scenario(
        expected_signals=("INTENSITY_HEAVY", "EASY_TOO_HARD"),
        goal=Goal(62),
        plan=SimulatedPlan("Half marathon, 16 weeks", 16),
        skipped_share=0.0,
        episodes=(Episode(first=60, effort=1.17),),
    ),
    "fading": Scenario(
        expected_signals=("VO2MAX_DECLINING",), episodes=(Episode(first=27, done=0.85, vo2max=0.952),)
    ),
    "a hot week": Scenario(expected_signals=("VO2MAX_DROP",), episodes=(Episode(first=5, vo2max=0.955),)),
    "old test": Scenario(expected_signals=("THRESHOLD_OUTDATED",), test_days_ago=(547, 400, 210)),
    "no taper": Scenario(
        expected_signals=("RACE_FORM_LOW", "TAPER_MISSING"),
        goal=Goal(4),
        plan=SimulatedPlan("Marathon, 16 weeks", 16),
        skipped_share=0.0,
        tapers=False,
        episodes=(Episode(first=12, last=-8, planned=1.55),),
    ),
    "too short": Scenario(
        expected_signals=("RACE_UNDERPREPARED",), goal=Goal(28, MARATHON_M, "Lighthouse Marathon")
    ),
    "silent watch": Scenario(expected_signals=("SYNC_STALE",), episodes=(Episode(first=4, syncs=False),)),
    "lost watch": Scenario(expected_signals=("SYNC_STALE",), episodes=(Episode(first=9, syncs=False),)),
    "bare wrist": Scenario(expected_signals=("WELLNESS_GAP",), episodes=(Episode(first=4, wears=False),)),
    "stranger": Scenario(
        expected_signals=("PROFILE_INCOMPLETE",), has_profile=False, test_days_ago=(), history_d=150
    ),
    "between towers": Scenario(
        expected_signals=("DATA_SUSPECT",), episodes=(Episode(first=12, glitches=True),)
    ),
    "breakthrough": Scenario(
        expected_signals=("NEW_PB", "VDOT_UP"),
        vdot_gain=0.07,
        skipped_share=0.0,
        extra_races=(PastRace(3, 5000.0, "Wednesday 5 km"),),
    ),
    "recovered": Scenario(
        expected_signals=("HRV_RECOVERED",), episodes=(Episode(first=15, last=7, hrv_ln=-0.22),)
    ),
    "injured": Scenario(absences=(SimulatedAbsence("injured", 19, -9),), goal=Goal(80)),
    "returning": Scenario(absences=(SimulatedAbsence("injured", 58, 24),), goal=Goal(90)),
    "ill in bed": Scenario(absences=(SimulatedAbsence("ill", 2, -3),)),
    "on holiday": Scenario(absences=(SimulatedAbsence("holiday", 5, -6),)),
    "newcomer": Scenario(history_d=24, test_days_ago=(24,), goal=Goal(75), is_eventful=False),
    "taper": Scenario(goal=Goal(10), plan=SimulatedPlan("Half marathon, 12 weeks", 12), skipped_share=0.02),
    "after the race": Scenario(goal=Goal(150), skipped_share=0.02),
}
