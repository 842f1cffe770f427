"""Runs the queued jobs that send e-mails, as the worker would."""

from __future__ import annotations

import re

from django.core import mail
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from athletes.accounts.email_links.tasks import EMAIL_QUEUE


def send_queued_emails() -> list[mail.EmailMessage]:
    """Run all waiting jobs; returns the e-mails that they sent."""
    before = len(mail.outbox)
    for job in ProcrastinateJob.objects.filter(status="todo", queue_name=EMAIL_QUEUE).order_by("id"):
        app.tasks[job.task_name](**job.args)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = %s", [EMAIL_QUEUE])
    return mail.outbox[before:]


def read_link(message: mail.EmailMessage) -> tuple[str, str]:
    """The page and the code of the link in an e-mail."""
    [(page, code)] = re.findall(r"(https?://\S+)#(\S+)", str(message.body))
    return page, code
