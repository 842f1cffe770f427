"""Read a Garmin export: activities among thousands of other FIT files, and the summaries of all activities.

Modules:
    summaries   read `…_summarizedActivities.json`
    export      list the items
"""
