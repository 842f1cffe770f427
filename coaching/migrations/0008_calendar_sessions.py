# An athlete's calendar: sessions, the changes of them, and a place for links to sessions of the calendar.

import astral.ids
import athletes.models.people
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0015_required_second_factor'),
        ('coaching', '0007_own_plans'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarChange',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('add', 'Add'), ('change', 'Change'), ('move', 'Move'), ('skip', 'Skip'), ('unskip', 'Unskip'), ('remove', 'Remove'), ('shift', 'Shift'), ('copy_week', 'Copy Week'), ('plan_changed', 'Plan Changed'), ('undo', 'Undo')], max_length=12)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('declined', 'Declined'), ('made', 'Made'), ('undone', 'Undone')], default='made', max_length=8)),
                ('author_name', models.CharField(blank=True, help_text="Who it was: a person, or an organization's key.", max_length=150)),
                ('reason', models.CharField(blank=True, max_length=500, validators=[athletes.models.people.validate_plain])),
                ('rows', models.JSONField(default=list)),
                ('request', models.JSONField(blank=True, help_text='What a proposal asks for.', null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-made_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CalendarSession',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('sport', models.CharField(choices=[('run', 'Run'), ('bike', 'Bike'), ('swim', 'Swim'), ('walk', 'Walk'), ('hike', 'Hike'), ('workout', 'Workout'), ('rest', 'rest')], default='run', max_length=8)),
                ('title', models.CharField(blank=True, max_length=120, validators=[athletes.models.people.validate_plain])),
                ('duration_s', models.FloatField(blank=True, null=True)),
                ('distance_m', models.FloatField(blank=True, null=True)),
                ('load', models.FloatField(blank=True, null=True, verbose_name='training load')),
                ('zone', models.PositiveSmallIntegerField(blank=True, help_text='The pace zone of the whole session, 1–5.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('steps', models.JSONField(blank=True, default=list, help_text='The parts of the session, if one zone does not describe it.')),
                ('is_key', models.BooleanField(default=False, help_text='A key session of the week.')),
                ('day', models.DateField(help_text="The athlete's local date.")),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='The order of the sessions of a day.')),
                ('description', models.TextField(blank=True, db_default='', default='', max_length=2000, validators=[athletes.models.people.validate_free_text])),
                ('is_adjusted', models.BooleanField(default=False, help_text='It was changed for this athlete, so changes of the plan leave it alone.')),
                ('is_skipped', models.BooleanField(default=False)),
                ('skip_reason', models.CharField(blank=True, max_length=500, validators=[athletes.models.people.validate_plain])),
                ('is_removed', models.BooleanField(default=False, help_text='It was deleted; undo brings it back.')),
                ('as_planned', models.JSONField(blank=True, help_text='How it stood on the day before, if it was changed later.', null=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['day', 'position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='calendarchange',
            name='athlete',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calendar_changes', to='athletes.athlete'),
        ),
        migrations.AddField(
            model_name='calendarchange',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='calendarchange',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='calendarchange',
            name='organization',
            field=models.ForeignKey(blank=True, help_text='For whom they acted.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='athletes.organization'),
        ),
        migrations.AddField(
            model_name='calendarchange',
            name='undoes',
            field=models.ForeignKey(blank=True, help_text='What it took back.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone_by', to='coaching.calendarchange'),
        ),
        migrations.AddField(
            model_name='calendarsession',
            name='athlete',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calendar_sessions', to='athletes.athlete'),
        ),
        migrations.AddField(
            model_name='calendarsession',
            name='instance',
            field=models.ForeignKey(blank=True, help_text='The plan that filled it in. Empty for a single session.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='coaching.planinstance'),
        ),
        migrations.AddField(
            model_name='calendarsession',
            name='organization',
            field=models.ForeignKey(blank=True, help_text="Whose coaches may change it. Empty: the athlete's own.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='athletes.organization'),
        ),
        migrations.AddField(
            model_name='calendarsession',
            name='plan_session',
            field=models.ForeignKey(blank=True, help_text='The session of the plan that it came from.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='coaching.plansession'),
        ),
        migrations.AddIndex(
            model_name='calendarchange',
            index=models.Index(fields=['athlete', '-made_at'], name='changes_of_athlete'),
        ),
        migrations.AddIndex(
            model_name='calendarsession',
            index=models.Index(fields=['athlete', 'day'], name='calendar_of_athlete'),
        ),
        migrations.AddIndex(
            model_name='calendarsession',
            index=models.Index(condition=models.Q(('as_planned__isnull', False)), fields=['athlete'], name='calendar_judged_otherwise'),
        ),
        migrations.AddConstraint(
            model_name='calendarsession',
            constraint=models.CheckConstraint(condition=models.Q(('sport', 'rest'), ('duration_s__gt', 0), ('distance_m__gt', 0), ('load__gt', 0), models.Q(('steps', []), _negated=True), _connector='OR'), name='calendar_session_has_a_target'),
        ),
        migrations.AddField(
            model_name='planlink',
            name='calendar_session',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching.calendarsession'),
        ),
        migrations.AlterField(
            model_name='planlink',
            name='instance',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='coaching.planinstance'),
        ),
        migrations.AlterField(
            model_name='planlink',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching.plansession'),
        ),
    ]
