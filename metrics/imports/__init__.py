"""Imports: whole histories come in, file by file, in the background.

Modules:
    create        keep what arrived, and queue the work
    work_folder   the files of an import on disk, until it is done
    plan          list what an upload contains
    run           go through the files; a killed run goes on where it stopped
    store_items   store one recording, entry or file with health data
    control       cancel, start, try again, name the sport
    undo          take back what an import alone brought
    refused_files keep the bytes of a refused file for a time
    progress      how far an import is, and how long it still takes
"""
