# A function that makes the partitions of the access log ahead of time and drops those that are too old.
# It runs with the rights of the owner of the tables: the worker may not create tables.

from django.db import migrations

FUNCTION_SQL = """
CREATE FUNCTION update_access_log_months(today date, months_ahead integer, months_kept integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    first date;
    following date;
    partition_name text;
    oldest date := date_trunc('month', today - make_interval(months => months_kept));
BEGIN
    FOR first IN SELECT date_trunc('month', today) + make_interval(months => ahead)
                   FROM generate_series(0, months_ahead) AS ahead
    LOOP
        partition_name := 'athletes_accesslogentry_' || to_char(first, 'YYYY_MM');
        following := first + interval '1 month';
        CONTINUE WHEN to_regclass(partition_name) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE athletes_accesslogentry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                       partition_name);
        -- Rows of this month may be in the default partition. PostgreSQL then refuses to attach the new one.
        LOCK TABLE athletes_accesslogentry_default IN SHARE ROW EXCLUSIVE MODE;
        EXECUTE format('WITH moved AS (DELETE FROM athletes_accesslogentry_default'
                       ' WHERE viewed_at >= %L AND viewed_at < %L RETURNING *)'
                       ' INSERT INTO %I SELECT * FROM moved', first, following, partition_name);
        EXECUTE format('ALTER TABLE athletes_accesslogentry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       partition_name, first, following);
    END LOOP;
    FOR partition_name IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
         WHERE inhparent = 'athletes_accesslogentry'::regclass AND relname ~ '_[0-9]{4}_[0-9]{2}$'
           AND right(relname, 7) < to_char(oldest, 'YYYY_MM')
    LOOP
        EXECUTE format('DROP TABLE %I', partition_name);
    END LOOP;
    DELETE FROM athletes_accesslogentry WHERE viewed_at < oldest;
END
$$;
"""
FIRST_MONTHS_SQL = "SELECT update_access_log_months((now() AT TIME ZONE 'UTC')::date, 3, 120)"


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0013_access_log'),
    ]

    operations = [
        migrations.RunSQL(FUNCTION_SQL, 'DROP FUNCTION update_access_log_months'),
        migrations.RunSQL(FIRST_MONTHS_SQL, migrations.RunSQL.noop),
    ]
