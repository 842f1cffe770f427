"""Read the archive of personal data that Astral writes, to restore it in an account of any Astral server.

Modules:
    json_rows     rows of a .json file of the archive, one per line
    activities    what activities.json and recordings.json say of the files under originals/
    tables        the rows of other files: which are restored, without ids
    row_files     write the rows that are restored into files of some hundred rows
    planning      list the items of the archive
"""
