# Links point to sessions of the calendar alone.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("coaching", "0009_fill_calendars"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="planlink", name="one_activity_a_session"),
        migrations.RemoveField(model_name="planlink", name="instance"),
        migrations.RemoveField(model_name="planlink", name="session"),
        migrations.RenameField(model_name="planlink", old_name="calendar_session", new_name="session"),
        migrations.AlterField(
            model_name="planlink",
            name="session",
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="link", to="coaching.calendarsession"),
        ),
    ]
