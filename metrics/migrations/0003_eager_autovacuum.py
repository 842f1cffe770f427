# Statistics are index-only scans, and those need a visibility map that is up to date: vacuum after 1 % of new rows.

from django.db import migrations

TABLES = ("metrics_activity", "metrics_healthday")


def setting(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} SET (autovacuum_vacuum_insert_scale_factor = 0.01)",
        f"ALTER TABLE {table} RESET (autovacuum_vacuum_insert_scale_factor)",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0002_health_days'),
    ]

    operations = [setting(table) for table in TABLES]
