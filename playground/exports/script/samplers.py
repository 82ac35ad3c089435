"""Where the real examples come from, as text: a distribution's sampler, or a reader of image files."""

import ast
import base64
import inspect
import math
import textwrap
import zlib
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from playground.data.distribution import Distribution, Mixture, NoisyCurve
from playground.exports.script.plan import ScriptError

_ALLOWED_MODULES = {"numpy": "np", "math": "math"}
_WRITTEN_NUMBERS = 160
"""An array of more numbers is packed: nobody reads them one by one."""

MIXTURE = '''
CENTRES = {centres}
WEIGHTS = {weights}
SIGMA = {sigma}


def sample(rng, n):
    """n points of the mixture of {count}, ({{n}}, {dim})."""
    chosen = rng.choice(len(WEIGHTS), size=n, p=WEIGHTS)
    return CENTRES[chosen] + SIGMA * rng.standard_normal((n, {dim}))
'''.replace("{{n}}", "n")

CURVE = '''
SIGMA = {sigma}


{curve}


def sample(rng, n):
    """n points at random places of the curve, with Gaussian noise around it, (n, 2)."""
    return {name}(rng.random(n)) + SIGMA * rng.standard_normal((n, 2))
'''


def sampler(distribution: Distribution) -> str:
    """Text that defines sample(rng, n), and draws what the distribution draws. Raises ScriptError."""
    if type(distribution) is Mixture:
        return _mixture(distribution)
    if type(distribution) is NoisyCurve:
        return _curve(distribution)
    return _by_source(distribution)


def _mixture(distribution: Mixture) -> str:
    modes = distribution.components
    count = len(modes.weights)
    return MIXTURE.format(
        centres=array(modes.centres),
        weights=f"np.full({count}, 1 / {count})" if (modes.weights == 1 / count).all() else array(modes.weights),
        sigma=repr(float(distribution.sigma)),
        count="1 Gaussian" if count == 1 else f"{count} Gaussians",
        dim=distribution.dim,
    )


def _curve(distribution: NoisyCurve) -> str:
    name, text = _function(distribution.curve, "curve")
    return CURVE.format(sigma=repr(float(distribution.sigma)), curve=text, name=name)


def _by_source(distribution: Distribution) -> str:
    """The sampler's own source, for a kind of distribution that is neither a mixture nor a curve."""
    methods = _Methods(distribution)
    methods.add("sample")
    return methods.text()


def array(values: np.ndarray) -> str:
    """An array of floats as an expression that gives back exactly these numbers."""
    values = np.asarray(values, dtype=float)
    if values.size > _WRITTEN_NUMBERS:
        packed = base64.b64encode(zlib.compress(values.astype("<f8").tobytes(), 9)).decode()
        pieces = "\n".join(f'    "{piece}"' for piece in textwrap.wrap(packed, 100))
        return (
            "np.frombuffer(zlib.decompress(base64.b64decode(\n"
            f'{pieces}\n)), dtype="<f8").reshape({values.shape})  # {values.size:,} numbers, packed'
        )
    if values.ndim < 2:
        line = f"np.array({values.tolist()!r})"
        return (
            line
            if len(line) < 90
            else "np.array([\n" + "".join(f"    {value!r},\n" for value in values.tolist()) + "])"
        )
    rows = "".join(f"    {row!r},\n" for row in values.tolist())
    return f"np.array([\n{rows}])"


def _constant(value: Any) -> str | None:
    """A plain value as an expression, or None for what is none."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return array(value) if value.dtype.kind == "f" else f"np.array({value.tolist()!r})"
    if isinstance(value, bool | int | float | str) and not (isinstance(value, float) and not math.isfinite(value)):
        return repr(value)
    if isinstance(value, np.floating | np.integer):
        return repr(value.item())
    if isinstance(value, tuple | list) and all(_constant(item) is not None for item in value):
        inner = ", ".join(str(_constant(item)) for item in value)
        return f"({inner},)" if isinstance(value, tuple) and value else f"[{inner}]"
    return None


def _function(given: Callable[..., Any], called: str) -> tuple[str, str]:
    """(name, text) of a function and of all that it needs. Raises ScriptError."""
    needs: dict[str, str] = {}
    name = _add_function(given, called, needs)
    return name, "\n\n\n".join(needs.values())


def _add_function(given: Callable[..., Any], called: str, needs: dict[str, str]) -> str:
    """Writes a function into `needs` behind what it calls; returns its name."""
    if not isinstance(given, FunctionType):
        raise ScriptError("A script can't be written for this dataset: its sampler is no plain function.")
    tree = _parsed(given)
    name = tree.name.lstrip("_") or called
    if name in needs:
        return name
    renamed = {tree.name: name}
    for used, value in _outside(given).items():
        renamed[used] = _add_value(used, value, needs)
    needs.pop(name, None)
    needs[name] = _written(tree, renamed)
    return name


def _add_value(used: str, value: Any, needs: dict[str, str]) -> str:
    """Writes what a function refers to into `needs`; returns the name that it has there."""
    if isinstance(value, ModuleType):
        if value.__name__ not in _ALLOWED_MODULES:
            raise ScriptError(f"A script can't be written for this dataset: its sampler uses {value.__name__}.")
        return _ALLOWED_MODULES[value.__name__]
    if isinstance(value, FunctionType):
        return _add_function(value, used, needs)
    text = _constant(value)
    if text is None:
        raise ScriptError(f"A script can't be written for this dataset: its sampler uses {used}.")
    name = used.lstrip("_")
    needs[name] = f"{name} = {text}"
    return name


def _outside(function: Callable[..., Any]) -> dict[str, Any]:
    """What a function refers to beyond its own variables, by name."""
    closed = inspect.getclosurevars(function)
    return {**closed.globals, **closed.nonlocals}


def _parsed(given: Callable[..., Any]) -> ast.FunctionDef:
    """The function's definition without its annotations."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(given))).body[0]
    except (OSError, TypeError, SyntaxError):
        tree = None
    if not isinstance(tree, ast.FunctionDef):
        raise ScriptError("A script can't be written for this dataset: its sampler's source is not at hand.")
    tree.returns, tree.decorator_list = None, []
    for argument in [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]:
        argument.annotation = None
    return tree


def _written(tree: ast.FunctionDef, renamed: dict[str, str]) -> str:
    tree.name = renamed.get(tree.name, tree.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in renamed:
            node.id = renamed[node.id]
    return ast.unparse(_unannotated(tree))


def _unannotated(tree: ast.FunctionDef) -> ast.AST:
    class Plain(ast.NodeTransformer):
        def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
            if node.value is None:
                return ast.Pass()
            return ast.copy_location(ast.Assign([node.target], node.value), node)

    plain: ast.AST = Plain().visit(tree)
    return ast.fix_missing_locations(plain)


class _Methods:
    """A sampler's methods as functions: what they read of `self` becomes a constant, what they call a function."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._needs: dict[str, str] = {}

    def text(self) -> str:
        return "\n" + "\n\n\n".join(self._needs.values()) + "\n"

    def add(self, method: str) -> str:
        """Writes a method behind what it needs; returns its name as a function."""
        name = method.lstrip("_")
        if name in self._needs:
            return name
        function = inspect.unwrap(getattr(type(self._owner), method))
        tree = _parsed(function)
        renamed = {method: name}
        for used, value in _outside(function).items():
            renamed[used] = _add_value(used, value, self._needs)
        rewritten = _Selfless(self).visit(tree)
        rewritten.args.args = rewritten.args.args[1:]
        self._needs[name] = _written(rewritten, renamed)
        return name

    def read(self, path: list[str]) -> str:
        """The name of what self.path is: a constant, a function that it holds, or one of its methods."""
        value: Any = self._owner
        for part in path:
            value = getattr(value, part)
        if inspect.ismethod(value) and value.__self__ is self._owner:
            return self.add(path[-1])
        if isinstance(value, FunctionType):
            return _add_function(value, path[-1], self._needs)
        return _add_value("_".join(path).upper(), value, self._needs)


class _Selfless(ast.NodeTransformer):
    """self.a.b -> the name under which it was written out."""

    def __init__(self, methods: _Methods) -> None:
        self._methods = methods

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        path = list(_path(node))
        if not path or path[0] != "self":
            return self.generic_visit(node)
        # The longest part of the path that is a plain value: self.weights.shape reads the shape of WEIGHTS.
        for length in range(2, len(path) + 1):
            try:
                name = self._methods.read(path[1:length])
            except ScriptError:
                if length == len(path):
                    raise
                continue
            named: ast.expr = ast.Name(name, ast.Load())
            for attribute in path[length:]:
                named = ast.Attribute(named, attribute, ast.Load())
            return ast.copy_location(named, node)
        raise ScriptError("A script can't be written for this dataset: its sampler hands itself on.")


def _path(node: ast.expr) -> Iterator[str]:
    """self.a.b -> "self", "a", "b"; nothing for what is no such path."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        head = list(_path(node.value))
        if head:
            yield from (*head, node.attr)
