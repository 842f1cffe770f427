# What coaches did about signals.

import astral.ids
import athletes.models.people
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0009_withheld_categories_index'),
        ('coaching', '0011_acknowledgement_reason'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SignalAction',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=24)),
                ('kind', models.CharField(choices=[('acknowledged', 'Seen'), ('session_eased', 'Session made easier'), ('session_moved', 'Session moved'), ('commented', 'Comment written'), ('absence_entered', 'Absence entered')], max_length=16)),
                ('day', models.DateField(help_text="The athlete's local date.")),
                ('until', models.DateField(blank=True, help_text='The last day of an acknowledgement.', null=True)),
                ('reason', models.CharField(blank=True, max_length=200, validators=[athletes.models.people.validate_plain])),
                ('created_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='signal_actions', to='athletes.athlete')),
                ('coach', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.organization')),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'indexes': [models.Index(fields=['athlete', 'code', 'day'], name='actions_of_signal')],
            },
        ),
    ]
