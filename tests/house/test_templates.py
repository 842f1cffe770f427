"""The rule for templates that a program can see: how long their lines are."""

from __future__ import annotations

from tests.support.paths import ROOT

LONGEST_LINE = 120
TEMPLATES = sorted(
    path for app in ("astral", "athletes", "metrics", "coaching") for path in (ROOT / app).rglob("*.html")
)
FORM_PAGE = "form pages are being moved to django.forms"

# Templates with longer lines, each with its reason.
LONG_LINES = {
    "coaching/templates/coaching/absences/absence.html": FORM_PAGE,
    "coaching/templates/coaching/absences/absences.html": FORM_PAGE,
    "coaching/templates/coaching/absences/delete.html": FORM_PAGE,
    "coaching/templates/coaching/absences/form.html": FORM_PAGE,
    "coaching/templates/coaching/groups/manage.html": FORM_PAGE,
    "coaching/templates/coaching/plan_instances/assign_plan.html": FORM_PAGE,
    "coaching/templates/coaching/races/delete.html": FORM_PAGE,
    "coaching/templates/coaching/races/form.html": FORM_PAGE,
    "coaching/templates/coaching/races/race.html": FORM_PAGE,
    "coaching/templates/coaching/races/races.html": FORM_PAGE,
    "metrics/templates/metrics/activities/delete.html": FORM_PAGE,
    "metrics/templates/metrics/activities/upload.html": FORM_PAGE,
    "metrics/templates/metrics/thresholds.html": FORM_PAGE,
}


def test_a_template_line_is_at_most_120_characters_long_or_has_a_reason():
    assert len(TEMPLATES) > 50
    long_lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        if str(path.relative_to(ROOT)) not in LONG_LINES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    assert long_lines == []


def test_templates_with_long_lines_exist():
    assert LONG_LINES.keys() <= {str(path.relative_to(ROOT)) for path in TEMPLATES}
