import django.db.models.deletion
from django.db import migrations, models

OLD, NEW = "standing", "assessment"


def rename_permissions(apps, old, new):
    """Rename the permissions of the model, so that staff keep them. A new database has none yet."""
    for permission in apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="coaching", codename__endswith=f"_{old}"
    ):
        permission.codename = permission.codename.replace(old, new)
        permission.name = permission.name.replace(old, new)
        permission.save(update_fields=["codename", "name"])


def forwards(apps, schema_editor):
    rename_permissions(apps, OLD, NEW)


def backwards(apps, schema_editor):
    rename_permissions(apps, NEW, OLD)


class Migration(migrations.Migration):
    """The table is renamed in place: no row is copied, and it can be taken back."""

    dependencies = [
        ("athletes", "0005_consent"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("coaching", "0002_insight_wordings"),
    ]

    operations = [
        migrations.RenameModel(old_name="Standing", new_name="Assessment"),
        migrations.AlterField(
            model_name="assessment",
            name="athlete",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="assessment",
                serialize=False,
                to="athletes.athlete",
            ),
        ),
        migrations.RunPython(forwards, backwards),
    ]
