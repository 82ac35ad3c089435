"""The losses and the penalties as text: those that the run uses."""

from playground.exports.script.expressions import formula
from playground.exports.script.plan import Plan, lines
from playground.objectives import LOSSES, PENALTIES, Loss, Penalty


def losses(plan: Plan) -> str:
    """The loss of each player: one pair of functions, or a pair for each loss that the run has had."""
    rows = plan.losses
    if len(rows) == 1:
        return _loss_functions(plan, next(iter(rows)), "")
    parts = [_loss_functions(plan, name, f"_{name}") for name in rows]
    table = ["", "LOSSES = {"]
    for name, row in rows.items():
        entries = [f"discriminator_loss_{name}", f"generator_loss_{name}", str(row.relative)]
        table.append(f'    "{name}": ({", ".join(entries)}),')
    return lines(*parts) + "\n".join([*table, "}", ""])


def _loss_functions(plan: Plan, name: str, suffix: str) -> str:
    row = LOSSES[name]
    head = f"# {row.label}: {row.source}.\n# d is D's output, a logit: higher means more real. Both players minimise."
    if row.relative:
        return f"""
{head}
def discriminator_loss{suffix}(real, fake):
    d = real - fake  # judged in pairs
    return {_mean(formula(row.real, "d"))}


def generator_loss{suffix}(fake, real):
    d = fake - real
    return {_mean(formula(row.generator, "d"))}

"""
    unused = ", real=None" if plan.relative else ""
    return f"""
{head}
{_discriminator_loss(plan, row, suffix)}

def generator_loss{suffix}(d{unused}):
    return {_mean(formula(row.generator, "d"))}

"""


def _discriminator_loss(plan: Plan, row: Loss, suffix: str) -> str:
    plain = f"{_mean(formula(row.real, 'real'))} + {_mean(formula(row.fake, 'fake'))}"
    if not plan.labels or not row.labels:
        return f"def discriminator_loss{suffix}(real, fake):\n    return {plain}\n"
    return f'''def discriminator_loss{suffix}(real, fake):
    """With label noise: each label y in [0, 1] weighs the two terms (smoothing: Salimans et al. 2016)."""
    left = decayed(1.0, s.label_decay, labels_since)
    flip, smoothing = s.label_flip * left, s.label_smoothing * left
    if flip == 0 and smoothing == 0:
        return {plain}
    d = torch.cat([real, fake])
    flipped = torch.cat([labels.take(s.batch_size), labels.take(s.batch_size)]).squeeze(-1) < flip
    is_real = torch.arange(len(d)) < len(real)
    y = (is_real ^ flipped) * (1.0 - smoothing)
    return 2 * (y * ({formula(row.real, "d")}) + (1 - y) * ({formula(row.fake, "d")})).mean()
'''


def _mean(text: str) -> str:
    """The mean of a formula, in brackets only where it needs them."""
    whole = text.isidentifier() or (text.startswith("functional.") and text.index(")") == len(text) - 1)
    return f"{text}.mean()" if whole else f"({text}).mean()"


def penalties(plan: Plan) -> str:
    """One function for each penalty in use, and a table where it changes while the run trains."""
    if not plan.penalties:
        return ""
    text = "".join(_penalty_function(plan, name, PENALTIES[name]) for name in plan.penalties)
    if plan.switches_penalty:
        text += "\nPENALTIES = {" + ", ".join(f'"{name}": {name}' for name in plan.penalties) + "}\n\n"
    return text


def _penalty_function(plan: Plan, name: str, row: Penalty) -> str:
    told = ", real_classes, fake_classes" if plan.conditional else ""
    mixed = "interpolates" in row.points
    kinds = [
        "real.detach() + mix.take(s.batch_size) * (fake.detach() - real.detach())"
        if kind == "interpolates"
        else f"{kind}.detach()"
        for kind in row.points
    ]
    x = kinds[0] if len(kinds) == 1 else f"torch.cat([{', '.join(kinds)}])"
    of = ["fake_classes" if kind == "fake" else "real_classes" for kind in row.points]
    codes = of[0] if len(of) == 1 else f"torch.cat([{', '.join(of)}])"
    judged = f"judge(x, {codes})" if plan.conditional else "judge(x)"
    excess = "gradient.square().sum(-1)" if row.slope == 0 else f"(gradient.norm(dim=-1) - {row.slope:g}).square()"
    factor = row.factor * len(row.points)
    where = "on lines between real and generated examples" if mixed else "at " + " and ".join(row.points) + " examples"
    return f'''
# {row.label}: {row.source}.
def {name}(real, fake{told}):
    """Pulls the slope of D to {row.slope:g} {where}."""
    x = ({x}).requires_grad_()
    (gradient,) = torch.autograd.grad({judged}.sum(), x, create_graph=True)
    return {"" if factor == 1 else f"{factor:g} * "}{excess}.mean()

'''
