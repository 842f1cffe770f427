"""The demo club: two organizations, some sixty runners and eighteen months of their training, all made up.

`people` describes the athletes and their scenarios. `season`, `daily_conditions`, `training`, `planning`,
`sessions`, `nights` and `simulated_recordings` simulate each day (pure). `rows` and `calendar_rows` build the
rows; `loading` stores them. The same clock gives the same demo.
"""

from coaching.demo.loading import demo_exists, is_database_empty, load_demo, refuse_in_production
from coaching.demo.people.athletes import ATHLETE_EMAIL, PEOPLE
from coaching.demo.people.clubs import ADMIN_EMAIL, COACH_EMAIL, PASSWORD

__all__ = [
    "ADMIN_EMAIL",
    "ATHLETE_EMAIL",
    "COACH_EMAIL",
    "PASSWORD",
    "PEOPLE",
    "is_database_empty",
    "demo_exists",
    "load_demo",
    "refuse_in_production",
]
