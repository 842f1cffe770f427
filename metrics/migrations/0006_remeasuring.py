from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0005_snapshots'),
    ]

    operations = [
        migrations.CreateModel(
            name='Remeasuring',
            fields=[
                ('scope', models.CharField(help_text='Whose activities, and since which day.', max_length=120, primary_key=True, serialize=False)),
                ('reached', models.UUIDField(help_text='Every athlete up to this id, in order of ids, is done.')),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
    ]
