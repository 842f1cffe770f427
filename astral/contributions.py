"""What each app gives to those below it, by path: imports only go down. Settings pass it on."""

from __future__ import annotations

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
# For each kind of notice, the function that writes its words.
NOTICE_READERS = {
    "digest": "coaching.notices.digest_texts.read_digest_notices",
    "signal": "coaching.notices.signal_texts.read_signal_notices",
    "comment": "coaching.notices.comment_texts.read_comment_notices",
    "calendar_change": "coaching.notices.calendar_texts.read_calendar_notices",
    "import": "metrics.imports.notices.import_texts.read_import_notices",
}
# A function (viewer, activity, now) that finds the planned steps of an activity.
ACTIVITY_STEPS = "coaching.calendar.done_steps.find_session_steps"
# What higher apps add to the page of an activity.
ACTIVITY_PANELS = ["coaching.comments.panel.build_activity_panel"]
# Personal data of each app: exported on request and deleted with the account. The order matters.
OWN_DATA = [
    "coaching.personal_data.OWN_DATA",
    "metrics.personal_data.OWN_DATA",
    "athletes.personal_data.tables.OWN_DATA",
]
# Functions that read gauges from the database at each scrape.
GAUGE_READERS = [
    "astral.monitoring.jobs.read_job_gauges",
    "astral.monitoring.replicas.read_replica_gauges",
    "metrics.imports.counts.read_import_gauges",
    "coaching.assessments.gauges.read_assessment_gauges",
]
# In addition to each app's `tasks`.
PROCRASTINATE_IMPORT_PATHS = [
    "athletes.accounts.email_links.tasks",
    "athletes.notices.tasks",
    "athletes.webhooks.tasks",
    "coaching.notices.tasks",
    "metrics.remeasurement.tasks",
    "metrics.imports.tasks",
]
