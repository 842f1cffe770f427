# Counters of failed sign-ins, and the devices from which an account signed in.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0006_forget_sign_in_forms'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignInCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(blank=True, editable=False, max_length=255)),
                ('device', models.CharField(blank=True, editable=False, help_text='A keyed hash. Empty: all unknown devices.', max_length=32)),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('attempted_at', models.DateTimeField(editable=False)),
                ('known_until', models.DateTimeField(editable=False, null=True)),
                ('owner_told_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'sign-in counter',
                'ordering': ['-attempted_at'],
                'constraints': [models.UniqueConstraint(fields=('account', 'device'), name='one_sign_in_counter_each')],
            },
        ),
    ]
