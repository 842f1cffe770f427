"""Staff act as a person: for half an hour, with a reason that the person reads.

    periods   begin, find and end it; the session of the staff member names the person
    support   the person's permission to see activities and health data meanwhile
    pages     the buttons Stop and Allow

`athletes.access.acting` says which pages open meanwhile. `athletes.admin.acting` has the page where it
begins.
"""
