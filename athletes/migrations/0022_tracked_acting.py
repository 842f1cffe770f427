# The change history keeps when staff acted as somebody, and the permission to see health data meanwhile.

from django.db import migrations

ALL = "ARRAY['INSERT', 'UPDATE', 'DELETE']"
ACTING_SQL = f"""SELECT track_changes('athletes_actingsession', {ALL}, 'acting',
    $$(whole ->> 'person_id')::uuid$$, 'NULL::uuid', $$''$$, 'false', 'reason', 'until', 'ended_at')"""
SUPPORT_SQL = f"""SELECT track_changes('athletes_supportconsent', {ALL}, 'support_consent',
    $$(whole ->> 'athlete_id')::uuid$$, 'NULL::uuid', $$''$$, 'false', 'until')"""


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0021_acting'),
    ]

    operations = [
        migrations.RunSQL(ACTING_SQL, "SELECT untrack_changes('athletes_actingsession')"),
        migrations.RunSQL(SUPPORT_SQL, "SELECT untrack_changes('athletes_supportconsent')"),
    ]
