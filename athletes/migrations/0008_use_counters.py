# Counters of calls that an account may make only so often.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0007_sign_in_counters'),
    ]

    operations = [
        migrations.CreateModel(
            name='UseCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.UUIDField(editable=False)),
                ('kind', models.CharField(editable=False, max_length=20)),
                ('started_at', models.DateTimeField(editable=False)),
                ('uses', models.PositiveIntegerField(editable=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'kind'), name='one_use_counter_each')],
            },
        ),
    ]
