"""The worker class of gunicorn: a thread gets a request only when all of it has arrived.

    arrival      the bytes of one request: complete, refused or late
    connection   the socket and the parser of one client
    refusals     answers to requests that never reach Django
    worker       gunicorn's worker with threads; its main loop collects the requests

It knows no Django: gunicorn loads it before the settings. The reasons: docs/decisions/0018-slow-clients.md.
"""
