"""The prompt to reword an insight: the numbers and the rules' sentences, without names. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from coaching.insights.insight import Insight, InsightEvidence, Units

SYSTEM_PROMPT = """\
You word short notes about a runner's training for the runner and the coach. You get JSON: `kind`, \
`units`, `evidence` and a `draft`. Say what the draft says in two or three plain English sentences, as an \
experienced running coach would, at most 400 characters. Use only numbers, times, dates and weekdays that \
stand in the evidence, written exactly as there and in its units; never compute, round, compare by a \
factor or add one. Keep the advice of the draft and add none. Name nobody. Nothing medical. Plain text on \
one line: no greeting, no list, no markup. Answer with the sentences alone."""


@dataclass(frozen=True, slots=True)
class InsightPrompt:
    """Everything that is sent to the model about an athlete."""

    kind: str
    units: Units
    evidence: InsightEvidence
    draft: str

    @classmethod
    def from_insight(cls, insight: Insight, units: Units) -> InsightPrompt:
        return cls(insight.kind, units, insight.evidence, insight.text)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> InsightPrompt:
        return cls(**plain)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def messages(self) -> list[dict[str, str]]:
        """The messages of a chat completion."""
        content = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False)
        return [{"role": "system", "content": SYSTEM_PROMPT}, {"role": "user", "content": content}]

    def digest(self, model: str) -> str:
        """Hash of everything the answer depends on: task, numbers, model. 32 hexadecimal digits."""
        return blake2b(json.dumps([model, self.messages()]).encode(), digest_size=16).hexdigest()
