"""Imports: whole histories come in, file by file, in the background.

Modules:
    create          keep what arrived, and queue the work
    work_folder     the files of an import on disk, until it is done
    control         cancel, start, try again, name the sport, ask for an undo
    tasks, queue    the turns of the worker
    command_run     the same in a command
    files           plan, store and undo the files
    refused_uploads keep a single upload that was refused
    cleaning        delete what is left behind
"""
