"""The demo club: two organizations, some sixty runners and eighteen months of their training, all made up.

`people` and `stories` say who there is; `training`, `readings` and `outings` make each day of it (pure); `rows`
measures it, `loading` stores it. `crowd` makes thousands of plainer runners to measure with. Same clock, same demo.
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
