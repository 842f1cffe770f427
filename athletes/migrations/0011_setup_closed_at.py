# When a person closed the checklist of a new club.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0010_sent_forms'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='setup_closed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
