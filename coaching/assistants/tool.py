"""What a tool is, and what its errors say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

import mcp_types as types
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from rest_framework import exceptions

from astral.http.errors import ERRORS_IN_SENTENCE, ApiError, flatten_field_errors, summarize_field_errors
from athletes.access.permissions import WithheldError
from athletes.rights import Viewer
from coaching.assistants.assistant_call import (
    REFUSALS,
    ApiCall,
    AssistantCall,
    MissingScopeError,
    NothingFoundError,
)

LONGEST_NAME, LONGEST_TEXT = 60, 400
UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def shorten_text(text: str | None, longest: int) -> str | None:
    """One line without invisible characters, cut at `longest` characters."""
    if text is None:
        return None
    line = UNPRINTABLE.sub(" ", text).strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


# What people typed. The instructions of the server say that it is data.
NameText = Annotated[str, BeforeValidator(lambda text: shorten_text(text, LONGEST_NAME))]
DataText = Annotated[str, BeforeValidator(lambda text: shorten_text(text, LONGEST_TEXT))]
DayText = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="YYYY-MM-DD, a local day.")]
IdText = Annotated[str, Field(max_length=60)]


class ToolArguments(BaseModel):
    """What a tool takes. Unknown arguments are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ToolAnswer(BaseModel):
    """What a tool answers: chosen fields of an answer of the API. Unknown values are left out."""

    model_config = ConfigDict(extra="ignore")


class ToolOutcome(NamedTuple):
    """`text`: a short answer for people and for programs that read only text."""

    answer: ToolAnswer
    text: str


@dataclass(frozen=True)
class AssistantTool:
    """`api_calls`: the calls of the API whose rights it has. It is shown to who may make one of them."""

    name: str
    title: str
    description: str
    arguments: type[ToolArguments]
    answer: type[ToolAnswer]
    api_calls: tuple[ApiCall, ...]
    run: Callable[[AssistantCall, Any], ToolOutcome]

    @property
    def is_write(self) -> bool:
        return any(api_call.is_write for api_call in self.api_calls)

    def is_shown_to(self, viewer: Viewer) -> bool:
        return any(api_call.row.right.allows(viewer) for api_call in self.api_calls)

    @cached_property
    def definition(self) -> types.Tool:
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=_build_schema(self.arguments, "validation"),
            output_schema=_build_schema(self.answer, "serialization"),
            annotations=types.ToolAnnotations(
                title=self.title,
                read_only_hint=not self.is_write,
                destructive_hint=False,
                idempotent_hint=not self.is_write,
                open_world_hint=False,
            ),
        )

    def answer_call(self, call: AssistantCall, arguments: Mapping[str, Any] | None) -> types.CallToolResult:
        """Run the tool. Raises as it does."""
        outcome = self.run(call, self.arguments.model_validate(dict(arguments or {})))
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=outcome.text)],
            structured_content=outcome.answer.model_dump(mode="json", exclude_none=True),
        )


def _build_schema(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """The JSON schema of a model, without the titles that only repeat its names."""
    schema: dict[str, Any] = _remove_titles(model.model_json_schema(mode=mode))
    return schema


def _remove_titles(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_remove_titles(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    is_title = {name for name, part in schema.items() if name == "title" and isinstance(part, str)}
    return {name: _remove_titles(part) for name, part in schema.items() if name not in is_title}


def is_refusal(error: Exception) -> bool:
    """Whether the access log notes it as refused."""
    return isinstance(error, (*REFUSALS, WithheldError, MissingScopeError, NothingFoundError))


def describe_tool_error(error: Exception) -> str | None:
    """A sentence for the assistant; None for an error that nobody expects."""
    if isinstance(error, ApiError):
        return str(error.detail)
    if isinstance(error, exceptions.ValidationError):
        return summarize_field_errors(list(flatten_field_errors(error.detail)))
    if isinstance(error, ValidationError):
        return _summarize_argument_errors(error)
    return "There is no such thing, or you may not see it." if isinstance(error, REFUSALS) else None


def _summarize_argument_errors(error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_input=False)
    first = [f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in errors[:ERRORS_IN_SENTENCE]]
    return f"{'; '.join(first)}."
