import astral.ids
import athletes.models.people
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('athletes', '0001_people_and_clubs'),
        ('metrics', '0001_activities'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('athlete', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='standing', serialize=False, to='athletes.athlete')),
                ('data_version', models.BigIntegerField()),
                ('local_date', models.DateField()),
                ('formula', models.PositiveSmallIntegerField(help_text='Raised with every change of what is said here.')),
                ('computed_at', models.DateTimeField()),
                ('signals', models.JSONField(help_text='What stands today, in the order of the table of signals.')),
                ('priority', models.FloatField(help_text='0–100, nothing acknowledged.')),
                ('critical', models.PositiveSmallIntegerField(help_text='How many signals of this severity.')),
                ('warning', models.PositiveSmallIntegerField()),
                ('info', models.PositiveSmallIntegerField()),
                ('positive', models.PositiveSmallIntegerField()),
                ('next_a_race', models.DateField(help_text='The nearest A race ahead.', null=True)),
                ('races', models.JSONField(help_text='The races ahead, with what the VDOT predicts.')),
                ('plans', models.JSONField(help_text='Active and scheduled plans with the progress of the week.')),
                ('data_quality_score', models.FloatField()),
                ('data_quality_parts', models.JSONField()),
                ('personal_bests', models.JSONField(help_text='Best times over the distances, up to which activity, which are new.')),
            ],
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, validators=[athletes.models.people.validate_plain])),
                ('description', models.TextField(blank=True, max_length=2000, validators=[athletes.models.people.validate_plain])),
                ('total_weeks', models.PositiveSmallIntegerField(help_text='How long it lasts.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(104)])),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='athletes.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PlanInstance',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('start_date', models.DateField()),
                ('ended_as', models.CharField(blank=True, choices=[('completed', 'Completed'), ('cancelled', 'Cancelled')], max_length=9)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('assigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='plan_instances', to='athletes.athlete')),
                ('group', models.ForeignKey(blank=True, help_text='Assigned through it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='plan_instances', to='athletes.group')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='instances', to='coaching.plan')),
            ],
            options={
                'ordering': ['-start_date', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PlanSession',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('week', models.PositiveSmallIntegerField(help_text='From 1.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(104)])),
                ('weekday', models.PositiveSmallIntegerField(help_text='1 is Monday, 7 is Sunday.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(7)])),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Its place among the sessions of the day.')),
                ('sport', models.CharField(choices=[('run', 'Run'), ('bike', 'Bike'), ('swim', 'Swim'), ('walk', 'Walk'), ('hike', 'Hike'), ('workout', 'Workout'), ('rest', 'rest')], default='run', max_length=8)),
                ('title', models.CharField(blank=True, max_length=120, validators=[athletes.models.people.validate_plain])),
                ('duration_s', models.FloatField(blank=True, null=True)),
                ('distance_m', models.FloatField(blank=True, null=True)),
                ('load', models.FloatField(blank=True, null=True, verbose_name='training load')),
                ('zone', models.PositiveSmallIntegerField(blank=True, help_text='The pace zone of the whole, 1–5.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('steps', models.JSONField(blank=True, default=list, help_text='What it is made of, where one zone does not say it.')),
                ('is_key', models.BooleanField(default=False, help_text='A session that the week is about.')),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='coaching.plan')),
            ],
            options={
                'ordering': ['week', 'weekday', 'position'],
            },
        ),
        migrations.CreateModel(
            name='PlanLink',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.activity')),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.athlete')),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='coaching.planinstance')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching.plansession')),
            ],
        ),
        migrations.CreateModel(
            name='Race',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, validators=[athletes.models.people.validate_plain])),
                ('date', models.DateField(help_text='The local date.')),
                ('distance_m', models.FloatField(validators=[django.core.validators.MinValueValidator(100.0), django.core.validators.MaxValueValidator(1000000.0)])),
                ('goal_time_s', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(864000.0)])),
                ('result_time_s', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(864000.0)])),
                ('priority', models.CharField(choices=[('A', "A: the season's aim"), ('B', 'B: matters'), ('C', 'C: trained through')], default='A', max_length=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='races', to='athletes.athlete')),
            ],
            options={
                'ordering': ['date', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('injured', 'Injured'), ('ill', 'Ill'), ('holiday', 'Holiday'), ('off_season', 'off season')], max_length=10)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField(blank=True, help_text='Empty: nobody knows yet.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='athletes.athlete')),
            ],
            options={
                'ordering': ['-first_day', '-id'],
                'indexes': [models.Index(fields=['athlete', 'first_day'], name='absence_of_athlete')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day')), ('last_day__isnull', True), _connector='OR'), name='absence_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=24)),
                ('severity', models.CharField(max_length=8)),
                ('since', models.DateField(help_text="The athlete's local date.")),
                ('until', models.DateField(help_text="The athlete's local date, included.")),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='acknowledgements', to='athletes.athlete')),
                ('coach', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.organization')),
            ],
            options={
                'ordering': ['-until', 'code'],
                'constraints': [models.UniqueConstraint(fields=('athlete', 'organization', 'code'), name='one_acknowledgement_each')],
            },
        ),
        migrations.AddIndex(
            model_name='plan',
            index=models.Index(fields=['organization', 'name'], name='plan_of_organization'),
        ),
        migrations.AddConstraint(
            model_name='planinstance',
            constraint=models.UniqueConstraint(fields=('athlete', 'start_date', 'plan'), name='one_plan_once_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='planinstance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_as', ''), ('ended_on__isnull', True)), models.Q(models.Q(('ended_as', ''), _negated=True), ('ended_on__isnull', False)), _connector='OR'), name='instance_ended_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='plansession',
            constraint=models.UniqueConstraint(fields=('plan', 'week', 'weekday', 'position'), name='one_session_at_a_place'),
        ),
        migrations.AddConstraint(
            model_name='plansession',
            constraint=models.CheckConstraint(condition=models.Q(('week__gte', 1), ('weekday__range', (1, 7))), name='session_has_a_day'),
        ),
        migrations.AddConstraint(
            model_name='plansession',
            constraint=models.CheckConstraint(condition=models.Q(('sport', 'rest'), ('duration_s__gt', 0), ('distance_m__gt', 0), ('load__gt', 0), _connector='OR'), name='session_has_a_target'),
        ),
        migrations.AddConstraint(
            model_name='planlink',
            constraint=models.UniqueConstraint(fields=('athlete', 'instance', 'session'), name='one_activity_a_session'),
        ),
        migrations.AddConstraint(
            model_name='planlink',
            constraint=models.UniqueConstraint(fields=('athlete', 'activity'), name='one_session_an_activity'),
        ),
        migrations.AddIndex(
            model_name='race',
            index=models.Index(fields=['athlete', 'date'], name='race_of_athlete'),
        ),
        migrations.AddConstraint(
            model_name='race',
            constraint=models.CheckConstraint(condition=models.Q(('distance_m__gt', 0)), name='race_distance_positive'),
        ),
    ]
