"""Looks at athletes, for the access log: who saw which category of whom, by which door.

    collector     what one request showed or refused
    middleware    opens a collector for each request and hands its looks on after the answer
    buffer        the looks of this process, until a thread stores them
    storage       one statement stores many looks; the deletion of an account
    partitions    the months of the table: made ahead, dropped when they are old

Other doors than pages and the API call `collect_looks("their name")`.
"""
