"""manage.py log_id: the opaque id under which log lines name a person, key or club."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from astral.ids import MalformedId, decode
from astral.logs import opaque_id
from athletes.models import ApiKey, Organization, User

PREFIXES = (User.prefix, Organization.prefix, ApiKey.prefix)


class Command(BaseCommand):
    help = "Print the id that log lines use for a person, club or key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("row", help="usr_…, org_…, key_… or an e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(opaque_id(_find_key(options["row"])))


def _find_key(text: str) -> object:
    if "@" in text:
        key = User.objects.filter(email=text.strip().lower()).values_list("pk", flat=True).first()
        if key is None:
            raise CommandError("No account has this e-mail address.")
        return key
    prefix = text.partition("_")[0]
    try:
        return decode(prefix if prefix in PREFIXES else User.prefix, text)
    except MalformedId as error:
        raise CommandError("Use an id such as usr_…, org_… or key_…, or an e-mail address.") from error
