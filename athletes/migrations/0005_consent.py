# Consent: what athletes share with an organization.

import astral.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0004_api_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('category', models.CharField(choices=[('activities', 'Activities'), ('health', 'Health'), ('goals_and_plans', 'Goals And Plans')], max_length=16)),
                ('granted', models.BooleanField()),
                ('changed_at', models.DateTimeField()),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='athletes.athlete')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='athletes.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('athlete', 'organization', 'category'), name='one_consent_each')],
            },
        ),
        migrations.CreateModel(
            name='ConsentChange',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('category', models.CharField(choices=[('activities', 'Activities'), ('health', 'Health'), ('goals_and_plans', 'Goals And Plans')], max_length=16)),
                ('granted', models.BooleanField()),
                ('changed_at', models.DateTimeField()),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consent_changes', to='athletes.athlete')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consent_changes', to='athletes.organization')),
            ],
            options={
                'ordering': ['-changed_at', 'category'],
                'indexes': [models.Index(fields=['athlete', 'organization', 'changed_at'], name='consent_history')],
            },
        ),
    ]
