# Notices, and which kinds a person wants by e-mail.

import astral.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0017_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('digest', 'The week of your club, each Monday'), ('signal', 'An urgent signal of an athlete'), ('comment', 'A comment'), ('calendar_change', 'A coach changed your plan or a session'), ('import', 'An import has ended')], max_length=16)),
                ('subject_id', models.UUIDField()),
                ('day', models.DateField(help_text='The Monday of a digest: it tells of the week before.', null=True)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('activities', 'Activities'), ('health', 'Health'), ('goals_and_plans', 'Goals And Plans')], max_length=16), default=list, size=None)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('mail_state', models.CharField(blank=True, choices=[('', 'no e-mail'), ('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('omitted', 'Omitted'), ('parked', 'Parked')], default='', max_length=8)),
                ('mail_due_at', models.DateTimeField(help_text='The next try, at the earliest.', null=True)),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_error', models.CharField(blank=True, help_text='Why the last try failed.', max_length=40)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('athlete', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.athlete')),
                ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='athletes.organization')),
                ('recipient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['recipient', '-created_at'], name='notices_of_a_person'), models.Index(condition=models.Q(('read_at', None)), fields=['recipient'], name='unread_notices'), models.Index(condition=models.Q(('mail_state__in', ['waiting', 'sending'])), fields=['mail_due_at'], name='notices_to_mail'), models.Index(condition=models.Q(('read_at__isnull', False)), fields=['read_at'], name='read_notices')],
                'constraints': [models.UniqueConstraint(fields=('recipient', 'kind', 'subject_id'), name='one_notice_each')],
            },
        ),
        migrations.CreateModel(
            name='NoticeSwitch',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('digest', 'The week of your club, each Monday'), ('signal', 'An urgent signal of an athlete'), ('comment', 'A comment'), ('calendar_change', 'A coach changed your plan or a session'), ('import', 'An import has ended')], max_length=16)),
                ('by_mail', models.BooleanField()),
                ('changed_at', models.DateTimeField()),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notice_switches', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'kind'), name='one_notice_switch_each')],
            },
        ),
    ]
