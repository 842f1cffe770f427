# The access log. Its table has partitions, which Django cannot create: the SQL does.
# The next migration makes those of months. Rows of other months go to the default partition.

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

import astral.ids

CREATE_SQL = """
CREATE TABLE athletes_accesslogentry (
    id uuid NOT NULL,
    viewed_at timestamptz NOT NULL,
    viewer_kind varchar(10) NOT NULL,
    viewer uuid,
    organization uuid,
    athlete_ids uuid[] NOT NULL,
    categories varchar(16)[] NOT NULL,
    door varchar(20) NOT NULL,
    is_refused boolean NOT NULL,
    looks integer NOT NULL CHECK (looks >= 0),
    PRIMARY KEY (viewed_at, id)
) PARTITION BY RANGE (viewed_at);
CREATE INDEX access_log_athletes ON athletes_accesslogentry USING gin (athlete_ids);
CREATE INDEX access_log_viewer ON athletes_accesslogentry (viewer);
CREATE TABLE athletes_accesslogentry_default PARTITION OF athletes_accesslogentry DEFAULT;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0012_invitation_link'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(CREATE_SQL, 'DROP TABLE athletes_accesslogentry'),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='AccessLogEntry',
                    fields=[
                        ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('viewed_at', models.DateTimeField(editable=False)),
                        ('viewer_kind', models.CharField(choices=[('person', 'Person'), ('staff', 'Staff'), ('key', 'Key')], editable=False, max_length=10)),
                        ('viewer', models.UUIDField(editable=False, help_text='A user or a key; null if deleted.', null=True)),
                        ('organization', models.UUIDField(editable=False, help_text='The club of a key.', null=True)),
                        ('athlete_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), editable=False, size=None)),
                        ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), editable=False, size=None)),
                        ('door', models.CharField(editable=False, max_length=20)),
                        ('is_refused', models.BooleanField(editable=False)),
                        ('looks', models.PositiveIntegerField(editable=False, help_text='How many equal looks in this second.')),
                    ],
                    options={
                        'verbose_name': 'access log entry',
                        'verbose_name_plural': 'access log entries',
                        'ordering': ['-viewed_at', '-id'],
                        'indexes': [
                            django.contrib.postgres.indexes.GinIndex(fields=['athlete_ids'], name='access_log_athletes'),
                            models.Index(fields=['viewer'], name='access_log_viewer'),
                        ],
                    },
                ),
            ],
        ),
    ]
