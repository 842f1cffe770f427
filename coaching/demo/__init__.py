"""The demo club: two organizations, some sixty runners and eighteen months of their training, all made up.

`people` and `stories` say who there is; `training`, `readings` and `outings` make each day of it (pure); `rows`
measures it, `loading` stores it. `crowd` makes thousands of plainer runners to measure with. Same clock, same demo.
"""

from coaching.demo.clubs import ADMIN_EMAIL, COACH_EMAIL, PASSWORD
from coaching.demo.loading import demo_exists, is_database_empty, load_demo, refuse_in_production
from coaching.demo.people import ATHLETE_EMAIL, PEOPLE

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
