# Others see no position near the start or the end of an activity. 200 m, until the athlete chooses.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0022_tracked_acting'),
    ]

    operations = [
        migrations.AddField(
            model_name='athlete',
            name='privacy_radius_m',
            field=models.PositiveSmallIntegerField(choices=[(0, 'Show all of it'), (100, 'Hide 100 m'), (200, 'Hide 200 m'), (500, 'Hide 500 m'), (1000, 'Hide 1 km')], db_default=200, default=200, help_text='Others see no position that is so near to the start or the end of an activity.'),
        ),
    ]
