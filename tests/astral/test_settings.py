"""Settings are loud about nonsense: one plain sentence on stderr, exit status 1, and nothing is served."""

from __future__ import annotations

import pytest

from astral.environment import DEMO_SECRET_KEY
from tests.support.error_shape import assert_sentence
from tests.support.python_process import run_python

KEY = "q7Jt0m2VbX9sLw4Zr8Nc1Yd5Ke3Hg6UaR0pTi5Bv8Mf2Xs1Wk9"
PRODUCTION = {
    "ASTRAL_ENV": "production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "astral.example.org",
}
LOAD = ("-c", "import astral.settings")


def refusal(environment: dict[str, str], *arguments: str) -> str:
    ended = run_python(*(arguments or LOAD), **environment)
    assert (ended.returncode, ended.stdout) == (1, "")
    [line] = ended.stderr.splitlines()
    start, sentence = line.split(": ", 1)
    assert start == "Astral will not start"
    assert_sentence(sentence)
    return sentence


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": DEMO_SECRET_KEY}, "SECRET_KEY is a demo key"),
        ({"SECRET_KEY": "demo-" + "x7Q" * 12}, "SECRET_KEY is a demo key"),
        ({"SECRET_KEY": "django-insecure-" + "x7Q" * 12}, "SECRET_KEY is a demo key"),
        (
            {"SECRET_KEY": KEY[:49]},
            "SECRET_KEY is shorter than 50",
        ),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"DEBUG": "true"}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must list"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS must list"),
        ({"ALLOWED_HOSTS": "astral.example.org,*"}, "ALLOWED_HOSTS must list"),
    ],
)
def test_production_refuses_what_is_only_fit_for_a_laptop(wrong: dict[str, str], named: str):
    assert refusal(PRODUCTION | wrong).startswith(named)


def test_without_a_word_about_it_the_environment_is_production():
    assert refusal({}).startswith("SECRET_KEY is not set")


def test_manage_py_refuses_in_the_same_sentence():
    assert refusal(PRODUCTION | {"SECRET_KEY": ""}, "manage.py", "check") == refusal(
        PRODUCTION | {"SECRET_KEY": ""}
    )


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("ASTRAL_ENV", "prod"),
        ("DEBUG", "banana"),
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_POOL_SIZE", "1_0"),
        ("TOKEN_DAYS", "１２"),
        ("TOKEN_DAYS", "9" * 5000),
        ("TOKEN_DAYS", "36501"),
        ("LOGIN_ATTEMPTS", "-1"),
        ("LOGIN_LOCK_MINUTES", "a quarter"),
        ("TRUSTED_PROXIES", "1.5"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://root@localhost/astral"),
        ("DATABASE_URL", "postgresql://astral@host:port/astral"),
        ("REDIS_URL", "localhost:6379"),
        ("INSIGHTS_LLM_BASE_URL", "models.example.org"),
        ("INSIGHTS_LLM_BASE_URL", "file:///etc/passwd"),
        ("INSIGHTS_LLM_TIMEOUT_S", "0"),
        ("INSIGHTS_LLM_DAILY_CALLS", "many"),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_setting(name: str, nonsense: str):
    assert refusal({"ASTRAL_ENV": "local", name: nonsense}).startswith(f"{name} ")


@pytest.mark.parametrize("name", ["SSL_REDIRECT", "HSTS_SECONDS"])
def test_nonsense_is_refused_in_what_only_production_reads(name: str):
    assert refusal(PRODUCTION | {name: "yes"}).startswith(f"{name} ")


def test_a_password_in_a_refused_address_is_not_shown():
    assert "hunter2" not in refusal({"ASTRAL_ENV": "local", "DATABASE_URL": "mysql://root:hunter2@db/astral"})


def test_a_production_setup_passes_every_deployment_check():
    ended = run_python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert ended.returncode == 0, ended.stderr
    assert "no issues" in ended.stdout


def test_the_smallest_production_setup_is_safe_by_default():
    show = (
        "import astral.settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY)"
    )
    assert run_python("-c", show, **PRODUCTION).stdout.split() == ["False", *["True"] * 6]


@pytest.mark.parametrize(
    "half",
    [
        {"INSIGHTS_LLM_BASE_URL": "https://models.example.org/v1"},
        {"INSIGHTS_LLM_MODEL": "small"},
        {"INSIGHTS_LLM_API_KEY": "secret-of-somebody"},
        {"INSIGHTS_LLM_BASE_URL": "https://models.example.org/v1", "INSIGHTS_LLM_MODEL": "m" * 121},
    ],
)
def test_half_a_model_is_refused_without_telling_the_key(half: dict[str, str]):
    sentence = refusal({"ASTRAL_ENV": "local"} | half)
    assert sentence.startswith("INSIGHTS_LLM_")
    assert "secret" not in sentence
