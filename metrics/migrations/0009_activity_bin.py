# The bin: deleted activities and their streams, in tables of their own.


import astral.ids
import athletes.models.people
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0008_use_counters'),
        ('metrics', '0008_measurement_state'),
    ]

    operations = [
        migrations.CreateModel(
            name='BinActivity',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=200, validators=[athletes.models.people.validate_plain])),
                ('activity_type', models.CharField(choices=[('run', 'Run'), ('bike', 'Bike'), ('swim', 'Swim'), ('walk', 'Walk'), ('hike', 'Hike'), ('workout', 'Workout')], max_length=8)),
                ('sub_type', models.CharField(blank=True, max_length=40)),
                ('is_race', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField()),
                ('utc_offset_min', models.SmallIntegerField(blank=True, help_text='UTC offset of the place, in minutes. Empty if unknown.', null=True)),
                ('local_date', models.DateField(help_text='The local date of the start.')),
                ('distance_m', models.FloatField(blank=True, null=True)),
                ('duration_s', models.FloatField(help_text='Timer time, or else the time of the recorded segments.')),
                ('moving_time_s', models.FloatField(blank=True, null=True)),
                ('elapsed_s', models.FloatField(blank=True, null=True)),
                ('elevation_gain_m', models.FloatField(blank=True, null=True)),
                ('elevation_loss_m', models.FloatField(blank=True, null=True)),
                ('avg_hr_bpm', models.FloatField(blank=True, null=True)),
                ('max_hr_bpm', models.FloatField(blank=True, null=True)),
                ('avg_cadence_spm', models.FloatField(blank=True, null=True)),
                ('calories_kcal', models.FloatField(blank=True, null=True)),
                ('perceived_effort', models.SmallIntegerField(blank=True, help_text='RPE, 1–10.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)])),
                ('training_load', models.FloatField(blank=True, null=True)),
                ('load_method', models.CharField(blank=True, max_length=20)),
                ('load_quality', models.CharField(blank=True, max_length=1)),
                ('zone1_s', models.FloatField(blank=True, null=True)),
                ('zone2_s', models.FloatField(blank=True, null=True)),
                ('zone3_s', models.FloatField(blank=True, null=True)),
                ('zone4_s', models.FloatField(blank=True, null=True)),
                ('zone5_s', models.FloatField(blank=True, null=True)),
                ('intensity', models.FloatField(blank=True, help_text="Relative to the athlete's threshold, from 0 to 1.5.", null=True)),
                ('load_threshold_mps', models.FloatField(blank=True, help_text='The threshold speed that gave this load.', null=True)),
                ('load_lthr_bpm', models.FloatField(blank=True, help_text='The threshold heart rate that gave this load.', null=True)),
                ('graded_speed_mps', models.FloatField(blank=True, help_text='Normalised graded speed (NGS).', null=True)),
                ('best_30min_ngs_mps', models.FloatField(blank=True, help_text='NGS of the best 30 minutes.', null=True)),
                ('vo2max_ml_kg_min', models.FloatField(blank=True, null=True, verbose_name='VO2max estimate')),
                ('race_vdot', models.FloatField(blank=True, null=True, verbose_name='VDOT of the race')),
                ('hr_zones_s', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), blank=True, help_text='Seconds in heart-rate zones 1–5.', null=True, size=None)),
                ('best_efforts', models.JSONField(blank=True, default=list, help_text='Distance, duration and start of each best effort.')),
                ('recorded', models.JSONField(blank=True, default=dict, help_text='The totals from the device or from a person. The fields above are computed from them.')),
                ('warnings', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('source', models.CharField(choices=[('file', 'uploaded file'), ('manual', 'entered by hand'), ('demo', 'made up for the demo')], max_length=10)),
                ('device', models.CharField(blank=True, max_length=80)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deleted_at', models.DateTimeField()),
                ('deleted_by', models.CharField(choices=[('athlete', 'the athlete'), ('coach', 'a coach'), ('staff', 'staff'), ('api_key', 'an API key')], max_length=8)),
                ('links', models.JSONField(default=list, help_text='Rows that named the activity and went with it: their model and columns.')),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.athlete')),
                ('original', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='metrics.originalfile')),
            ],
            options={
                'verbose_name': 'activity in the bin',
                'verbose_name_plural': 'activities in the bin',
                'ordering': ['-deleted_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='BinStreams',
            fields=[
                ('content', models.BinaryField()),
                ('pauses', models.JSONField(default=list, help_text='[start_s, end_s] of each pause.')),
                ('laps', models.JSONField(default=list, help_text='The laps of the device.')),
                ('altitude_source', models.CharField(blank=True, max_length=10)),
                ('activity', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='streams', serialize=False, to='metrics.binactivity')),
                ('athlete', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.athlete')),
            ],
            options={
                'verbose_name_plural': 'streams in the bin',
            },
        ),
        migrations.AddIndex(
            model_name='binactivity',
            index=models.Index(fields=['athlete', '-deleted_at'], name='bin_of_an_athlete'),
        ),
    ]
