# A session of a plan says in words what to do. The default is constant, so no row is rewritten.

from django.db import migrations, models

import athletes.models.people


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0017_plan_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='plansession',
            name='description',
            field=models.TextField(blank=True, db_default='', default='', max_length=2000, validators=[athletes.models.people.validate_free_text]),
        ),
    ]
