# Episodes begin with the signals that are stored today. One statement; the old release does not read the table.

from django.db import migrations

BEGIN_SQL = """
INSERT INTO coaching_signalepisode (id, athlete_id, code, worst_severity, raised_on)
SELECT gen_random_uuid(), athlete_id, signal->>'code', signal->>'severity', (signal->>'since')::date
FROM coaching_assessment, jsonb_array_elements(signals) AS signal
WHERE signal->>'severity' <> 'positive'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0013_signal_episodes'),
    ]

    operations = [migrations.RunSQL(BEGIN_SQL, migrations.RunSQL.noop)]
