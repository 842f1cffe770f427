"""Mutants of a function: one condition of its source is removed, inverted, or replaced by always or never."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

NARROWING_METHODS = {
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
OPPOSITE_OPERATORS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
OTHER_RIGHTS = {"READ": "RECORD", "RECORD": "READ"}
NodeChange = Callable[[Any], ast.AST]


@dataclass(frozen=True, slots=True)
class CodeMutant:
    """A change of one node in the body of a function. `place`: the index of the node."""

    module: str
    function: str  # its qualified name
    place: int
    change: str
    make: NodeChange

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.change}"

    def apply(self) -> Callable[[], None]:
        """Replace the code of the function in memory. Return a function that restores it."""
        function = _find_function(self.module, self.function)
        before = function.__code__
        function.__code__ = self._code()
        return lambda: setattr(function, "__code__", before)

    def _code(self) -> CodeType:
        tree = ast.parse(_find_source(self.module).read_text())
        node = _list_nodes(tree, self.function)[self.place]
        tree = _NodeReplacer(node, self.make(copy.deepcopy(node))).visit(tree)
        return _find_code(
            compile(ast.fix_missing_locations(tree), str(_find_source(self.module)), "exec"), self.function
        )


class _NodeReplacer(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else super().visit(node)


def iterate_code_mutants(module: str, function: str) -> Iterator[CodeMutant]:
    counts: dict[str, int] = {}
    for place, node in enumerate(_list_nodes(ast.parse(_find_source(module).read_text()), function)):
        for name, make in _list_changes(node):
            counts[name] = counts.get(name, 0) + 1
            suffix = f" ({counts[name]})" if counts[name] > 1 else ""
            yield CodeMutant(module, function, place, name + suffix, make)


def _list_changes(node: ast.AST) -> Iterator[tuple[str, NodeChange]]:
    """Yield the possible changes of one node, each with its name."""
    if isinstance(node, ast.Call):
        yield from _list_call_changes(node)
    elif isinstance(node, ast.BoolOp):
        parts = ((i, part) for i, part in enumerate(node.values) if not isinstance(part, ast.Constant))
        yield from ((f"without `{_unparse(part)}`", _remove_part("values", i)) for i, part in parts)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd):
        yield f"only `{_unparse(node.left)}`", lambda found: found.left
        yield f"only `{_unparse(node.right)}`", lambda found: found.right
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield f"not `{_unparse(node)}`", lambda found: found.operand
    elif isinstance(node, ast.Compare):
        yield from _list_comparison_changes(node)
    elif isinstance(node, ast.If | ast.IfExp):
        yield f"always `{_unparse(node.test)}`", _replace_test(True)
        yield f"never `{_unparse(node.test)}`", _replace_test(False)
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield f"without `if {_unparse(node.ifs[0])}`", _remove_part("ifs", 0)
    elif isinstance(node, ast.List | ast.JoinedStr):
        field = "elts" if isinstance(node, ast.List) else "values"
        items = enumerate(getattr(node, field))
        parts = ((i, part) for i, part in items if not isinstance(part, ast.Constant))
        yield from ((f"without `{_unparse(part)}`", _remove_part(field, i)) for i, part in parts)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        yield from (
            (f"0 for `{_unparse(part)}`", _replace_part("elts", i, ast.Constant(0)))
            for i, part in enumerate(node.elts)
        )
    elif isinstance(node, ast.Name) and node.id in OTHER_RIGHTS:
        yield (
            f"{OTHER_RIGHTS[node.id]} for {node.id}",
            lambda found: ast.Name(OTHER_RIGHTS[found.id], ast.Load()),
        )


def _list_call_changes(node: ast.Call) -> Iterator[tuple[str, NodeChange]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    given = len(node.args) + len(node.keywords)
    if name in NARROWING_METHODS and isinstance(node.func, ast.Attribute) and given < 2:
        yield (
            f"without `.{name}({', '.join(map(_unparse, [*node.args, *node.keywords]))})`",
            lambda call: call.func.value,
        )
    elif name in {"filter", "exclude", "Q"} and given > 1:
        yield from (
            (f"without `{_unparse(part)}`", _remove_part("args", i)) for i, part in enumerate(node.args)
        )
        yield from (
            (f"without `{_unparse(part)}`", _remove_part("keywords", i))
            for i, part in enumerate(node.keywords)
        )
    elif name in {"reached_by", "_reach"} and len(node.args) == 3:
        nobody = ast.Constant(None)
        yield f"{name} without `{_unparse(node.args[2])}`", _replace_part("args", 2, nobody)
    elif name == "CacheScope":
        for i, field in enumerate(node.keywords):
            yield f"a scope without `{_unparse(field.value)}`", _remove_part("keywords", i)
    elif name == "CacheKey":
        for i, field in enumerate(node.keywords):
            empty = _EMPTY_KEY_FIELDS.get(field.arg or "")
            if empty and _unparse(field.value) != _unparse(empty):
                change = _replace_part("keywords", i, ast.keyword(field.arg, empty))
                yield f"a key without `{_unparse(field.value)}`", change


_EMPTY_KEY_FIELDS: dict[str, ast.expr] = {
    "question": ast.Dict([], []), "owner": ast.Constant("x"), "scope": ast.Constant("x"),
    "version": ast.Constant(0), "day": ast.Constant(0),
}  # fmt: skip


def _list_comparison_changes(node: ast.Compare) -> Iterator[tuple[str, NodeChange]]:
    if type(node.ops[0]) in OPPOSITE_OPERATORS:
        yield f"not `{_unparse(node)}`", _invert_comparison


def _invert_comparison(node: ast.Compare) -> ast.AST:
    node.ops = [OPPOSITE_OPERATORS[type(node.ops[0])]()]
    return node


def _remove_part(field: str, place: int) -> NodeChange:
    def change(node: Any) -> ast.AST:
        parts = getattr(node, field)
        del parts[place]
        is_single = isinstance(node, ast.BoolOp) and len(parts) == 1
        return parts[0] if is_single else node  # type: ignore[no-any-return]

    return change


def _replace_test(holds: bool) -> NodeChange:
    def change(node: Any) -> ast.AST:
        node.test = ast.Constant(holds)
        return node  # type: ignore[no-any-return]

    return change


def _replace_part(field: str, place: int, value: ast.AST) -> NodeChange:
    def change(node: Any) -> ast.AST:
        getattr(node, field)[place] = value
        return node  # type: ignore[no-any-return]

    return change


def _unparse(node: ast.AST) -> str:
    return ast.unparse(node)


def _find_source(module: str) -> Path:
    return Path(import_module(module).__file__ or "")


def _list_nodes(tree: ast.AST, function: str) -> list[ast.AST]:
    """Return the nodes of the body. Annotations are omitted, because they have no effect."""
    body = _find_definition(tree, function).body  # type: ignore[attr-defined]
    nodes = [node for statement in body for node in ast.walk(statement)]
    types = {id(node.slice) for node in nodes if isinstance(node, ast.Subscript)}
    return [node for node in nodes if id(node) not in types]


def _find_definition(tree: ast.AST, name: str) -> ast.AST:
    for part in name.split("."):
        found = [node for node in ast.iter_child_nodes(tree) if getattr(node, "name", None) == part]
        if not found:
            raise LookupError(f"There is no {name} any more: see tests/mutation/targets.py.")
        tree = found[0]
    return tree


def _find_code(code: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        code = next(
            constant
            for constant in code.co_consts
            if isinstance(constant, CodeType) and constant.co_name == part
        )
    return code


def _find_function(module: str, name: str) -> FunctionType:
    """Return the innermost function, without properties, class methods, caches and other wrappers."""
    found: Any = import_module(module)
    *classes, last = name.split(".")
    for part in classes:
        found = getattr(found, part)
    found = vars(found)[last]
    for inside in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, inside, None) or found
    assert isinstance(found, FunctionType), name
    return found
