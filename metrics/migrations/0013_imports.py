# Imports: what somebody brought, its files, and the activities and days that came of them.

import astral.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0009_withheld_categories_index'),
        ('metrics', '0012_check_ins'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('added_by', models.CharField(choices=[('athlete', 'Athlete'), ('coach', 'Coach'), ('staff', 'Staff'), ('api_key', 'API key'), ('command', 'command of the server')], max_length=8)),
                ('filename', models.CharField(blank=True, max_length=200)),
                ('size_bytes', models.BigIntegerField(default=0)),
                ('sha256', models.BinaryField(default=b'', max_length=32)),
                ('kind', models.CharField(blank=True, choices=[('strava_export', 'Strava export'), ('garmin_export', 'Garmin export'), ('apple_health', 'Apple Health export'), ('astral_export', 'Astral export'), ('health_csv', 'health data'), ('folder', 'recordings')], max_length=16)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('is_dry_run', models.BooleanField(default=False, help_text='Only say what would come.')),
                ('accept_partial', models.BooleanField(default=False, help_text='Import incomplete files as far as possible.')),
                ('may_write_health', models.BooleanField(default=False, help_text='Whether the maker could record health data at that time.')),
                ('activity_type_if_unknown', models.CharField(blank=True, choices=[('run', 'Run'), ('bike', 'Bike'), ('swim', 'Swim'), ('walk', 'Walk'), ('hike', 'Hike'), ('workout', 'Workout')], help_text='For files that name no sport.', max_length=8)),
                ('work_total', models.BigIntegerField(default=0, help_text='Bytes of work of all files.')),
                ('work_done', models.BigIntegerField(default=0)),
                ('file_count', models.PositiveIntegerField(default=0)),
                ('done_count', models.PositiveIntegerField(default=0)),
                ('planned_share', models.FloatField(default=0.0, help_text='Progress of planning, from 0 to 1.')),
                ('planning_s', models.FloatField(default=0.0, help_text='Seconds that planning took.')),
                ('worked_s', models.FloatField(default=0.0, help_text='Seconds of work so far, planning included.')),
                ('code', models.CharField(blank=True, help_text='Why it failed.', max_length=40)),
                ('message', models.CharField(blank=True, max_length=500)),
                ('undo_state', models.CharField(blank=True, choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done')], max_length=8)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('planned_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='athletes.athlete')),
                ('made_by', models.ForeignKey(blank=True, help_text='Empty: a program.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(blank=True, help_text='Whose API key made it. Its keys see it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='athletes.organization')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=300)),
                ('kind', models.CharField(choices=[('recording', 'Recording'), ('entry', 'activity without a recording'), ('health', 'health data'), ('unread', 'not read')], max_length=10)),
                ('locator', models.TextField(blank=True)),
                ('size_bytes', models.BigIntegerField(default=0)),
                ('details', models.JSONField(blank=True, default=dict)),
                ('status', models.CharField(blank=True, choices=[('stored', 'Stored'), ('already_there', 'Already There'), ('second_recording', 'Second Recording'), ('skipped', 'Skipped'), ('refused', 'Refused')], max_length=16)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('days_stored', models.PositiveIntegerField(default=0)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('content', models.BinaryField(blank=True, help_text='The bytes of a refused file, compressed, for 30 days.', null=True)),
                ('kept_bytes', models.PositiveIntegerField(default=0, help_text='Size of `content` before compression.')),
                ('undo_outcome', models.CharField(blank=True, choices=[('removed', 'Removed'), ('kept', 'Kept')], max_length=8)),
                ('undo_reason', models.CharField(blank=True, max_length=200)),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.athlete')),
                ('parent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='metrics.import')),
            ],
            options={
                'ordering': ['parent', 'position'],
            },
        ),
        migrations.CreateModel(
            name='ImportedDay',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('source', models.CharField(max_length=32)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField()),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.athlete')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='metrics.importfile')),
            ],
        ),
        migrations.CreateModel(
            name='ImportedActivity',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('activity_id', models.UUIDField(help_text='The activity, stored or in the bin.')),
                ('recording_id', models.UUIDField(blank=True, help_text='The recording, if the activity was there before.', null=True)),
                ('outcome', models.CharField(choices=[('stored', 'Stored'), ('already_there', 'Already There'), ('second_recording', 'Second Recording')], max_length=16)),
                ('is_sport_unknown', models.BooleanField(default=False, help_text='The file does not name its sport.')),
                ('described', models.JSONField(default=dict, help_text='What people can edit, as stored: later edits show in a comparison.')),
                ('lent', models.JSONField(default=dict, help_text='What the import said of an activity that was there: [before, after].')),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.athlete')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='metrics.importfile')),
            ],
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['athlete', '-created_at'], name='imports_of_an_athlete'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['made_by', '-created_at'], name='imports_of_a_maker'),
        ),
        migrations.AddIndex(
            model_name='importfile',
            index=models.Index(fields=['parent', 'status', 'position'], name='import_files_by_status'),
        ),
        migrations.AddIndex(
            model_name='importfile',
            index=models.Index(condition=models.Q(('kept_bytes__gt', 0)), fields=['athlete'], include=('kept_bytes',), name='kept_import_files'),
        ),
        migrations.AddConstraint(
            model_name='importfile',
            constraint=models.UniqueConstraint(fields=('parent', 'position'), name='one_import_file_each'),
        ),
        migrations.AddIndex(
            model_name='importedday',
            index=models.Index(fields=['athlete', 'date', 'source'], name='imports_of_a_day'),
        ),
        migrations.AddIndex(
            model_name='importedactivity',
            index=models.Index(fields=['athlete', 'activity_id'], name='imports_of_an_activity'),
        ),
    ]
