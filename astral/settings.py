"""All settings, read from the environment. README has the table; a test compares the two."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from astral import VERSION, logs, openapi
from astral import environment as env
from astral.database.config import PGBOUNCER, build_database_settings, build_databases, check_direct_address

BASE_DIR = Path(__file__).resolve().parent.parent

ASTRAL_ENV = env.read_choice("ASTRAL_ENV", "production", ("production", "local", "test"))
PRODUCTION = ASTRAL_ENV == "production"
DEBUG = env.read_flag("DEBUG", default=False)
SECRET_KEY = env.read_text("SECRET_KEY", "" if PRODUCTION else env.DEMO_SECRET_KEY)
SECRET_KEY_FALLBACKS = env.read_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.read_list("ALLOWED_HOSTS") or ([] if PRODUCTION else ["*"])
if PRODUCTION:
    env.check_production_settings(SECRET_KEY, DEBUG, ALLOWED_HOSTS)

INSTALLED_APPS = [
    "athletes",
    "metrics",
    "coaching",
    "astral",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "astral.renamed_apps.SignInAttemptsConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "astral.renamed_apps.BackgroundJobsConfig",
]
if not PRODUCTION and (BASE_DIR / "bench").is_dir():
    INSTALLED_APPS.insert(0, "bench")  # its `demo` command can also load many athletes
# In addition to each app's `tasks`.
PROCRASTINATE_IMPORT_PATHS = [
    "athletes.accounts.email_links.tasks",
    "athletes.notices.tasks",
    "athletes.webhooks.tasks",
    "coaching.notices.tasks",
    "metrics.remeasurement.tasks",
    "metrics.imports.tasks",
]

MIDDLEWARE = [
    "astral.monitoring.middleware.MetricsMiddleware",
    "astral.http.middleware.request_id.RequestLogMiddleware",
    "astral.http.middleware.private_answers.PrivateAnswersMiddleware",
    "astral.http.middleware.body_limits.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # after the headers, so that static files have them, too
    "astral.http.middleware.compressed_pages.CompressedPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "athletes.accounts.sessions.LimitedSessionMiddleware",  # Django's AuthenticationMiddleware
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "athletes.accounts.known_devices.KnownDeviceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "athletes.looks.middleware.AccessLogMiddleware",
    "athletes.changes.middleware.ChangeAuthorMiddleware",
]

ROOT_URLCONF = "astral.urls"
WSGI_APPLICATION = "astral.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "astral" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- PostgreSQL and Redis -----------------------------------------------------------------------------------
# Checks that need no database run without DATABASE_URL (schema, mypy, lint).
DATABASE_POOL_SIZE = env.read_number("DATABASE_POOL_SIZE", 10, lowest=1)
DATABASE_POOLER = env.read_choice("DATABASE_POOLER", "none", ("none", PGBOUNCER))
_PREPARES = env.read_flag("PREPARED_STATEMENTS", default=DATABASE_POOLER != PGBOUNCER)
DATABASES = build_databases(
    env.read_url(
        "DATABASE_URL",
        "postgresql://astral@127.0.0.1:5432/astral",
        env.POSTGRES_SCHEMES,
        env.POSTGRES_EXAMPLE,
    ),
    env.read_urls("DATABASE_REPLICA_URLS", env.POSTGRES_SCHEMES, env.POSTGRES_EXAMPLE),
    DATABASE_POOL_SIZE,
    prepares=_PREPARES,
)
# The worker listens to PostgreSQL, and a pooler does not pass that on.
_WORKER_DATABASE_URL = env.read_url("WORKER_DATABASE_URL", "", env.POSTGRES_SCHEMES, env.POSTGRES_EXAMPLE)
check_direct_address(DATABASE_POOLER, _WORKER_DATABASE_URL)
WORKER_DATABASE = (
    build_database_settings(_WORKER_DATABASE_URL, DATABASE_POOL_SIZE, prepares=True)
    if _WORKER_DATABASE_URL
    else {}
)
MIGRATION_LOCK_TIMEOUT_S = env.read_number("MIGRATION_LOCK_TIMEOUT_S", 2, highest=3_600)

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": env.read_url(
            "REDIS_URL", "redis://127.0.0.1:6379/0", ("redis", "rediss", "unix"), "redis://host:6379/0"
        ),
        "KEY_PREFIX": env.read_text("REDIS_PREFIX", "astral"),
        "OPTIONS": {
            "CLIENT_CLASS": "django_redis.client.DefaultClient",
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            # Redis may be down: no retries and short timeouts, so that answers are only a little slower.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.2,
            "SOCKET_TIMEOUT": 0.2,
            "CONNECTION_POOL_KWARGS": {"retry": None, "max_connections": 1_000},  # enough for all threads
        },
    }
}

# --- Users, sign-in and permissions -------------------------------------------------------------------------
AUTH_USER_MODEL = "athletes.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# Of allauth we use models and checks, behind our own pages (docs/decisions/0022). Its own counters of
# attempts are off: `sign_in_counters` and `use_limits` count.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "athletes.accounts.second_factor.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
SECOND_FACTOR_REQUIRED_FOR = env.read_words("SECOND_FACTOR_REQUIRED_FOR", ("staff", "head_coaches"))
PASSWORD_RESET_TIMEOUT = 3_600  # seconds
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=env.read_number("TOKEN_DAYS", 30, lowest=1, highest=36_500)),
    "AUTH_HEADER_PREFIX": "Bearer",
    "SECURE_HASH_ALGORITHM": "hashlib.sha512",
}
# A browser session ends after a time without a request, and some time after the sign-in. Staff see
# everything, so theirs end earlier.
SESSION_ENGINE = "athletes.accounts.sessions"
SESSION_IDLE_TIME = timedelta(days=env.read_number("SESSION_IDLE_DAYS", 14, lowest=1, highest=3_650))
SESSION_LIFETIME = timedelta(days=env.read_number("SESSION_DAYS", 60, lowest=1, highest=3_650))
STAFF_SESSION_IDLE_TIME = timedelta(
    minutes=env.read_number("STAFF_SESSION_IDLE_MINUTES", 120, lowest=15, highest=100_000)
)
STAFF_SESSION_LIFETIME = timedelta(
    hours=env.read_number("STAFF_SESSION_HOURS", 12, lowest=1, highest=100_000)
)
# As long as the longest session, so that a browser whose session has ended is told why.
SESSION_COOKIE_AGE = int(max(SESSION_LIFETIME, STAFF_SESSION_LIFETIME).total_seconds())
API_KEY_LIFETIME = timedelta(days=env.read_number("API_KEY_DAYS", 365, lowest=1, highest=3_653))

# Limits of one account. Over a limit, the answer is 429, or 409 until something is ended or deleted.
TOKENS_PER_ACCOUNT = env.read_number("TOKENS_PER_ACCOUNT", 50, lowest=1)  # that are valid
TOKENS_PER_HOUR = env.read_number("TOKENS_PER_HOUR", 20, lowest=1)
REFRESHES_PER_HOUR = env.read_number("REFRESHES_PER_HOUR", 300, lowest=1)
EXPORTS_PER_DAY = env.read_number("EXPORTS_PER_DAY", 10, lowest=1)
ACCOUNT_EMAILS_PER_HOUR = env.read_number("ACCOUNT_EMAILS_PER_HOUR", 5, lowest=1)  # to one address
INVITATION_EMAILS_PER_DAY = env.read_number("INVITATION_EMAILS_PER_DAY", 100, lowest=1)
READS_PER_MINUTE = env.read_number("READS_PER_MINUTE", 60_000)  # of a person or key; 0: no limit
WRITES_PER_MINUTE = env.read_number("WRITES_PER_MINUTE", 6_000)
IMPORTS_PER_DAY = env.read_number("IMPORTS_PER_DAY", 50, lowest=1)
# Limits of what is stored for one athlete, the bin included.
STORAGE_MB_PER_ATHLETE = env.read_number("STORAGE_MB_PER_ATHLETE", 5_000, lowest=1)  # original files
ACTIVITIES_PER_ATHLETE = env.read_number("ACTIVITIES_PER_ATHLETE", 50_000, lowest=1)
HEALTH_DAYS_PER_ATHLETE = env.read_number("HEALTH_DAYS_PER_ATHLETE", 100_000, lowest=1)
# Webhooks: how many a person or a club may have, and where they may lead.
WEBHOOKS_PER_OWNER = env.read_number("WEBHOOKS_PER_OWNER", 10, lowest=1)
WEBHOOK_PORTS = env.read_ports("WEBHOOK_PORTS", (443, 8443))
WEBHOOKS_TO_LOOPBACK = env.read_flag("WEBHOOKS_TO_LOOPBACK", default=False)  # also http; for tests
if PRODUCTION and WEBHOOKS_TO_LOOPBACK:
    env.refuse_to_start(
        "WEBHOOKS_TO_LOOPBACK is for tests; in production, webhooks may not reach this machine."
    )
# The access log: how long it is kept. Looks are stored by a thread, so they can be read about a second later.
ACCESS_LOG_MONTHS = env.read_number("ACCESS_LOG_MONTHS", 13, lowest=1, highest=120)
ACCESS_LOG_INTERVAL_S = 0 if ASTRAL_ENV == "test" else 1  # 0: no thread, tests store looks when they want
CHANGE_HISTORY_MONTHS = env.read_number("CHANGE_HISTORY_MONTHS", 25, lowest=1, highest=120)
LOGIN_URL = "/admin/login/"
# The permission table of each app.
POLICIES = ["athletes.access.policy.POLICY", "metrics.policy.POLICY", "coaching.policy.POLICY"]
# What the change history of each app tracks.
TRACKED_KINDS = [
    "athletes.changes.tracked_kinds.TRACKED_KINDS",
    "metrics.health.tracked_kinds.TRACKED_KINDS",
    "coaching.tracked_kinds.TRACKED_KINDS",
]
# The context of an error page's menu.
ERROR_FRAME = "athletes.access.page_user.build_error_page_context"
# Counts the comments that are new to a person.
UNREAD_COUNTER = "coaching.comments.unread.count_unread"
# Who writes the words of which kind of notice.
NOTICE_READERS = {
    "digest": "coaching.notices.digest_texts.read_digest_notices",
    "signal": "coaching.notices.signal_texts.read_signal_notices",
    "comment": "coaching.notices.comment_texts.read_comment_notices",
    "calendar_change": "coaching.notices.calendar_texts.read_calendar_notices",
    "import": "metrics.imports.notices.import_texts.read_import_notices",
}
# Who knows the planned steps of an activity: a function (viewer, activity, now).
ACTIVITY_STEPS = "coaching.calendar.done_steps.find_session_steps"
# What higher apps add to the page of an activity.
ACTIVITY_PANELS = ["coaching.comments.panel.build_activity_panel"]
# Personal data of each app: exported on request and deleted with the account. The order matters.
OWN_DATA = [
    "coaching.personal_data.OWN_DATA",
    "metrics.personal_data.OWN_DATA",
    "athletes.personal_data.tables.OWN_DATA",
]

# Limits of failed sign-ins (docs/decisions/0014): of one account from one address or known device, of one
# account from all unknown devices in an hour, and of one address.
AXES_FAILURE_LIMIT = env.read_number("LOGIN_ATTEMPTS", 10, lowest=1)
LOGIN_ATTEMPTS_PER_ACCOUNT = env.read_number("LOGIN_ATTEMPTS_PER_ACCOUNT", 20, lowest=6)
LOGIN_ATTEMPTS_PER_ADDRESS = env.read_number("LOGIN_ATTEMPTS_PER_ADDRESS", 300, lowest=1)
AXES_COOLOFF_TIME = timedelta(minutes=env.read_number("LOGIN_LOCK_MINUTES", 15, lowest=1))
AXES_HANDLER = "athletes.accounts.login_attempts.LoginAttemptHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "athletes.accounts.login_attempts.normalize_account_name"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a refused attempt counts nowhere
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "athletes.accounts.login_attempts.build_lockout_response"
AXES_CLIENT_IP_CALLABLE = "astral.http.middleware.caller.get_client_address"
TRUSTED_PROXIES = env.read_number("TRUSTED_PROXIES", 0, highest=10)

# --- E-mail, for invitations, links and warnings ------------------------------------------------------------
EMAIL_HOST = env.read_text("EMAIL_HOST", "")
EMAIL_PORT = env.read_number("EMAIL_PORT", 587, lowest=1, highest=65_535)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.read_text("EMAIL_USER", ""), env.read_text("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env.read_flag("EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.read_text("EMAIL_FROM", "astral@localhost")
# In production, the console backend would write invitations to the log.
SENDS_EMAIL = bool(EMAIL_HOST) or not PRODUCTION
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
# A link for anybody must not tell whether an address has an account. A new person gets a link of their own.
MAILS_JOIN_LINKS = bool(EMAIL_HOST)
INVITATION_URL = env.read_text("INVITATION_URL", "")
# Where people open this server: for links in e-mails that no request causes.
PUBLIC_URL = env.read_public_url("PUBLIC_URL", ALLOWED_HOSTS if PRODUCTION else [])

# --- Language model for insights; without a base URL nothing is sent ---------------
INSIGHTS_LLM_BASE_URL = env.read_url(
    "INSIGHTS_LLM_BASE_URL", "", ("https", "http"), "https://models.example.org/v1"
)
INSIGHTS_LLM_MODEL, INSIGHTS_LLM_API_KEY = (
    env.read_text("INSIGHTS_LLM_MODEL"),
    env.read_text("INSIGHTS_LLM_API_KEY"),
)
INSIGHTS_LLM_TIMEOUT_S = env.read_number("INSIGHTS_LLM_TIMEOUT_S", 20, lowest=1, highest=300)
INSIGHTS_LLM_DAILY_CALLS = env.read_number("INSIGHTS_LLM_DAILY_CALLS", 500, lowest=1)
env.check_llm_settings(INSIGHTS_LLM_BASE_URL, INSIGHTS_LLM_MODEL, INSIGHTS_LLM_API_KEY)

# --- The API ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = openapi.REST_FRAMEWORK
IDEMPOTENCY_GUARD = "athletes.access.idempotency.answer_once"
SPECTACULAR_SETTINGS = openapi.build_openapi_settings(
    description=(BASE_DIR / "astral" / "introduction.md").read_text(encoding="utf-8"), version=VERSION
)
UPLOAD_MAX_BYTES = 25_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # for forms; JSON bodies and files have their own limits
# Imports lie here until they are done. The web server and the worker share this folder. Files arrive in it,
# so that they are renamed and not copied.
IMPORTS_DIR = env.read_folder("IMPORTS_DIR", BASE_DIR / ".astral" / "imports")
IMPORT_MAX_BYTES = env.read_number("IMPORT_MAX_MB", 2_000, lowest=1, highest=100_000) * 1_000_000
FILE_UPLOAD_TEMP_DIR = IMPORTS_DIR
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # of one form; each is an open file

# --- Time, language, files ----------------------------------------------------------------------------------
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "astral.formats"
USE_I18N = False
LANGUAGE_CODE = "en-gb"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.read_text("STATIC_ROOT", str(BASE_DIR / "staticfiles"))) if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION  # so `make run` needs no collectstatic
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Map ----------------------------------------------------------------------------------------------------
# The background of routes. Without it pages ask nobody for anything.
MAP_TILES_URL = env.read_tiles_url("MAP_TILES_URL")
MAP_ATTRIBUTION = env.read_text("MAP_ATTRIBUTION")
MAP_TILES_ORIGIN = [env.get_origin(MAP_TILES_URL)] if MAP_TILES_URL else []

# --- Security -----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *MAP_TILES_ORIGIN],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
CSRF_FAILURE_VIEW = "astral.http.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.read_list("CSRF_TRUSTED_ORIGINS")
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # pages have the CSRF token in their HTML
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# A local run uses plain http, and browsers do not send Secure cookies over http.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and env.read_flag("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.read_number("HSTS_SECONDS", 31_536_000) if PRODUCTION else 0
# Off by default: other subdomains of the same host may not use https.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION and env.read_flag(
    "HSTS_SUBDOMAINS", default=False
)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- For the operator: metrics, which nobody may read by default, and backups -------------------------------
BACKUPS_DIR = env.read_text("BACKUPS_DIR")  # `doctor` tells how old the newest one is
METRICS_TOKEN = env.read_secret("METRICS_TOKEN")
METRICS_NETWORKS = env.read_networks("METRICS_NETWORKS")
# Functions that read gauges from the database at each scrape. Failures of webhooks belong here, too.
GAUGE_READERS = [
    "astral.monitoring.jobs.read_job_gauges",
    "astral.monitoring.replicas.read_replica_gauges",
    "metrics.imports.counts.read_import_gauges",
    "coaching.assessments.gauges.read_assessment_gauges",
]

# --- Logs ---------------------------------------------------------------------------------------------------
LOGGING = logs.build_logging_config(
    env.read_choice("LOG_FORMAT", "json" if PRODUCTION else "console", ("json", "console")),
    security_log=env.read_file("SECURITY_LOG"),
)
logs.configure_structlog()
