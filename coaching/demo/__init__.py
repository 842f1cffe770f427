"""The demo data: two organizations, about sixty invented runners and eighteen months of their training.

`people` and `stories` define the runners. `training`, `readings` and `outings` simulate each day (pure). `rows`
measures the days, `loading` stores them. The same clock gives the same demo.
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
