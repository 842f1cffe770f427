"""Settings of REST framework, and of the OpenAPI schema that drf-spectacular makes."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that an anonymous call gives 401 and not 403.
        "athletes.organizations.api_keys.ApiKeyAuthentication",
        "athletes.accounts.tokens.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["athletes.access.permissions.PolicyPermission"],
    "DEFAULT_THROTTLE_CLASSES": ["athletes.accounts.limits.rate_limits.CredentialThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["astral.http.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["astral.http.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "astral.http.renderers.JSONContentNegotiation",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "astral.http.pagination.StrictPagination",
    "DEFAULT_SCHEMA_CLASS": "astral.http.schema.auto_schema.Schema",
    "EXCEPTION_HANDLER": "astral.http.errors.build_exception_response",
    "URL_FORMAT_OVERRIDE": None,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}


ENUM_NAME_OVERRIDES = {
    "RoleEnum": "athletes.roles.Role",
    "InvitedAsEnum": "athletes.organizations.serializers.INVITABLE_ROLES",
    "MemberRoleEnum": "athletes.organizations.serializers.MEMBER_ROLES",
    "MembershipStatusEnum": "athletes.roles.Status",
    "CurrentStatusEnum": "athletes.organizations.serializers.CURRENT_STATUSES",
    "CategoryEnum": "athletes.rights.Category",
    "ThresholdSourceEnum": "athletes.models.Threshold.Source",
    "ThresholdKindEnum": "athletes.models.Threshold.Kind",
    "AbsenceKindEnum": "coaching.models.Absence.Kind",
    "PlanStatusEnum": "coaching.models.PlanInstance.Status",
    "ActivitySourceEnum": "metrics.models.Activity.Source",
    "ActivityTypeEnum": "metrics.models.Activity.Type",
    "ImportStatusEnum": "metrics.models.Import.Status",
    "ImportKindEnum": "metrics.models.Import.Kind",
    "ImportFileKindEnum": "metrics.models.ImportFile.Kind",
    "ImportFileStatusEnum": "metrics.imports.serializers.FILE_STATUSES",
    "DataQualityPartEnum": "metrics.science.data_quality.PARTS",
    "DeliveryErrorEnum": "athletes.webhooks.serializers.DeliveryErrorCode",
    "SignalCodeEnum": "coaching.signal_history.serializers.SIGNAL_CODE_CHOICES",
    "SignalDomainEnum": "coaching.attention.signal.DOMAINS",
    "SeverityEnum": "coaching.attention.signal.SEVERITIES",
    "CalendarWarningCodeEnum": "coaching.calendar.change_serializers.WARNING_CODE_CHOICES",
    "ChangeStateEnum": "coaching.models.CalendarChange.State",
    "StepKindEnum": "coaching.plans.step_serializers.STEP_KINDS",
    "RepeatKindEnum": [("repeat", "repeat")],
    "BucketEnum": [("day", "day"), ("week", "week"), ("month", "month")],
    "DayOrMonthEnum": [("day", "day"), ("month", "month")],
}


def build_openapi_settings(description: str, version: str) -> dict[str, Any]:
    return {
        "TITLE": "Astral",
        "DESCRIPTION": description,
        "VERSION": version,
        "OAS_VERSION": "3.1.1",
        "SERVERS": [{"url": "/", "description": "The server that this document comes from."}],
        "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        "GET_LIB_DOC_EXCLUDES": "astral.http.schema.auto_schema.list_undocumented_classes",
        "SERVE_INCLUDE_SCHEMA": False,
        "SERVE_PUBLIC": True,
        "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_SETTINGS": {
            "persistAuthorization": True,
            "displayRequestDuration": True,
            "docExpansion": "none",  # with more than about 140 calls open, it draws only some of them
        },
        "COMPONENT_SPLIT_REQUEST": True,
        "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
        "SCHEMA_PATH_PREFIX": "/api/v[0-9]",
        "ENUM_NAME_OVERRIDES": ENUM_NAME_OVERRIDES,
    }
