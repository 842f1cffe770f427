"""Give rows of a downloaded archive back to an account, of the same or another server.

Somebody may have edited the archive. So a restorer reads named columns only, validates each value, finds rows
by what they say and never by an id, and writes only rows of the one athlete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model

from astral.http.fields import FIRST_DAY, LAST_DAY
from athletes.models import Athlete

Row = Mapping[str, Any]
ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class RestoreTarget:
    """The athlete who gets the rows, and the import. The caller has locked the athlete's row."""

    athlete: Athlete
    import_id: UUID
    now: datetime


@dataclass(slots=True)
class RestoredRows:
    """What happened to the rows of one file.

    `created`: new rows; an undo can remove them. `changed_count`: rows that got what the archive says.
    `known_count`: rows that were there already. `errors`: why other rows are refused.
    """

    created: list[Model] = field(default_factory=list)
    changed_count: int = 0
    known_count: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def stored_count(self) -> int:
        return len(self.created) + self.changed_count


def delete_row(row: Model) -> None:
    row.delete()


@dataclass(frozen=True, slots=True)
class RowRestorer:
    """Restores the rows of one table. The same rows again change nothing.

    `model`: the rows that `restore` creates. `remove` takes one of them back.
    """

    singular: str
    plural: str
    restore: Callable[[RestoreTarget, Sequence[Row]], RestoredRows]
    model: type[Model] | None = None
    remove: Callable[[Any], None] = delete_row


def restore_each(rows: Iterable[Row], restore_row: Callable[[Row], Model | bool]) -> RestoredRows:
    """Restore row by row. `restore_row` returns the new row, or whether it changed one.

    It raises ValidationError for a row that is wrong.
    """
    restored = RestoredRows()
    for row in rows:
        try:
            outcome = restore_row(row)
        except ValidationError as error:
            restored.errors.append(" ".join(error.messages))
            continue
        if isinstance(outcome, Model):
            restored.created.append(outcome)
        elif outcome:
            restored.changed_count += 1
        else:
            restored.known_count += 1
    return restored


def build_valid_row(model: type[ModelT], row: Row, names: Sequence[str], **own: Any) -> ModelT:
    """An unsaved row with these columns of the archive and `own` values. Raises ValidationError."""
    values = {name: row[name] for name in names if name in row}
    if not all(map(_is_storable, values.values())):
        raise ValidationError("A value has the wrong type.")
    built = model(**own, **values)
    others = {column.name for column in model._meta.concrete_fields} - set(names)
    try:
        built.full_clean(exclude=others, validate_unique=False)
    except (TypeError, ValueError) as error:  # Django expects texts in columns of dates
        raise ValidationError("A value has the wrong type.") from error
    for name in names:
        value = getattr(built, name)
        if isinstance(value, date) and not isinstance(value, datetime):
            check_day(value)
    return built


def _is_storable(value: Any) -> bool:
    """Whether it is no list, and PostgreSQL takes the text."""
    if isinstance(value, str):
        return "\0" not in value and value.encode(errors="ignore").decode() == value
    return value is None or isinstance(value, bool | int | float)


def check_day(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(f"{day} is not between {FIRST_DAY} and {LAST_DAY}.")


def parse_archived_instant(value: Any, latest: datetime) -> datetime:
    """An instant of the archive, at most `latest`. Raises ValidationError."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValidationError("An instant cannot be read.") from None
    if instant.tzinfo is None or instant.date() < FIRST_DAY:
        raise ValidationError("An instant cannot be read.")
    return min(instant, latest)
