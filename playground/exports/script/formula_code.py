"""A typed formula as code: an expression in d, in terms of torch, and of torch.nn.functional as f."""

from playground.formulas import ATOM, POWER, PRODUCT, SIGN, SUM, Applied, Node, Number, Operation, Variable


def code_of(tree: Node) -> str:
    """What the tree of a formula comes to, as Python that is formatted and needs no brackets around it."""
    return _written(tree)[0]


def _written(node: Node) -> tuple[str, int]:
    """The code of a part, and how strongly it binds."""
    match node:
        case Number(value):
            text = repr(int(value)) if value.is_integer() and abs(value) < 1e6 else repr(value)
            return text, SIGN if text.startswith("-") else ATOM
        case Variable():
            return "d", ATOM
        case Applied(operation, arguments):
            return _applied_code(operation, arguments), operation.binds


def _applied_code(operation: Operation, arguments: tuple[Node, ...]) -> str:
    """In brackets stands what would otherwise be torn apart, as Python reads it."""
    needed = {  # how strongly the parts have to bind
        SUM: (SUM, PRODUCT),
        PRODUCT: (PRODUCT, SIGN),
        SIGN: (SIGN,),
        POWER: (ATOM, SIGN),
        ATOM: (SUM, SUM),
    }[operation.binds]
    parts = [_written(argument) for argument in arguments]
    texts = [text if binds >= least else f"({text})" for (text, binds), least in zip(parts, needed, strict=False)]
    if operation.binds == SIGN and parts[0][1] == POWER:
        texts = [f"({parts[0][0]})"]  # as formatters write it
    if operation.binds == POWER and _close(*arguments):
        return "**".join(texts)
    return operation.code.format(*texts)


def _close(base: Node, exponent: Node) -> bool:
    """Whether formatters write a power without spaces: between two names or numbers."""
    if isinstance(exponent, Applied) and exponent.operation.binds in (SIGN, POWER):
        exponent = exponent.arguments[0]
    return not isinstance(base, Applied) and not isinstance(exponent, Applied)
