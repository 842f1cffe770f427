# The change history, and the functions of the triggers that write it.

from django.db import migrations, models

# Writes the rows that one statement created, changed or deleted. The arguments are those of track_changes.
# `whole` is a row as JSON, for the expressions. An update that changes no tracked column leaves no entry.
RECORD_SQL = r"""
CREATE FUNCTION record_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    author jsonb := nullif(current_setting('astral.change_author', true), '')::jsonb;
    befores jsonb[];
    afters jsonb[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(to_jsonb(new_row)) INTO afters FROM new_rows AS new_row;
    ELSIF TG_OP = 'UPDATE' THEN
        SELECT array_agg(to_jsonb(old_row)), array_agg(to_jsonb(new_row)) INTO befores, afters
          FROM old_rows AS old_row JOIN new_rows AS new_row USING (id);
    ELSE
        SELECT array_agg(to_jsonb(old_row)) INTO befores FROM old_rows AS old_row;
    END IF;
    IF befores IS NULL AND afters IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format($sql$
        INSERT INTO athletes_changeentry (
               changed_at, kind, action, subject, athlete, organization, category, before, after,
               author_kind, author, acted_as, door, request_id)
        SELECT statement_timestamp(), $1, $2, (whole ->> 'id')::uuid, %s, %s, coalesce(%s, ''),
               kept.before, kept.after, coalesce($3 ->> 'kind', 'system'), ($3 ->> 'id')::uuid,
               ($3 ->> 'acted_as')::uuid, coalesce($3 ->> 'door', ''), coalesce($3 ->> 'request_id', '')
          FROM unnest($4, $5) AS rows(before, after)
         CROSS JOIN LATERAL (SELECT coalesce(rows.after, rows.before) AS whole) AS known
         CROSS JOIN LATERAL (
               SELECT jsonb_object_agg(name, rows.before -> name) FILTER (WHERE rows.before IS NOT NULL) AS before,
                      jsonb_object_agg(name, rows.after -> name) FILTER (WHERE rows.after IS NOT NULL) AS after
                 FROM unnest($6) AS name) AS kept
         WHERE kept.before IS DISTINCT FROM kept.after AND NOT coalesce((%s), false)
    $sql$, TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[4])
    USING TG_ARGV[0],
          CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
          author, befores, afters, TG_ARGV[5:];
    RETURN NULL;
END
$$;
"""
# operations: which of INSERT, UPDATE, DELETE. athlete, organization and category: expressions over `whole`.
# omitted: a condition over `whole`; such rows leave no entry. columns: those that are kept.
TRACK_SQL = r"""
CREATE FUNCTION track_changes(
    tracked regclass, operations text[], kind text, athlete text, organization text, category text,
    omitted text, VARIADIC columns text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    operation text;
    arguments text := (SELECT string_agg(quote_literal(argument), ', ' ORDER BY place)
                         FROM unnest(ARRAY[kind, athlete, organization, category, omitted] || columns)
                         WITH ORDINALITY AS given(argument, place));
BEGIN
    FOREACH operation IN ARRAY operations LOOP
        EXECUTE format('CREATE TRIGGER record_%s AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT'
                       ' EXECUTE FUNCTION record_changes(%s)',
                       lower(operation), operation, tracked,
                       CASE operation WHEN 'INSERT' THEN 'NEW TABLE AS new_rows'
                                      WHEN 'DELETE' THEN 'OLD TABLE AS old_rows'
                                      ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END,
                       arguments);
    END LOOP;
END
$$;
CREATE FUNCTION untrack_changes(tracked regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS record_insert ON %1$s; DROP TRIGGER IF EXISTS record_update ON %1$s;'
                   'DROP TRIGGER IF EXISTS record_delete ON %1$s', tracked);
END
$$;
"""
# A deleted account takes the entries about it along, and its id as an author. That it was deleted stays.
FORGET_ACCOUNT_SQL = r"""
CREATE FUNCTION forget_deleted_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    writer jsonb := nullif(current_setting('astral.change_author', true), '')::jsonb;
    deleted uuid[] := (SELECT array_agg(id) FROM old_rows);
BEGIN
    DELETE FROM athletes_changeentry WHERE athlete = ANY (deleted);
    UPDATE athletes_changeentry SET author = NULL WHERE author = ANY (deleted);
    UPDATE athletes_changeentry SET acted_as = NULL WHERE acted_as = ANY (deleted);
    INSERT INTO athletes_changeentry (
           changed_at, kind, action, category, author_kind, author, door, request_id)
    SELECT statement_timestamp(), 'account', 'deleted', '', coalesce(writer ->> 'kind', 'system'),
           nullif((writer ->> 'id')::uuid, id), coalesce(writer ->> 'door', ''),
           coalesce(writer ->> 'request_id', '')
      FROM old_rows;
    RETURN NULL;
END
$$;
"""
# A deleted club takes the entries along that are about nobody. Those about its members stay theirs.
FORGET_ORGANIZATION_SQL = r"""
CREATE FUNCTION forget_deleted_organizations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM athletes_changeentry
     WHERE organization IN (SELECT id FROM old_rows) AND athlete IS NULL
       AND NOT (kind = 'organization' AND action = 'deleted');
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0018_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChangeEntry',
            fields=[
                ('number', models.BigAutoField(primary_key=True, serialize=False)),
                ('changed_at', models.DateTimeField(db_index=True, editable=False)),
                ('kind', models.CharField(editable=False, max_length=20)),
                ('action', models.CharField(choices=[('created', 'Created'), ('changed', 'Changed'), ('deleted', 'Deleted')], editable=False, max_length=7)),
                ('subject', models.UUIDField(editable=False, help_text='The id of the row.', null=True)),
                ('athlete', models.UUIDField(editable=False, help_text='Whose row it is.', null=True)),
                ('organization', models.UUIDField(editable=False, null=True)),
                ('category', models.CharField(blank=True, editable=False, help_text='Who withholds it withholds the entry, too.', max_length=16)),
                ('before', models.JSONField(editable=False, null=True)),
                ('after', models.JSONField(editable=False, null=True)),
                ('author_kind', models.CharField(choices=[('person', 'person'), ('staff', 'staff of this server'), ('key', 'program of a club'), ('system', 'this server')], editable=False, max_length=6)),
                ('author', models.UUIDField(editable=False, help_text='A user or a key; null if deleted.', null=True)),
                ('acted_as', models.UUIDField(editable=False, help_text='The person as whom staff acted.', null=True)),
                ('door', models.CharField(blank=True, editable=False, max_length=20)),
                ('request_id', models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                'verbose_name': 'entry of the change history',
                'verbose_name_plural': 'change history',
                'ordering': ['-number'],
                'indexes': [
                    models.Index(fields=['athlete', 'number'], name='changes_about_athlete'),
                    models.Index(fields=['organization', 'number'], name='changes_of_organization'),
                    models.Index(condition=models.Q(('author__isnull', False)), fields=['author'], name='changes_by_author'),
                ],
            },
        ),
        migrations.RunSQL(RECORD_SQL, 'DROP FUNCTION record_changes'),
        migrations.RunSQL(TRACK_SQL, 'DROP FUNCTION track_changes, untrack_changes'),
        migrations.RunSQL(FORGET_ACCOUNT_SQL, 'DROP FUNCTION forget_deleted_accounts'),
        migrations.RunSQL(FORGET_ORGANIZATION_SQL, 'DROP FUNCTION forget_deleted_organizations'),
    ]
