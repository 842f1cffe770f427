# How often a plan was ended and resumed: calendar programs need a number that grows.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0022_comments_on_sessions'),
    ]

    operations = [
        migrations.AddField(
            model_name='planinstance',
            name='end_changes',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, help_text='How often the plan was ended and resumed.'),
        ),
    ]
