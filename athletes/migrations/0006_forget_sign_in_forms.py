# Older versions stored the form of a failed sign-in, in which a mistyped password may stand.

from django.db import migrations

FORGET = "UPDATE axes_accessattempt SET get_data = '', post_data = '' WHERE get_data <> '' OR post_data <> ''"


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0005_consent'),
        ('axes', '0010_accessattemptexpiration'),
    ]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
