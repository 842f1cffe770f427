# Coaches change a copy of a plan that athletes follow, then apply it. Plans are few rows.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0019_author_of_changes'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='revises',
            field=models.OneToOneField(blank=True, editable=False, help_text='The plan that this copy is to change. Empty for a plan of its own.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching.plan'),
        ),
        migrations.AddField(
            model_name='plan',
            name='revised_version',
            field=models.PositiveIntegerField(blank=True, editable=False, help_text='The version of the plan that was copied. Empty for a plan of its own.', null=True),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revised_version__isnull', True), ('revises__isnull', True)), models.Q(('revised_version__isnull', False), ('revises__isnull', False)), _connector='OR'), name='revision_has_a_version'),
        ),
    ]
