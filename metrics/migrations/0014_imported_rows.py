# Imports also restore rows of Astral's own archive. Runs no SQL.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0013_imports'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importfile',
            name='kind',
            field=models.CharField(choices=[('recording', 'Recording'), ('entry', 'activity without a recording'), ('health', 'health data'), ('settings', 'settings and thresholds'), ('rows', 'races, plans and other rows'), ('unread', 'not read')], max_length=10),
        ),
    ]
