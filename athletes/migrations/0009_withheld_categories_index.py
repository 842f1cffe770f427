# An index for the question whether an athlete withholds something from an organization.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0008_use_counters'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(condition=models.Q(('granted', False)), fields=['organization'], name='withheld_categories'),
        ),
    ]
