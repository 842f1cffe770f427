"""Read what athletes bring: export archives, folders and single files. Pure: no database, no Django.

Modules:
    items            what an upload contains: recordings, entries, health data, and what is not read
    members          the files of an upload, wherever they lie
    upload_members   open an upload: a folder, a ZIP, or one file
    planning         recognise the kind of an upload by its content, and list its items
    planned_part     what a planner gets and gives back
"""
