"""Read a Strava export: `activities.csv` and the files that it names.

Modules:
    headers   the names of its columns in many languages
    columns   which column is what, by name and by position
    rows      one row: a description and an entry
    export    list the items
"""
