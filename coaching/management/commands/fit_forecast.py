"""manage.py fit_forecast FILE: fit the race forecast to a table of race times."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coaching.science import forecast_coefficients
from coaching.science.forecast_fit import (
    RaceTableError,
    build_examples,
    fit_forecast,
    format_coefficients,
    read_race_table,
)
from coaching.science.forecast_validation import FOLDS, DistanceScore, score_forecasts

MODULE = Path(forecast_coefficients.__file__)
COLUMNS = (
    f"{'metres':>7} {'n':>5} | {'MAE':>6} {'covered':>8} {'width':>6} | {'Riegel MAE':>10} |"
    f" {'VDOT MAE':>8} {'covered':>8} | covered by class"
)


class Command(BaseCommand):
    help = "Fit the race forecast to a CSV file of race times, show how good it is, and write the module."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="columns time_<metres>_s, typical_miles_week, female")
        parser.add_argument("--output", type=Path, default=MODULE, help="the module to write")
        parser.add_argument("--folds", type=int, default=FOLDS, help="of the cross-validation")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._fit(options["file"], options["output"], options["folds"])
        except (OSError, RaceTableError) as error:
            raise CommandError(str(error)) from error

    def _fit(self, source: Path, output: Path, folds: int) -> None:
        table = read_race_table(source.read_bytes())
        self.stdout.write(f"{len(table.times_s)} runners; {folds}-fold cross-validation; minutes:")
        self.stdout.write(COLUMNS)
        for score in score_forecasts(table, folds):
            self.stdout.write(_format_score(score))
        coefficients = fit_forecast(build_examples(table))
        output.write_text(format_coefficients(coefficients, table), encoding="utf-8")
        self.stdout.write(f"Wrote {output.name}.")


def _format_score(score: DistanceScore) -> str:
    by_class = " ".join(f"{share:6.1%}" for share in score.class_coverage)
    ours = f"{score.mae_min:6.2f} {score.coverage:8.1%} {score.width_min:6.2f}"
    others = f"{score.riegel_mae_min:10.2f} | {score.vdot_mae_min:8.2f} {score.vdot_coverage:8.1%}"
    return f"{score.distance_m:7.0f} {score.n:5} | {ours} | {others} | {by_class}".rstrip()
