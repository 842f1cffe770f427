"""The stories of the demo athletes. Most show an attention signal; `STEADY` shows none. Pure."""

from __future__ import annotations

from coaching.demo.story import Episode, Goal, PastRace, Plan, SimulatedAbsence, Story

MARATHON_M = 42_195.0
BUILDING = Goal(73)  # no recovery week, taper or race within two weeks

STEADY = Story(skips=0.0)
USUAL = Story()

STORIES: dict[str, Story] = {
    "steady": STEADY,
    "usual": USUAL,
    "faithful": Story(shows=("CONSISTENT",), skips=0.0, goal=Goal(46), plan=Plan("Marathon, 16 weeks", 16)),
    "coming down with something": Story(
        shows=("POSSIBLE_ILLNESS", "RECOVERY_LOW"),
        episodes=(Episode(first=3, hrv_ln=-0.32, resting_bpm=9.0, sleep_h=-0.8),),
    ),
    "worn out": Story(
        shows=("HRV_BELOW_BASELINE", "HRV_FALLING", "RECOVERY_FALLING"),
        episodes=(
            Episode(first=6, hrv_ln=-0.3, resting_bpm=3.5, sleep_h=-0.9),
            Episode(first=13, last=7, asked=1.1),
        ),
    ),
    "a hard month": Story(
        shows=("HRV_BELOW_BASELINE",),
        episodes=(Episode(first=12, hrv_ln=-0.11, resting_bpm=1.0, sleep_h=-0.3),),
    ),
    "hot nights": Story(shows=("RHR_ELEVATED",), episodes=(Episode(first=3, resting_bpm=7.5, sleep_h=-0.6),)),
    "training camp": Story(
        shows=("FATIGUE_HIGH", "RAMP_HIGH", "LOAD_JUMP"),
        goal=BUILDING,
        skips=0.0,
        episodes=(Episode(first=10, asked=2.45, long_run=0.62, hrv_ln=-0.06, resting_bpm=1.5),),
    ),
    "one big Sunday": Story(
        shows=("SESSION_SPIKE",), goal=BUILDING, skips=0.0, episodes=(Episode(first=7, long_run=1.4),)
    ),
    "eager plan": Story(
        shows=("PLANNED_SPIKE",),
        goal=Goal(80),
        plan=Plan("Half marathon, 16 weeks", 16),
        skips=0.0,
        episodes=(Episode(first=-1, last=-7, long_run=1.5),),
    ),
    "back at once": Story(
        shows=("LOAD_JUMP",),
        goal=BUILDING,
        skips=0.0,
        episodes=(Episode(first=36, last=7, done=0.65), Episode(first=6, done=1.3)),
    ),
    "every day the same": Story(
        shows=("MONOTONY_HIGH", "FITNESS_PEAK"),
        goal=BUILDING,
        skips=0.0,
        episodes=(Episode(first=24, every_day=True),),
    ),
    "vanished": Story(shows=("INACTIVITY",), episodes=(Episode(first=9, done=0.0),)),
    "long gone": Story(shows=("INACTIVITY",), episodes=(Episode(first=18, done=0.0),)),
    "skips the plan": Story(
        shows=("COMPLIANCE_LOW", "SESSIONS_MISSED"),
        goal=Goal(50),
        plan=Plan("10 km, 12 weeks", 12),
        skips=0.0,
        episodes=(Episode(first=13, last=6, done=0.3), Episode(first=5, done=0.0)),
    ),
    "more than asked": Story(
        shows=("PLAN_EXCEEDED",),
        goal=BUILDING,
        plan=Plan("Half marathon, 16 weeks", 16),
        skips=0.0,
        episodes=(Episode(first=8, done=1.6),),
    ),
    "no easy day": Story(
        shows=("INTENSITY_HEAVY", "EASY_TOO_HARD"),
        goal=Goal(62),
        plan=Plan("Half marathon, 16 weeks", 16),
        skips=0.0,
        episodes=(Episode(first=60, effort=1.17),),
    ),
    "fading": Story(shows=("VO2MAX_DECLINING",), episodes=(Episode(first=27, done=0.85, vo2max=0.952),)),
    "a hot week": Story(shows=("VO2MAX_DROP",), episodes=(Episode(first=5, vo2max=0.955),)),
    "old test": Story(shows=("THRESHOLD_OUTDATED",), tested=(547, 400, 210)),
    "no taper": Story(
        shows=("RACE_FORM_LOW", "TAPER_MISSING"),
        goal=Goal(4),
        plan=Plan("Marathon, 16 weeks", 16),
        skips=0.0,
        tapers=False,
        episodes=(Episode(first=12, last=-8, asked=1.55),),
    ),
    "too short": Story(shows=("RACE_UNDERPREPARED",), goal=Goal(28, MARATHON_M, "Lighthouse Marathon")),
    "silent watch": Story(shows=("SYNC_STALE",), episodes=(Episode(first=4, syncs=False),)),
    "lost watch": Story(shows=("SYNC_STALE",), episodes=(Episode(first=9, syncs=False),)),
    "bare wrist": Story(shows=("WELLNESS_GAP",), episodes=(Episode(first=4, wears=False),)),
    "stranger": Story(shows=("PROFILE_INCOMPLETE",), has_profile=False, tested=(), history_d=150),
    "between towers": Story(shows=("DATA_SUSPECT",), episodes=(Episode(first=12, glitches=True),)),
    "breakthrough": Story(
        shows=("NEW_PB", "VDOT_UP"), gain=0.07, skips=0.0, raced=(PastRace(3, 5000.0, "Wednesday 5 km"),)
    ),
    "recovered": Story(shows=("HRV_RECOVERED",), episodes=(Episode(first=15, last=7, hrv_ln=-0.22),)),
    "injured": Story(away=(SimulatedAbsence("injured", 19, -9),), goal=Goal(80)),
    "returning": Story(away=(SimulatedAbsence("injured", 58, 24),), goal=Goal(90)),
    "ill in bed": Story(away=(SimulatedAbsence("ill", 2, -3),)),
    "on holiday": Story(away=(SimulatedAbsence("holiday", 5, -6),)),
    "newcomer": Story(history_d=24, tested=(24,), goal=Goal(75), is_eventful=False),
    "taper": Story(goal=Goal(10), plan=Plan("Half marathon, 12 weeks", 12), skips=0.02),
    "after the race": Story(goal=Goal(150), skips=0.02),
}
