"""The files of an import: list them, store each, undo them.

Modules:
    plan            list what an upload contains
    run             go through the files; a killed run goes on where it stopped
    store_items     store one recording or entry
    store_days      store one file with health data
    described       what an export says of an activity
    outcomes        what happened to a file
    unknown_sports  name the sport of recordings that do not
    progress        how far an import is, and how long it still takes
    undo, undo_days take back what an import alone brought
"""
