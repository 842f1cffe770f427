# What people say of a morning. The unique index with the readings stays as it is: a rebuild locks the table.

import athletes.models.people
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0011_what_people_say'),
    ]

    operations = [
        migrations.AddField(
            model_name='healthday',
            name='fatigue',
            field=models.SmallIntegerField(blank=True, help_text='From 1 (none) to 5 (very tired).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='healthday',
            name='is_ill',
            field=models.BooleanField(blank=True, help_text='Empty: not said.', null=True, verbose_name='ill'),
        ),
        migrations.AddField(
            model_name='healthday',
            name='mood',
            field=models.SmallIntegerField(blank=True, help_text='From 1 (very bad) to 5 (very good).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='healthday',
            name='pain_score',
            field=models.SmallIntegerField(blank=True, help_text='From 0 (none) to 10.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)]),
        ),
        migrations.AddField(
            model_name='healthday',
            name='pain_where',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='healthday',
            name='sleep_quality',
            field=models.SmallIntegerField(blank=True, help_text='From 1 (very bad) to 5 (very good).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='healthday',
            name='soreness',
            field=models.SmallIntegerField(blank=True, help_text='From 1 (none) to 5 (very sore).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='healthday',
            name='stress',
            field=models.SmallIntegerField(blank=True, help_text='From 1 (none) to 5 (very much).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='healthday',
            name='weight_kg',
            field=models.FloatField(blank=True, help_text='In kg. Empty if not measured.', null=True, validators=[django.core.validators.MinValueValidator(20), django.core.validators.MaxValueValidator(300)]),
        ),
    ]
