# Staff who act as a person, and the person's permission that they see health data meanwhile.

import astral.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0020_tracked_people_and_clubs'),
    ]

    operations = [
        migrations.CreateModel(
            name='ActingSession',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(editable=False, max_length=300)),
                ('started_at', models.DateTimeField(editable=False)),
                ('until', models.DateTimeField(editable=False)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('person', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='acting_sessions', to=settings.AUTH_USER_MODEL)),
                ('staff', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-started_at'],
            },
        ),
        migrations.CreateModel(
            name='SupportConsent',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('until', models.DateTimeField()),
                ('athlete', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='support_consent', to='athletes.athlete')),
            ],
        ),
    ]
