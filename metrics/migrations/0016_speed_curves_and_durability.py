# What the performance page reads: the speed curve of a run, and how its efficiency fell.

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0015_tracked_deletions'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='durability',
            field=models.JSONField(blank=True, help_text='Decoupling of a run of at least 90 minutes, or why there is none.', null=True),
        ),
        migrations.AddField(
            model_name='activity',
            name='graded_curve_mmps',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, help_text='The same of the graded speed.', null=True, size=None),
        ),
        migrations.AddField(
            model_name='activity',
            name='speed_curve_mmps',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, help_text='Best mean speed by the clock over fixed times, mm/s; 0: none.', null=True, size=None),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='durability',
            field=models.JSONField(blank=True, help_text='Decoupling of a run of at least 90 minutes, or why there is none.', null=True),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='graded_curve_mmps',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, help_text='The same of the graded speed.', null=True, size=None),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='speed_curve_mmps',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, help_text='Best mean speed by the clock over fixed times, mm/s; 0: none.', null=True, size=None),
        ),
    ]
