# Comments on planned sessions. The old version writes the other two targets, which the new rule allows.

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Going back: the old tables have no place for these comments. Open checks of deleted rows would block the
# change of the tables, so they are made at once.
FORGET_SQL = """
DELETE FROM coaching_commentread USING coaching_comment AS comment
WHERE comment.id = comment_id AND comment.session_id IS NOT NULL;
DELETE FROM coaching_comment WHERE session_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0021_calendar_feeds'),
    ]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='session',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='coaching.calendarsession'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['session', 'created_at'], name='comments_of_session'),
        ),
        migrations.RemoveConstraint(
            model_name='comment',
            name='comment_has_one_target',
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(
                condition=Q(activity__isnull=False, day__isnull=True, session__isnull=True)
                | Q(activity__isnull=True, day__isnull=False, session__isnull=True)
                | Q(activity__isnull=True, day__isnull=True, session__isnull=False),
                name='comment_has_one_target',
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET_SQL),
    ]
