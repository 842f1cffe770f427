# A session says in words what to do. The default is constant, so no row is rewritten.

import django.core.validators
from django.db import migrations, models

import athletes.models.people


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0041_plan_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='plansession',
            name='description',
            field=models.TextField(blank=True, db_default='', default='', help_text='What to do, in words.', validators=[django.core.validators.MaxLengthValidator(2000), athletes.models.people.validate_free_text]),
        ),
    ]
