# Why a coach acknowledged a signal. The database has a default, so no row is rewritten.

import athletes.models.people
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0010_links_of_calendar_sessions'),
    ]

    operations = [
        migrations.AddField(
            model_name='acknowledgement',
            name='reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, validators=[athletes.models.people.validate_plain]),
        ),
    ]
