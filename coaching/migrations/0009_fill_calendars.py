# Each plan instance fills its athlete's calendar. Instances that are filled are passed over, so it can run again.

from datetime import timedelta

from django.db import migrations, transaction
from django.db.models import Exists, OuterRef

from astral.ids import new_id

INSTANCES_AT_ONCE = 200
COPIED = ("sport", "title", "duration_s", "distance_m", "load", "zone", "steps", "is_key", "position")


def fill_calendars(apps, schema_editor):
    """Batches in the order of start and id, so that ids of sessions have the order that they had as text."""
    Instance = apps.get_model("coaching", "PlanInstance")
    filled = apps.get_model("coaching", "CalendarSession").objects.filter(instance=OuterRef("pk"))
    waiting = Instance.objects.filter(~Exists(filled), plan__sessions__isnull=False).distinct().order_by("pk")
    last = None
    while True:
        rows = waiting if last is None else waiting.filter(pk__gt=last)
        batch = list(rows.select_related("plan")[:INSTANCES_AT_ONCE])
        if not batch:
            return
        fill_instances(apps, batch)
        last = batch[-1].pk


@transaction.atomic
def fill_instances(apps, instances):
    by_plan = {}
    PlanSession = apps.get_model("coaching", "PlanSession")
    for session in PlanSession.objects.filter(plan__in={row.plan_id for row in instances}).order_by(
        "week", "weekday", "position"
    ):
        by_plan.setdefault(session.plan_id, []).append(session)
    sessions = [
        session
        for instance in instances
        for session in build_sessions(apps, instance, by_plan.get(instance.plan_id, ()))
    ]
    apps.get_model("coaching", "CalendarSession").objects.bulk_create(sessions, batch_size=2_000)
    link_sessions(apps, instances, sessions)


def build_sessions(apps, instance, planned):
    CalendarSession = apps.get_model("coaching", "CalendarSession")
    monday = instance.start_date - timedelta(days=instance.start_date.weekday())
    for session in planned:
        day = monday + timedelta(days=7 * (session.week - 1) + session.weekday - 1)
        if day >= instance.start_date:
            yield CalendarSession(
                id=new_id(),
                athlete_id=instance.athlete_id,
                day=day,
                instance=instance,
                plan_session=session,
                organization_id=instance.plan.organization_id,
                **{name: getattr(session, name) for name in COPIED},
            )


def link_sessions(apps, instances, sessions):
    """A link of a day before the start has no session and had no effect: it is deleted."""
    by_place = {(row.instance_id, row.plan_session_id): row for row in sessions}
    PlanLink = apps.get_model("coaching", "PlanLink")
    links = list(PlanLink.objects.filter(instance__in=instances))
    for link in links:
        link.calendar_session = by_place.get((link.instance_id, link.session_id))
    PlanLink.objects.bulk_update(links, ["calendar_session"], batch_size=2_000)
    PlanLink.objects.filter(instance__in=instances, calendar_session__isnull=True).delete()


def restore_links(apps, schema_editor):
    """Links of sessions that no plan has are lost: the old table cannot hold them."""
    PlanLink = apps.get_model("coaching", "PlanLink")
    for link in PlanLink.objects.select_related("calendar_session").filter(instance__isnull=True).iterator():
        link.instance_id = link.calendar_session.instance_id
        link.session_id = link.calendar_session.plan_session_id
        if link.instance_id and link.session_id:
            link.save(update_fields=["instance", "session"])
        else:
            link.delete()


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("coaching", "0008_calendar_sessions"),
    ]

    operations = [migrations.RunPython(fill_calendars, restore_links)]
