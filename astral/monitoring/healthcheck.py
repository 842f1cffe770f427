"""`python -m astral.monitoring.healthcheck`: a container's health check. Status 0 if the web server works.

It sends an allowed host name. Plain http works, because /healthz is never redirected.
"""

from __future__ import annotations

import http.client
import sys

from astral import environment as env


def main() -> int:
    host = next(iter(env.read_list("ALLOWED_HOSTS")), "localhost").lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", env.read_number("PORT", 8000, lowest=1), timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        response = connection.getresponse()
        print(response.read().decode(errors="replace"))
    except OSError as error:
        print(error)
        return 1
    return 0 if response.status == http.HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main())
