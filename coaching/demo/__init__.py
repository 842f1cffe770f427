"""The demo club: two organizations, some sixty runners and eighteen months of their training, all made up.

`people` and `stories` say who there is; `training`, `readings` and `outings` make each day of it (pure); `rows`
measures it, `loading` stores it. `crowd` makes thousands of plainer runners to measure with. Same clock, same demo.
"""

from coaching.demo.clubs import ADMIN, COACH, PASSWORD
from coaching.demo.loading import is_empty, is_there, load, refuse_in_production
from coaching.demo.people import ATHLETE, PEOPLE

__all__ = [
    "ADMIN",
    "ATHLETE",
    "COACH",
    "PASSWORD",
    "PEOPLE",
    "is_empty",
    "is_there",
    "load",
    "refuse_in_production",
]
