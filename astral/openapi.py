"""drf-spectacular's settings: how the OpenAPI schema is made."""

from __future__ import annotations

from typing import Any


def build_openapi_settings(description: str, version: str) -> dict[str, Any]:
    return {
        "TITLE": "Astral",
        "DESCRIPTION": description,
        "VERSION": version,
        "OAS_VERSION": "3.1.1",
        "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        "GET_LIB_DOC_EXCLUDES": "astral.http.schema.list_undocumented_classes",
        "SERVE_INCLUDE_SCHEMA": False,
        "SERVE_PUBLIC": True,
        "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "displayRequestDuration": True},
        "COMPONENT_SPLIT_REQUEST": True,
        "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
        "SCHEMA_PATH_PREFIX": "/api/v[0-9]",
        "ENUM_NAME_OVERRIDES": {
            "RoleEnum": "athletes.roles.Role",
            "InvitedAsEnum": "athletes.organizations.serializers.INVITABLE_ROLES",
            "MemberRoleEnum": "athletes.organizations.serializers.MEMBER_ROLES",
            "StatusEnum": "athletes.roles.Status",
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
            "StepKindEnum": "coaching.plans.step_serializers.STEP_KINDS",
            "RepeatKindEnum": [("repeat", "repeat")],
            "FlagEnum": [("1", "1"), ("0", "0"), ("true", "true"), ("false", "false")],
            "BucketEnum": [("day", "day"), ("week", "week"), ("month", "month")],
            "DayOrMonthEnum": [("day", "day"), ("month", "month")],
        },
    }
