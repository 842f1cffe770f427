# A person's name is read from the account; only the name of an API key is stored.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0018_session_instructions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='calendarchange',
            name='author_name',
            field=models.CharField(blank=True, help_text='The API key that it was. Empty for a person.', max_length=150),
        ),
    ]
