import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table is renamed in place: no row is copied, and it can be taken back."""

    dependencies = [
        ('athletes', '0005_consent'),
        ('coaching', '0002_insight_wordings'),
    ]

    operations = [
        migrations.RenameModel(old_name='Standing', new_name='Assessment'),
        migrations.AlterField(
            model_name='assessment',
            name='athlete',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='assessment', serialize=False, to='athletes.athlete'),
        ),
    ]
