"""Mutants of a function: its source with one condition dropped, turned round, or replaced by always or never."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

NARROWING = {
    "filter",
    "exclude",
    "get",
    "among",
    "of",
    "live",
    "active",
    "current",
    "athletes",
    "sharing",
    "coaching",
}
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
OTHER_RIGHT = {"READ": "RECORD", "RECORD": "READ"}
Change = Callable[[Any], ast.AST]


@dataclass(frozen=True, slots=True)
class Edit:
    """One node in the body of a function, by its place there, and what becomes of it."""

    module: str
    function: str  # its qualified name
    place: int
    change: str
    make: Change

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.change}"

    def applied(self) -> Callable[[], None]:
        """Exchange the code of the living function; the result puts it back."""
        function, before = (
            _function(self.module, self.function),
            _function(self.module, self.function).__code__,
        )
        function.__code__ = self._code()
        return lambda: setattr(function, "__code__", before)

    def _code(self) -> CodeType:
        tree = ast.parse(_source(self.module).read_text())
        node = _nodes(tree, self.function)[self.place]
        tree = _Replaced(node, self.make(copy.deepcopy(node))).visit(tree)
        return _code_of(
            compile(ast.fix_missing_locations(tree), str(_source(self.module)), "exec"), self.function
        )


class _Replaced(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else super().visit(node)


def edits(module: str, function: str) -> Iterator[Edit]:
    seen: dict[str, int] = {}
    for place, node in enumerate(_nodes(ast.parse(_source(module).read_text()), function)):
        for name, make in _changes(node):
            seen[name] = seen.get(name, 0) + 1
            twice = f" ({seen[name]})" if seen[name] > 1 else ""
            yield Edit(module, function, place, name + twice, make)


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """What can become of one node: each with its name."""
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.BoolOp):
        asked = ((i, one) for i, one in enumerate(node.values) if not isinstance(one, ast.Constant))
        yield from ((f"without `{_told(one)}`", _without("values", i)) for i, one in asked)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd):
        yield f"only `{_told(node.left)}`", lambda found: found.left
        yield f"only `{_told(node.right)}`", lambda found: found.right
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield f"not `{_told(node)}`", lambda found: found.operand
    elif isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.If | ast.IfExp):
        yield f"always `{_told(node.test)}`", _with_test(True)
        yield f"never `{_told(node.test)}`", _with_test(False)
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield f"without `if {_told(node.ifs[0])}`", _without("ifs", 0)
    elif isinstance(node, ast.List | ast.JoinedStr):
        parts = node.elts if isinstance(node, ast.List) else node.values
        field = "elts" if isinstance(node, ast.List) else "values"
        changing = ((i, one) for i, one in enumerate(parts) if not isinstance(one, ast.Constant))
        yield from ((f"without `{_told(one)}`", _without(field, i)) for i, one in changing)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        yield from (
            (f"0 for `{_told(one)}`", _with("elts", i, ast.Constant(0))) for i, one in enumerate(node.elts)
        )
    elif isinstance(node, ast.Name) and node.id in OTHER_RIGHT:
        yield (
            f"{OTHER_RIGHT[node.id]} for {node.id}",
            lambda found: ast.Name(OTHER_RIGHT[found.id], ast.Load()),
        )


def _of_call(node: ast.Call) -> Iterator[tuple[str, Change]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    given = len(node.args) + len(node.keywords)
    if name in NARROWING and isinstance(node.func, ast.Attribute) and given < 2:
        yield (
            f"without `.{name}({', '.join(map(_told, [*node.args, *node.keywords]))})`",
            lambda call: call.func.value,
        )
    elif name in {"filter", "exclude", "Q"} and given > 1:
        yield from ((f"without `{_told(one)}`", _without("args", i)) for i, one in enumerate(node.args))
        yield from (
            (f"without `{_told(one)}`", _without("keywords", i)) for i, one in enumerate(node.keywords)
        )
    elif name in {"reached_by", "_reach"} and len(node.args) == 3:
        nobody = ast.Constant(None)
        yield f"{name} without `{_told(node.args[2])}`", _with("args", 2, nobody)
    elif name == "of" and len(node.args) > 3:  # Stamp.of
        asked = [
            (i, one) for i, one in enumerate(node.args) if i in _EMPTY and _told(one) != _told(_EMPTY[i])
        ]
        yield from ((f"a stamp without `{_told(one)}`", _with("args", i, _EMPTY[i])) for i, one in asked)


_EMPTY: dict[int, ast.expr] = {
    1: ast.Dict([], []), 2: ast.Constant("x:x"), 3: ast.Constant(0), 4: ast.Constant(0),
}  # fmt: skip


def _of_comparison(node: ast.Compare) -> Iterator[tuple[str, Change]]:
    if type(node.ops[0]) in OPPOSITE:
        yield f"not `{_told(node)}`", _turned


def _turned(node: ast.Compare) -> ast.AST:
    node.ops = [OPPOSITE[type(node.ops[0])]()]
    return node


def _without(field: str, place: int) -> Change:
    def change(node: Any) -> ast.AST:
        left = getattr(node, field)
        del left[place]
        one_is_left = isinstance(node, ast.BoolOp) and len(left) == 1
        return left[0] if one_is_left else node  # type: ignore[no-any-return]

    return change


def _with_test(holds: bool) -> Change:
    def change(node: Any) -> ast.AST:
        node.test = ast.Constant(holds)
        return node  # type: ignore[no-any-return]

    return change


def _with(field: str, place: int, value: ast.expr) -> Change:
    def change(node: Any) -> ast.AST:
        getattr(node, field)[place] = value
        return node  # type: ignore[no-any-return]

    return change


def _told(node: ast.AST) -> str:
    return ast.unparse(node)


def _source(module: str) -> Path:
    return Path(import_module(module).__file__ or "")


def _nodes(tree: ast.AST, function: str) -> list[ast.AST]:
    """Of its body: what it is annotated and documented with changes nothing."""
    body = _definition(tree, function).body  # type: ignore[attr-defined]
    nodes = [node for statement in body for node in ast.walk(statement)]
    types = {id(node.slice) for node in nodes if isinstance(node, ast.Subscript)}
    return [node for node in nodes if id(node) not in types]


def _definition(tree: ast.AST, name: str) -> ast.AST:
    for part in name.split("."):
        found = [node for node in ast.iter_child_nodes(tree) if getattr(node, "name", None) == part]
        if not found:
            raise LookupError(f"There is no {name} any more: see tests/mutation/targets.py.")
        tree = found[0]
    return tree


def _code_of(code: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == part)
    return code


def _function(module: str, name: str) -> FunctionType:
    """Without what is wrapped around it: properties, class methods, caches, documentation."""
    found: Any = import_module(module)
    *classes, last = name.split(".")
    for part in classes:
        found = getattr(found, part)
    found = vars(found)[last]
    for inside in ("fget", "__func__", "__wrapped__"):
        found = getattr(found, inside, None) or found
    assert isinstance(found, FunctionType), name
    return found
