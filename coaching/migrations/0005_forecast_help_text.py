from django.db import migrations, models


class Migration(migrations.Migration):
    """Only a help text changes. No SQL is run."""

    dependencies = [("coaching", "0004_plain_help_texts")]

    operations = [
        migrations.AlterField(
            model_name="assessment",
            name="races",
            field=models.JSONField(help_text="The races ahead, with their forecasts."),
        ),
    ]
