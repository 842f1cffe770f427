# Two people who change one plan at once: the version shows it. The default is constant, so no row is rewritten.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0016_archived_plans'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False, help_text='Grows with each change of its name, text and sessions.'),
        ),
    ]
