"""manage.py doctor: check this installation, and say what to do."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from astral.doctor.all_checks import run_all_checks
from astral.doctor.result import Level


class Command(BaseCommand):
    help = "Check settings, database, jobs, disks, mail and backups. Exit status 1 if something failed."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="One list of objects, for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(run_all_checks(timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=1))
        else:
            for finding in findings:
                advice = f" {finding.advice}" if finding.advice else ""
                self.stdout.write(f"{finding.level:<4}  {finding.check:<12} {finding.sentence}{advice}")
        if any(finding.level == Level.FAIL for finding in findings):
            sys.exit(1)
