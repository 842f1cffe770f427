# The change history keeps which activities went into the bin and out of it, and deleted health days.
# An upload writes neither, so it costs nothing more.

from django.db import migrations

BIN_SQL = """SELECT track_changes('metrics_binactivity', ARRAY['INSERT', 'DELETE'], 'bin_activity',
    $$(whole ->> 'athlete_id')::uuid$$, 'NULL::uuid', $$'activities'$$, 'false',
    'activity_type', 'started_at', 'distance_m', 'duration_s')"""
HEALTH_DAY_SQL = """SELECT track_changes('metrics_healthday', ARRAY['DELETE'], 'health_day',
    $$(whole ->> 'athlete_id')::uuid$$, 'NULL::uuid', $$'health'$$, 'false', 'date', 'source')"""


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0014_imported_rows'),
        ('athletes', '0020_tracked_people_and_clubs'),
    ]

    operations = [
        migrations.RunSQL(BIN_SQL, "SELECT untrack_changes('metrics_binactivity')"),
        migrations.RunSQL(HEALTH_DAY_SQL, "SELECT untrack_changes('metrics_healthday')"),
    ]
