"""manage.py permissions: prints docs/PERMISSIONS.md."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from athletes.access.policy_document import build_policy_document


class Command(BaseCommand):
    help = "Print docs/PERMISSIONS.md, generated from the policy tables."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(build_policy_document(), ending="")
