"""Wrong settings stop the start: one sentence on stderr and exit status 1."""

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
LOAD_SETTINGS = ("-c", "import astral.settings")


def read_refusal(environment: dict[str, str], *arguments: str) -> str:
    ended = run_python(*(arguments or LOAD_SETTINGS), **environment)
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
        ({"WEBHOOKS_TO_LOOPBACK": "1"}, "WEBHOOKS_TO_LOOPBACK is for tests"),
    ],
)
def test_production_refuses_unsafe_settings(wrong: dict[str, str], named: str):
    assert read_refusal(PRODUCTION | wrong).startswith(named)


def test_default_environment_is_production():
    assert read_refusal({}).startswith("SECRET_KEY is not set")


def test_manage_py_refuses_with_the_same_sentence():
    assert read_refusal(PRODUCTION | {"SECRET_KEY": ""}, "manage.py", "check") == read_refusal(
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
        ("SECURITY_LOG", "/no/such/folder/security.log"),
        ("STAFF_SESSION_IDLE_MINUTES", "5"),
        ("SESSION_DAYS", "0"),
        ("API_KEY_DAYS", "4000"),
        ("WEBHOOK_PORTS", "443,0"),
        ("WEBHOOK_PORTS", "https"),
        ("STORAGE_MB_PER_ATHLETE", "0"),
        ("DATABASE_URL", "mysql://root@localhost/astral"),
        ("DATABASE_URL", "postgresql://astral@host:port/astral"),
        ("REDIS_URL", "localhost:6379"),
        ("INSIGHTS_LLM_BASE_URL", "models.example.org"),
        ("INSIGHTS_LLM_BASE_URL", "file:///etc/passwd"),
        ("INSIGHTS_LLM_TIMEOUT_S", "0"),
        ("INSIGHTS_LLM_DAILY_CALLS", "many"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "ü" * 30),
        ("METRICS_NETWORKS", "10.0.0.0/33"),
        ("METRICS_NETWORKS", "prometheus.example.org"),
        ("MIGRATION_LOCK_TIMEOUT_S", "soon"),
        ("MAP_TILES_URL", "https://tiles.example.org/{z}/{x}/{x}.png"),
        ("MAP_TILES_URL", "https://tiles.example.org; script-src */{z}/{x}/{y}"),
        ("DATABASE_POOLER", "odyssey"),
        ("DATABASE_POOLER", "pgbouncer"),  # without WORKER_DATABASE_URL
        ("WORKER_DATABASE_URL", "database:5432"),
        ("DATABASE_REPLICA_URLS", "postgresql://one/astral,two:5432"),
    ],
)
def test_invalid_value_is_refused_with_the_name_of_its_setting(name: str, nonsense: str):
    assert read_refusal({"ASTRAL_ENV": "local", name: nonsense}).startswith(f"{name} ")


@pytest.mark.parametrize("name", ["SSL_REDIRECT", "HSTS_SECONDS"])
def test_invalid_production_setting_is_refused(name: str):
    assert read_refusal(PRODUCTION | {name: "yes"}).startswith(f"{name} ")


def test_the_policy_for_images_names_the_host_of_the_map_and_only_then():
    code = "import astral.settings as s; print(s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'][2:])"
    tiles = {"MAP_TILES_URL": "https://tiles.example.org:8443/{z}/{x}/{y}.png?key=1"}
    assert run_python("-c", code, ASTRAL_ENV="local").stdout.strip() == "[]"
    with_map = run_python("-c", code, ASTRAL_ENV="local", **tiles)
    assert with_map.stdout.strip() == "['https://tiles.example.org:8443']", with_map.stderr


def test_refusal_does_not_show_a_password():
    assert "hunter2" not in read_refusal(
        {"ASTRAL_ENV": "local", "DATABASE_URL": "mysql://root:hunter2@db/astral"}
    )


def test_refusal_does_not_show_a_token():
    assert "hunter2" not in read_refusal({"ASTRAL_ENV": "local", "METRICS_TOKEN": "hunter2"})


def test_production_settings_pass_the_deployment_checks():
    ended = run_python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert ended.returncode == 0, ended.stderr
    assert "no issues" in ended.stdout


def test_minimal_production_settings_are_safe():
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
def test_incomplete_model_settings_are_refused_without_showing_the_key(half: dict[str, str]):
    sentence = read_refusal({"ASTRAL_ENV": "local"} | half)
    assert sentence.startswith("INSIGHTS_LLM_")
    assert "secret" not in sentence
