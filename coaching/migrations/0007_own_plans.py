# A plan belongs to an organization, or to the athlete who brought it back with an archive. Plans are few rows.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0009_withheld_categories_index'),
        ('coaching', '0006_free_text_of_plans'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='athlete',
            field=models.ForeignKey(blank=True, editable=False, help_text='Whose own plan it is. Empty for the plan of an organization.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='own_plans', to='athletes.athlete'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='organization',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='athletes.organization'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('athlete__isnull', True), ('organization__isnull', False)), models.Q(('athlete__isnull', False), ('organization__isnull', True)), _connector='OR'), name='plan_has_one_owner'),
        ),
    ]
