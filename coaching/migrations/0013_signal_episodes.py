# From when to when signals were active.

import astral.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0009_withheld_categories_index'),
        ('coaching', '0012_signal_actions'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignalEpisode',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=24)),
                ('worst_severity', models.CharField(max_length=8)),
                ('raised_on', models.DateField(help_text="The athlete's local date: the first day of the signal.")),
                ('cleared_on', models.DateField(blank=True, help_text='The local date of the first assessment without it.', null=True)),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='signal_episodes', to='athletes.athlete')),
            ],
            options={
                'ordering': ['-raised_on', 'code'],
                'indexes': [models.Index(fields=['athlete', 'cleared_on'], name='latest_episodes')],
                'constraints': [models.UniqueConstraint(fields=('athlete', 'code', 'raised_on'), name='one_episode_each')],
            },
        ),
    ]
