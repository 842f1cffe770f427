"""Restore the rows of Astral's own archive: what its recordings and entries do not say.

Modules:
    store_rows    store the rows of one file of an import by the restorer of its table
    activities    what people said of restored activities, and their numbers
    measured_numbers    the numbers of an activity, checked
    streams       the samples of activities without a file
    recordings    which of several recordings counts
    health_days   days of all sources, with all columns
    undo_rows     take rows back that an import has created
"""
