"""The code of docs/guides/webhooks.md checks real signatures."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from athletes.events.kinds import DESCRIPTIONS, EventKind
from athletes.webhooks.changes import rotate_secret
from athletes.webhooks.deliveries import RETRY_WAITS
from athletes.webhooks.signatures import generate_webhook_secret, sign_message
from tests.athletes.webhooks.webhook_fixtures import add_webhook
from tests.support.cast import NOON, Cast
from tests.support.paths import ROOT

GUIDE = (ROOT / "docs" / "guides" / "webhooks.md").read_text()
BODY = '{"type":"activity.created"}'
Check = Callable[[str, dict[str, str], str], bool]


def find_code(language: str) -> str:
    [code] = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.DOTALL | re.MULTILINE)
    return str(code)


def check_in_python(secret: str, headers: dict[str, str], body: str) -> bool:
    names: dict[str, Any] = {}
    exec(find_code("python"), names)
    return bool(names["is_from_astral"](secret, headers, body.encode()))


def check_in_javascript(secret: str, headers: dict[str, str], body: str) -> bool:
    arguments = ", ".join(map(json.dumps, (secret, headers, body)))
    program = f"{find_code('js')}\nconsole.log(isFromAstral({arguments}));"
    result = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    return {"true": True, "false": False}[result.stdout.strip()]


@pytest.mark.parametrize(
    "check",
    [
        check_in_python,
        pytest.param(
            check_in_javascript, marks=pytest.mark.skipif(not shutil.which("node"), reason="needs Node")
        ),
    ],
)
def test_the_code_of_the_guide_accepts_both_secrets_and_nothing_else(cast: Cast, check: Check):
    webhook, old = add_webhook(cast.ada)
    now = timezone.now()
    webhook, new = rotate_secret(webhook, cast.ada, now)
    headers = sign_message(webhook, "msg_1", BODY, now)
    assert check(new, headers, BODY)
    assert check(old, headers, BODY)
    assert not check(generate_webhook_secret(), headers, BODY)
    assert not check(new, headers, BODY.replace("created", "deleted"))
    assert not check(new, headers | {"webhook-id": "msg_2"}, BODY)
    assert not check(new, sign_message(webhook, "msg_1", BODY, NOON), BODY)  # too old


def test_the_guide_lists_every_event_and_its_id():
    for kind, description in DESCRIPTIONS.items():
        [row] = [line for line in GUIDE.splitlines() if line.startswith("| `") and f"`{kind}`" in line]
        assert f"`{description.subject_field}`" in row
    assert len(EventKind) == 9


def test_the_guide_says_how_long_is_waited():
    [text] = re.findall(r"tried again after (.*?)\.", GUIDE)
    seconds = {"s": 1, "min": 60, "h": 3_600}
    waits = [int(number) * seconds[unit] for number, unit in re.findall(r"(\d+) (s|min|h)\b", text)]
    assert waits == [wait.total_seconds() for wait in RETRY_WAITS]
