"""Changes for the change history: triggers of the database write them, with the author that is named here.

    tracked_kinds   what is tracked, and how people read it
    author          the author of the changes of a request, told to the database before it writes
    middleware      opens an author for each request
    retention       deletes old entries

A writer needs nothing of this. A new kind needs triggers (`SELECT track_changes(…)` in a migration) and a
row in the list of its app (`settings.TRACKED_KINDS`).
"""
