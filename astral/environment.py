"""Read settings from the environment. A wrong value stops the start.

The reason is one sentence on stderr, with exit status 1.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

DEMO_SECRET_KEY = "demo-secret-key-for-this-machine-only-never-for-production"  # noqa: S105
MIN_SECRET_LENGTH = 20
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def refuse_to_start(sentence: str) -> NoReturn:
    raise SystemExit(f"Astral will not start: {sentence}")


def read_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def read_flag(name: str, default: bool) -> bool:
    given = read_text(name, "1" if default else "0").lower()
    if given not in {"0", "1", "true", "false"}:
        refuse_to_start(f"{name} is {given!r}, but must be 1, 0, true or false.")
    return given in {"1", "true"}


def read_number(name: str, default: int, lowest: int = 0, highest: int = 999_999_999) -> int:
    given = read_text(name, str(default))
    if not _WHOLE_NUMBER.fullmatch(given) or not lowest <= int(given) <= highest:
        refuse_to_start(f"{name} is {given!r}, but must be a whole number from {lowest} to {highest}.")
    return int(given)


def read_file(name: str) -> str:
    """The path of a file that this server may append to; empty if none is set."""
    path = Path(given) if (given := read_text(name)) else None
    if path is not None and not os.access(path if path.exists() else path.parent, os.W_OK):
        refuse_to_start(f"{name} is {given!r}, but this server cannot write to that file.")
    return given


def read_folder(name: str, default: Path) -> Path:
    """A folder that this server may write to. It is made if it is missing."""
    path = Path(read_text(name, str(default)))
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        refuse_to_start(f"{name} is '{path}', but this folder cannot be made ({error.strerror}).")
    return path


def read_list(name: str) -> list[str]:
    return [part.strip() for part in read_text(name).split(",") if part.strip()]


def read_ports(name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    """Port numbers, separated by commas."""
    given = read_list(name)
    if wrong := [text for text in given if not _WHOLE_NUMBER.fullmatch(text) or not 0 < int(text) < 65_536]:
        refuse_to_start(f"{name} has {wrong[0]!r}, but must list port numbers, such as 443,8443.")
    return tuple(map(int, given)) or default


def read_choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    given = read_text(name, default)
    if given not in allowed:
        refuse_to_start(f"{name} is {given!r}, but must be one of {', '.join(allowed)}.")
    return given


def read_words(name: str, allowed: tuple[str, ...]) -> list[str]:
    """A list, separated by commas, of these words only."""
    given = read_list(name)
    if unknown := [word for word in given if word not in allowed]:
        refuse_to_start(f"{name} has {unknown[0]!r}, but knows only {', '.join(allowed)}.")
    return given


def read_secret(name: str) -> str:
    """A secret that somebody could guess if it was short. The error omits it."""
    given = read_text(name)
    if given and (len(given) < MIN_SECRET_LENGTH or not given.isascii() or not given.isprintable()):
        refuse_to_start(
            f"{name} must have at least {MIN_SECRET_LENGTH} characters; use `openssl rand -hex 24`."
        )
    return given


def read_networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks, separated by commas, such as 10.0.0.0/8 or one address."""
    try:
        return [ip_network(part) for part in read_list(name)]
    except ValueError:
        refuse_to_start(f"{name} must list networks such as 10.0.0.0/8, separated by commas.")


def read_url(name: str, default: str, schemes: tuple[str, ...], example: str) -> str:
    """A URL with one of these schemes, or the default. The error omits the value: it may hold a password."""
    given = read_text(name, default)
    if given != default and not _is_url(given, schemes):
        refuse_to_start(f"{name} must be an address such as {example}.")
    return given


def read_public_url(name: str, hosts: Sequence[str]) -> str:
    """Where people open this server, without a slash at the end. By default the first of these hosts."""
    default = f"https://{hosts[0].lstrip('.')}" if hosts else "http://localhost:8000"
    return read_url(name, default, ("https", "http"), "https://astral.example.org").rstrip("/")


def _is_url(given: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(given)
        return parts.scheme in schemes and "://" in given and parts.port != 0
    except ValueError:  # such as a port that is not a number, or an open bracket
        return False


def check_llm_settings(base_url: str, model: str, api_key: str) -> None:
    """Refuse an incomplete model configuration: it would silently change nothing."""
    if base_url and not model:
        refuse_to_start("INSIGHTS_LLM_BASE_URL is set, so INSIGHTS_LLM_MODEL must name the model.")
    if base_url and (
        len(model) > 120 or not model.isprintable() or not api_key.isascii() or not api_key.isprintable()
    ):
        refuse_to_start(
            "INSIGHTS_LLM_MODEL or INSIGHTS_LLM_API_KEY is too long or contains unusual characters."
        )
    if (model or api_key) and not base_url:
        refuse_to_start(
            "INSIGHTS_LLM_MODEL or INSIGHTS_LLM_API_KEY is set, but INSIGHTS_LLM_BASE_URL is not."
        )


def check_production_settings(secret_key: str, debug: bool, allowed_hosts: list[str]) -> None:
    """Refuse settings that are unsafe in production."""
    if not secret_key:
        refuse_to_start("SECRET_KEY is not set; make one with `openssl rand -base64 48` and keep it secret.")
    if "demo" in secret_key.lower() or secret_key.startswith("django-insecure"):
        refuse_to_start("SECRET_KEY is a demo key, which is public; make one with `openssl rand -base64 48`.")
    if len(secret_key) < 50:  # the limit of Django's `check --deploy`
        refuse_to_start("SECRET_KEY is shorter than 50 characters; make one with `openssl rand -base64 48`.")
    if debug:
        refuse_to_start("DEBUG is on, which shows data and settings to strangers; set DEBUG=0.")
    if not allowed_hosts or "*" in allowed_hosts:
        refuse_to_start("ALLOWED_HOSTS must list the host names of this server, such as astral.example.org.")
