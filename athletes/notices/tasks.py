"""Background task: send the e-mails of notices."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from athletes.accounts.email_links.tasks import EMAIL_QUEUE
from athletes.notices.mailing import send_due_mails


# The lock leaves a slot of the queue to the e-mails about accounts.
@app.periodic(cron="* * * * *")
@app.task(
    name="send_notice_mails",
    queue=EMAIL_QUEUE,
    pass_context=True,
    queueing_lock="send_notice_mails",
    lock="send_notice_mails",
)
def send_notice_mails(context: JobContext, timestamp: int) -> None:
    send_due_mails(timezone.now, context.should_abort)
