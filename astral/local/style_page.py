"""/style: every piece of the pages at one place, for those who change the look. Not in production."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.views.generic import TemplateView

from astral.charts import Band, Chart, ChartSide, Series, build_sparkline, draw_chart
from astral.http.forms import FormRenderer

SPRITE = Path(__file__).parents[1] / "static" / "astral" / "icons.svg"
COLOURS = (
    "page-background", "card-background", "text", "text-muted", "border", "border-strong", "accent",
    "accent-tint", "masthead-background", "good", "good-tint", "info-tint", "warning", "warning-tint",
    "critical", "critical-tint", "zone1", "zone2", "zone3", "zone4", "zone5",
)  # fmt: skip
FIRST_DAY = date(2026, 6, 1)
VALUES = [50 + 8 * math.sin(day / 3) for day in range(42)]


class StyleForm(forms.Form):
    """One field of each kind, with a hint and an error."""

    name = forms.CharField(help_text="A hint says what is asked.", max_length=40)
    day = forms.DateField(widget=forms.DateInput({"type": "date"}))
    sport = forms.ChoiceField(choices=[("run", "Run"), ("bike", "Bike")])
    notes = forms.CharField(widget=forms.Textarea({"rows": 3}), required=False)
    agree = forms.BooleanField(label="I agree")


class StylePage(TemplateView):
    template_name = "astral/style.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = StyleForm({"name": "", "sport": "run"}, renderer=FormRenderer())
        form.is_valid()
        return super().get_context_data(**kwargs) | {
            "colours": COLOURS,
            "icons": re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()),
            "form": form,
            "chart": build_example_chart(),
            "sparkline": build_sparkline("HRV, 42 days", VALUES, 44.0, 56.0),
        }


def build_example_chart() -> Chart:
    days = [FIRST_DAY + timedelta(days=day) for day in range(len(VALUES))]
    band = Band(days, [44.0] * len(days), [56.0] * len(days))
    side = ChartSide((Series("7-day average", days, VALUES),), unit="ms", band=band)
    return draw_chart("example", "HRV", side)
