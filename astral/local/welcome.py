"""The text of `make run` when Astral is up: addresses, demo users, and an example call."""

from __future__ import annotations

from pathlib import Path

DEMO_PASSWORD = "astral-demo"  # noqa: S105 - public on purpose; production refuses to load the demo
EXIT_DEMO_EXISTS = 10  # exit status of `astral.local.prepare`
DEMO_SIGN_INS = {
    "coach@demo.test": "the head coach",
    "athlete@demo.test": "an athlete with 18 months of runs",
    "admin@demo.test": "staff, for the admin",
}

WARNING = (
    "*** WARNING: other machines can reach this server, and the demo passwords are public. "
    "Use HOST=127.0.0.1, or DEMO=0 with an empty ASTRAL_HOME. ***"
)


def build_welcome_text(base: str, home: Path, demo: bool, reachable_by_others: bool) -> str:
    """`base` is the address without a slash at its end; `demo`: whether the demo's users exist."""
    lines = [
        "",
        f"Astral runs at {base}/ (stop with Ctrl-C)",
        f"  API docs  {base}/api/docs",
        f"  Admin     {base}/admin/",
        f"  Data      {home}",
        "",
        *(_demo_lines(base) if demo else _first_account_lines()),
    ]
    if demo and reachable_by_others:
        lines += ["", WARNING]
    return "\n".join(lines)


def build_curl_example(base: str) -> str:
    """One line of sh: sign in, and read the athlete's last three months."""
    body = f'{{"email":"athlete@demo.test","password":"{DEMO_PASSWORD}"}}'
    sign_in = f"curl -s {base}/api/v1/auth/login -H 'Content-Type: application/json' -d '{body}'"
    token = f"""$({sign_in} | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')"""
    return f"""curl -s '{base}/api/v1/analytics/fitness_stats?days=90' -H "Authorization: Bearer {token}\""""


def _demo_lines(base: str) -> list[str]:
    width = max(map(len, DEMO_SIGN_INS))
    people = [f"  {email:{width}}  {description}" for email, description in DEMO_SIGN_INS.items()]
    return [
        f"Sign in with the password {DEMO_PASSWORD} as",
        *people,
        "",
        "Try it:",
        f"  {build_curl_example(base)}",
    ]


def _first_account_lines() -> list[str]:
    return [
        "This database has no demo. Create the first account with:",
        "  .venv/bin/python -m astral.local.run .venv/bin/python manage.py createsuperuser",
        "Then sign in with it. A checklist leads you to your first club, its coaches and its athletes.",
    ]
