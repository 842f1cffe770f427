# The change history keeps plans, who follows them, and races with their results.

from django.db import migrations

ALL = "ARRAY['INSERT', 'UPDATE', 'DELETE']"
# A revision is a draft: what it changes is kept when it is applied.
PLAN_SQL = f"""SELECT track_changes('coaching_plan', {ALL}, 'plan',
    $$(whole ->> 'athlete_id')::uuid$$, $$(whole ->> 'organization_id')::uuid$$, $$'goals_and_plans'$$,
    $$whole ->> 'revises_id' IS NOT NULL$$, 'name', 'total_weeks', 'version', 'archived_at')"""
INSTANCE_SQL = f"""SELECT track_changes('coaching_planinstance', {ALL}, 'plan_instance',
    $$(whole ->> 'athlete_id')::uuid$$,
    $$(SELECT organization_id FROM coaching_plan WHERE id = (whole ->> 'plan_id')::uuid)$$,
    $$'goals_and_plans'$$, 'false', 'plan_id', 'start_date', 'ended_as', 'ended_on')"""
RACE_SQL = f"""SELECT track_changes('coaching_race', {ALL}, 'race',
    $$(whole ->> 'athlete_id')::uuid$$, 'NULL::uuid', $$'goals_and_plans'$$, 'false',
    'name', 'date', 'distance_m', 'goal_time_s', 'result_time_s')"""


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0023_changes_of_ends'),
        ('athletes', '0020_tracked_people_and_clubs'),
    ]

    operations = [
        migrations.RunSQL(PLAN_SQL, "SELECT untrack_changes('coaching_plan')"),
        migrations.RunSQL(INSTANCE_SQL, "SELECT untrack_changes('coaching_planinstance')"),
        migrations.RunSQL(RACE_SQL, "SELECT untrack_changes('coaching_race')"),
    ]
