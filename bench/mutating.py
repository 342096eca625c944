"""Changes of a source, one at a time: every number by a quarter and a third, every condition turned or cut short.

Numbers that are no thresholds stay: those of an index, of a message that is raised, and of a text with values in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

FACTORS = (0.75, 1.33)
"""What a number is multiplied by; a whole number changes by one at least."""
LONGEST = 60
"""Characters of a condition that are shown."""
OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its line (from 1), what it does in words, and the bytes from `start` to `end` that become `new`.

    `name` is the field of a class or the constant that gets another value, if the change is in one.
    """

    line: int
    what: str
    start: int
    end: int
    new: str
    name: str | None = None

    def applied(self, source: str) -> str:
        """The whole source with this change."""
        data = source.encode()
        return (data[: self.start] + self.new.encode() + data[self.end :]).decode()


def changes_of(source: str) -> list[Change]:
    """All changes of a source, in its order. Raises SyntaxError if it is no Python."""
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    return sorted(finder.found, key=lambda change: (change.start, change.end))


class _Finder(ast.NodeVisitor):
    def __init__(self, source: str) -> None:
        self.found: list[Change] = []
        self._name: str | None = None
        self._in_function = False
        self._starts = [0]
        for line in source.encode().splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    # What stays

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass  # Python 3.11 doesn't say where in the file its values stand.

    def visit_Raise(self, node: ast.Raise) -> None:
        pass

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    # What is changed

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before, self._in_function = self._in_function, True
        self.generic_visit(node)
        self._in_function = before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._visit_value(node.target, node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit_value(node.targets[0], node.value)

    def _visit_value(self, target: ast.expr, value: ast.expr) -> None:
        before = self._name
        if isinstance(target, ast.Name) and not self._in_function:
            self._name = target.id
        self.visit(value)
        self._name = before

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            return
        for new in neighbours(node.value):
            self._change(node, f"{node.value} → {new}", repr(new))

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) == 1:
            turned = ast.Compare(node.left, [OPPOSITES[type(node.ops[0])]()], node.comparators)
            self._change(node, f"turned: {_shown(node)}", f"({ast.unparse(turned)})")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left_out in node.values:
            if any(isinstance(part, ast.NamedExpr) for part in ast.walk(left_out)):
                continue  # what follows needs its name
            rest = [value for value in node.values if value is not left_out]
            shorter = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
            word = "and" if isinstance(node.op, ast.And) else "or"
            self._change(left_out, f"without: {word} {_shown(left_out)}", f"({ast.unparse(shorter)})", whole=node)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._change(node, f"turned: {_shown(node)}", f"({ast.unparse(node.operand)})")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self._turn(node.test)
            self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._turn(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._turn(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._turn(test)
        self.generic_visit(node)

    def _turn(self, test: ast.expr) -> None:
        """Turn a condition that has no operator to be turned."""
        if isinstance(test, ast.Name | ast.Attribute | ast.Call):
            self._change(test, f"turned: {_shown(test)}", f"(not {ast.unparse(test)})")

    def _change(self, node: ast.expr, what: str, new: str, whole: ast.expr | None = None) -> None:
        replaced = whole or node
        assert replaced.end_lineno is not None
        assert replaced.end_col_offset is not None
        start = self._starts[replaced.lineno - 1] + replaced.col_offset
        end = self._starts[replaced.end_lineno - 1] + replaced.end_col_offset
        self.found.append(Change(node.lineno, what, start, end, new, self._name))


def neighbours(value: float) -> Iterator[float]:
    """The values beside a number: a quarter less and a third more; beside zero, one."""
    if not value:
        yield value + 1
        return
    for factor in FACTORS:
        if isinstance(value, int):
            changed = round(value * factor)
            yield changed if changed != value else value + (1 if factor > 1 else -1)
        else:
            yield float(f"{value * factor:.6g}")


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
