# A club may require a second factor of its coaches.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0014_access_log_months'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='requires_second_factor',
            field=models.BooleanField(db_default=False, default=False, help_text='Its coaches must add a second factor at the next sign-in.'),
        ),
    ]
