# Forms that were sent: each is saved once, however often it arrives.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0009_withheld_categories_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='SentForm',
            fields=[
                ('digest', models.CharField(editable=False, max_length=64, primary_key=True, serialize=False)),
                ('location', models.CharField(blank=True, editable=False, max_length=1000)),
                ('sent_at', models.DateTimeField(editable=False)),
            ],
            options={
                'indexes': [models.Index(fields=['sent_at'], name='sent_forms_by_age')],
            },
        ),
    ]
