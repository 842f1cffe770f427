# The link that an invitation by e-mail was asked for with.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0011_setup_closed_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='link',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='personal_invitations', to='athletes.invitation'),
        ),
    ]
