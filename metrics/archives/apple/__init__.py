"""Read an Apple Health export as a stream, in little memory whatever its size. Pure.

Modules:
    export_stream  XML to elements, past its DTD and past damage
    contents       elements to readings, sleep, heart rates and workouts
    moments        dates with their offset
    sources        watches, phones and apps, and which is preferred
    day_readings   one value for a day and kind, from one source
    sleep          intervals to nights
    heart_rates    the heart rates of all years, on disk
    locations      positions inside `export.xml`, on disk
    workouts       the attributes of a workout
    routes         the GPX files, joined with workouts
    recordings     a workout with its route and heart rates as a Recording
    unread_parts   what is not read, and why
    planning       the items of an export
"""
