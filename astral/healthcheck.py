"""`python -m astral.healthcheck`: for a container, exit status 0 when the web server is up and sound.

Asks under a name that Django answers to; plain http is fine, because /healthz is never redirected.
"""

from __future__ import annotations

import http.client
import sys

from astral import environment as env


def main() -> int:
    host = next(iter(env.read_list("ALLOWED_HOSTS")), "localhost").lstrip(".")
    asking = http.client.HTTPConnection("127.0.0.1", env.read_number("PORT", 8000, lowest=1), timeout=5)
    try:
        asking.request("GET", "/healthz", headers={"Host": host})
        answer = asking.getresponse()
        print(answer.read().decode(errors="replace"))
    except OSError as error:
        print(error)
        return 1
    return 0 if answer.status == http.HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main())
