import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Only help texts change. No SQL is run."""

    dependencies = [
        ('athletes', '0005_consent'),
        ('coaching', '0003_rename_standing_to_assessment'),
    ]

    operations = [
        migrations.AlterField(
            model_name='absence',
            name='last_day',
            field=models.DateField(blank=True, help_text='Empty: no end yet.', null=True),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='critical',
            field=models.PositiveSmallIntegerField(help_text='The number of signals with this severity.'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='formula',
            field=models.PositiveSmallIntegerField(help_text='The version of the formulas and of the stored form.'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='next_a_race',
            field=models.DateField(help_text='The date of the next A race.', null=True),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='personal_bests',
            field=models.JSONField(help_text='New best times of the last weeks, by day and distance.'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='plans',
            field=models.JSONField(help_text='Active and scheduled plans, with the progress of this week.'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='priority',
            field=models.FloatField(help_text='0–100, without acknowledgements.'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='races',
            field=models.JSONField(help_text='The races ahead, with times predicted from VDOT.'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='signals',
            field=models.JSONField(help_text='The active signals, in the order of the signal table.'),
        ),
        migrations.AlterField(
            model_name='insightwording',
            name='question',
            field=models.JSONField(default=dict, help_text='What is sent to the model: numbers and the text of the rules. Empty afterwards.'),
        ),
        migrations.AlterField(
            model_name='insightwording',
            name='refused',
            field=models.CharField(blank=True, help_text='Why the text of the rules is kept.', max_length=24),
        ),
        migrations.AlterField(
            model_name='plan',
            name='total_weeks',
            field=models.PositiveSmallIntegerField(help_text='Length in weeks.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(104)]),
        ),
        migrations.AlterField(
            model_name='planinstance',
            name='group',
            field=models.ForeignKey(blank=True, help_text='The group that the plan was assigned through.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='plan_instances', to='athletes.group'),
        ),
        migrations.AlterField(
            model_name='plansession',
            name='is_key',
            field=models.BooleanField(default=False, help_text='A key session of the week.'),
        ),
        migrations.AlterField(
            model_name='plansession',
            name='position',
            field=models.PositiveSmallIntegerField(default=0, help_text='The order of the sessions of a day.'),
        ),
        migrations.AlterField(
            model_name='plansession',
            name='steps',
            field=models.JSONField(blank=True, default=list, help_text='The parts of the session, if one zone does not describe it.'),
        ),
        migrations.AlterField(
            model_name='plansession',
            name='week',
            field=models.PositiveSmallIntegerField(help_text='The week of the plan, from 1.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(104)]),
        ),
        migrations.AlterField(
            model_name='plansession',
            name='zone',
            field=models.PositiveSmallIntegerField(blank=True, help_text='The pace zone of the whole session, 1–5.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)]),
        ),
    ]
