"""Read what athletes bring: export archives, folders and single files. Pure: no database, no Django.

Modules:
    items            what an upload contains: recordings, entries, health data, and what is not read
    planning         recognise the kind of an upload by its content, and list its items
    planned_part     what a planner gets and gives back
    entries          build the items of activities without a recording
    recordings       the recordings and the health data among other files
    file_kinds       tell what a file is by its first bytes
    fit_file_id      the type and the time of a FIT file, from its first message
    health           read the days of health data

    members          the files of an upload, wherever they lie
    upload_members   open an upload: a folder, a ZIP, or one file
    folder_members   the files of a folder, or one file alone
    zip_directory    check the directory of a ZIP
    zip_members      the files of a ZIP
    nested_zips      the ZIPs inside an upload
    false_sizes      files that are larger than their directory says

Each export has a folder: `apple`, `garmin`, `strava`. `tables` has the tables of other services.
"""
