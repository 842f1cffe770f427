# The change history keeps memberships, clubs, consent and thresholds, and the deletion of accounts.
# A trigger of each statement: a statement that changes many rows calls it once.

from django.db import migrations

ALL = "ARRAY['INSERT', 'UPDATE', 'DELETE']"
MEMBERSHIP_SQL = f"""SELECT track_changes('athletes_membership', {ALL}, 'membership',
    $$(whole ->> 'user_id')::uuid$$, $$(whole ->> 'organization_id')::uuid$$, $$''$$, 'false',
    'role', 'status')"""
ORGANIZATION_SQL = f"""SELECT track_changes('athletes_organization', {ALL}, 'organization',
    'NULL::uuid', $$(whole ->> 'id')::uuid$$, $$''$$, 'false', 'name', 'requires_second_factor')"""
CONSENT_SQL = f"""SELECT track_changes('athletes_consent', {ALL}, 'consent',
    $$(whole ->> 'athlete_id')::uuid$$, $$(whole ->> 'organization_id')::uuid$$, $$''$$, 'false',
    'category', 'granted')"""
# Resting heart rate and body mass are health data, as elsewhere.
THRESHOLD_SQL = f"""SELECT track_changes('athletes_threshold', {ALL}, 'threshold',
    $$(whole ->> 'athlete_id')::uuid$$, 'NULL::uuid',
    $$CASE WHEN whole ->> 'kind' IN ('hr_rest', 'mass_kg') THEN 'health' END$$, 'false',
    'kind', 'value', 'source', 'valid_from')"""
FORGET_SQL = """
CREATE TRIGGER forget_accounts AFTER DELETE ON athletes_user REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION forget_deleted_accounts();
CREATE TRIGGER forget_organizations AFTER DELETE ON athletes_organization REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION forget_deleted_organizations();
"""
UNFORGET_SQL = """
DROP TRIGGER forget_accounts ON athletes_user;
DROP TRIGGER forget_organizations ON athletes_organization;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('athletes', '0019_change_history'),
    ]

    operations = [
        migrations.RunSQL(MEMBERSHIP_SQL, "SELECT untrack_changes('athletes_membership')"),
        migrations.RunSQL(ORGANIZATION_SQL, "SELECT untrack_changes('athletes_organization')"),
        migrations.RunSQL(CONSENT_SQL, "SELECT untrack_changes('athletes_consent')"),
        migrations.RunSQL(THRESHOLD_SQL, "SELECT untrack_changes('athletes_threshold')"),
        migrations.RunSQL(FORGET_SQL, UNFORGET_SQL),
    ]
