"""manage.py permissions: who may call what, as docs/PERMISSIONS.md has it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from athletes.access.policy_document import build_policy_document


class Command(BaseCommand):
    help = "Print the table of permissions, made from the policy tables."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(build_policy_document(), ending="")
