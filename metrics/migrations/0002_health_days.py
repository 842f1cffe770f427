# One row per athlete, local date and source, with an index that holds all readings.

import astral.ids
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0001_people_and_clubs'),
        ('metrics', '0001_activities'),
    ]

    operations = [
        migrations.CreateModel(
            name='HealthDay',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField(help_text='The local date; of a night, the day of waking up.')),
                ('source', models.CharField(help_text='Who measured: garmin, whoop, manual, …', max_length=32, validators=[django.core.validators.RegexValidator('\\A[a-z0-9_.-]{1,32}\\Z')])),
                ('hrv_rmssd_ms', models.FloatField(blank=True, help_text='ms; null: not read.', null=True, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(250)])),
                ('hrv_sdnn_ms', models.FloatField(blank=True, help_text='ms; null: not read.', null=True, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(300)])),
                ('resting_hr_bpm', models.FloatField(blank=True, help_text='bpm; null: not read.', null=True, validators=[django.core.validators.MinValueValidator(25), django.core.validators.MaxValueValidator(120)])),
                ('vo2max_ml_kg_min', models.FloatField(blank=True, help_text='mL/kg/min; null: not read.', null=True, validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(100)])),
                ('sleep_s', models.FloatField(blank=True, help_text='seconds; null: not read.', null=True, validators=[django.core.validators.MinValueValidator(60), django.core.validators.MaxValueValidator(72000)])),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='health_days', to='athletes.athlete')),
            ],
            options={
                'ordering': ['-date', '-source', '-athlete_id'],
                'constraints': [models.UniqueConstraint(fields=('athlete', 'date', 'source'), include=('hrv_rmssd_ms', 'hrv_sdnn_ms', 'resting_hr_bpm', 'vo2max_ml_kg_min', 'sleep_s'), name='one_health_day_of_a_source')],
            },
        ),
    ]
