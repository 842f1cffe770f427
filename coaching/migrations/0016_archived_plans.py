# A club keeps plans that it does not offer any more. Plans are few rows.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0015_comments'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='archived_at',
            field=models.DateTimeField(blank=True, help_text='Since when it is not offered any more. Those who follow it keep it.', null=True),
        ),
    ]
