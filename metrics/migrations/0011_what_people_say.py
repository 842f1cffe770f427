# What people say of an activity: feeling, pain, notes, gear. The defaults are in the database, so that
# programs of the version before can still insert rows.

import athletes.models.people
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0010_activity_recordings'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='athlete_note',
            field=models.TextField(blank=True, db_default='', default='', help_text="The athlete's words to the coaches.", validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text]),
        ),
        migrations.AddField(
            model_name='activity',
            name='feel',
            field=models.SmallIntegerField(blank=True, help_text='How it felt, from 1 (very weak) to 5 (very strong).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='activity',
            name='gear',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='activity',
            name='is_commute',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='activity',
            name='pain_score',
            field=models.SmallIntegerField(blank=True, help_text='From 0 (none) to 10. Of category health.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)]),
        ),
        migrations.AddField(
            model_name='activity',
            name='pain_where',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='activity',
            name='private_note',
            field=models.TextField(blank=True, db_default='', default='', help_text='Only the athlete may read it.', validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text]),
        ),
        migrations.AddField(
            model_name='activityrecording',
            name='athlete_note',
            field=models.TextField(blank=True, db_default='', default='', help_text="The athlete's words to the coaches.", validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text]),
        ),
        migrations.AddField(
            model_name='activityrecording',
            name='feel',
            field=models.SmallIntegerField(blank=True, help_text='How it felt, from 1 (very weak) to 5 (very strong).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='activityrecording',
            name='gear',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='activityrecording',
            name='is_commute',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='activityrecording',
            name='pain_score',
            field=models.SmallIntegerField(blank=True, help_text='From 0 (none) to 10. Of category health.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)]),
        ),
        migrations.AddField(
            model_name='activityrecording',
            name='pain_where',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='activityrecording',
            name='private_note',
            field=models.TextField(blank=True, db_default='', default='', help_text='Only the athlete may read it.', validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text]),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='athlete_note',
            field=models.TextField(blank=True, db_default='', default='', help_text="The athlete's words to the coaches.", validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text]),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='feel',
            field=models.SmallIntegerField(blank=True, help_text='How it felt, from 1 (very weak) to 5 (very strong).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='gear',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='is_commute',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='pain_score',
            field=models.SmallIntegerField(blank=True, help_text='From 0 (none) to 10. Of category health.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)]),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='pain_where',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='binactivity',
            name='private_note',
            field=models.TextField(blank=True, db_default='', default='', help_text='Only the athlete may read it.', validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text]),
        ),
        migrations.AddField(
            model_name='binrecording',
            name='athlete_note',
            field=models.TextField(blank=True, db_default='', default='', help_text="The athlete's words to the coaches.", validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text]),
        ),
        migrations.AddField(
            model_name='binrecording',
            name='feel',
            field=models.SmallIntegerField(blank=True, help_text='How it felt, from 1 (very weak) to 5 (very strong).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
        migrations.AddField(
            model_name='binrecording',
            name='gear',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='binrecording',
            name='is_commute',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='binrecording',
            name='pain_score',
            field=models.SmallIntegerField(blank=True, help_text='From 0 (none) to 10. Of category health.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)]),
        ),
        migrations.AddField(
            model_name='binrecording',
            name='pain_where',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, validators=[athletes.models.people.validate_plain]),
        ),
        migrations.AddField(
            model_name='binrecording',
            name='private_note',
            field=models.TextField(blank=True, db_default='', default='', help_text='Only the athlete may read it.', validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text]),
        ),
    ]
