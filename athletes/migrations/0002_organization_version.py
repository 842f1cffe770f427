# The version in the cache key of a roster.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0001_people_and_clubs'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='version',
            field=models.BigIntegerField(default=0, editable=False),
        ),
    ]
