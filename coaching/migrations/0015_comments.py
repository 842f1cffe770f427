# Words about an activity or a day, and who has read them. New tables only.

import astral.ids
import athletes.models.people
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0015_required_second_factor'),
        ('coaching', '0014_open_signal_episodes'),
        ('metrics', '0014_imported_rows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(blank=True, help_text="The athlete's local date.", null=True)),
                ('text', models.TextField(validators=[django.core.validators.MaxLengthValidator(4000), athletes.models.people.validate_free_text])),
                ('created_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField(blank=True, help_text='Empty: never edited.', null=True)),
                ('activity', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='metrics.activity')),
                ('athlete', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='athletes.athlete')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='written_comments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CommentRead',
            fields=[
                ('id', models.UUIDField(default=astral.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('read_at', models.DateTimeField()),
                ('comment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reads', to='coaching.comment')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='read_comments', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['activity', 'created_at'], name='comments_of_activity'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['athlete', 'day', 'created_at'], name='comments_of_day'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['athlete', 'created_at'], name='comments_of_athlete'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('activity__isnull', False), ('day__isnull', True)), models.Q(('activity__isnull', True), ('day__isnull', False)), _connector='OR'), name='comment_has_one_target'),
        ),
        migrations.AddConstraint(
            model_name='commentread',
            constraint=models.UniqueConstraint(fields=('comment', 'reader'), name='comment_is_read_once'),
        ),
    ]
