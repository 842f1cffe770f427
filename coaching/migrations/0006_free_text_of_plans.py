# The description of a plan is a long text, not a name. Runs no SQL.

import athletes.models.people
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0005_forecast_help_text'),
    ]

    operations = [
        migrations.AlterField(
            model_name='plan',
            name='description',
            field=models.TextField(blank=True, max_length=2000, validators=[athletes.models.people.validate_free_text]),
        ),
    ]
