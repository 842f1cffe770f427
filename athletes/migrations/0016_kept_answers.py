# Answers to calls with an Idempotency-Key. A job deletes them after a day.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("athletes", "0015_required_second_factor"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("digest", models.CharField(editable=False, max_length=64, primary_key=True, serialize=False)),
                ("question", models.CharField(editable=False, max_length=64)),
                ("status", models.PositiveSmallIntegerField(editable=False)),
                ("sealed", models.BinaryField(editable=False)),
                ("kept_at", models.DateTimeField(editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["kept_at"], name="kept_answers_by_age")],
            },
        ),
    ]
