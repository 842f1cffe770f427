# The secret address of a calendar.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0017_webhooks'),
        ('coaching', '0020_plan_revisions'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('athlete', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='calendar_feed', serialize=False, to='athletes.athlete')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('made_at', models.DateTimeField(editable=False)),
                ('last_read_at', models.DateTimeField(blank=True, editable=False, help_text='Accurate to one hour.', null=True)),
            ],
            options={
                'ordering': ['-made_at'],
            },
        ),
    ]
