"""The game as text: noise, and Algorithm 1 with the parts that this run uses."""

from playground.exports.script.networks import TUNES
from playground.exports.script.plan import Plan

_DECAY = '''
def decayed(strength, over, since):
    """`strength`, falling in a straight line to 0 over `over` updates of G from number `since`; over = 0 keeps it."""
    return strength if over == 0 else strength * max(0.0, 1.0 - (g_updates - since) / over)

'''

_NOISY = '''
def noisy(x):
    """What D sees of x: real and generated examples get the same noise (Sonderby et al. 2016)."""
    sigma = decayed(s.instance_noise, s.noise_decay, noise_since)
    return x if sigma == 0 else x + sigma * noise.take(len(x))

'''

_REAL = '''
def draw_real():
    """A batch of real images, flat and in [-1, 1]{told}."""
    index = data.take(s.batch_size).squeeze(-1).long()
    return {value}

'''

_FAKE = '''
def draw_fake(player):
    """A batch of G's, for one player's update: the two never share latents."""
    z = latents[player].take(s.batch_size)
{classes}    return {value}

'''
_FAKE_CLASSES = """    picked = (class_draws[player].take(s.batch_size).squeeze(-1) * {classes}).long()
    classes = functional.one_hot(picked, {classes}).float()
"""


def updates(plan: Plan) -> str:
    """Everything between the losses and the loop."""
    told = plan.conditional
    parts = [_DECAY if plan.noise or plan.labels else "", _NOISY if plan.noise else ""]
    if plan.data is None:
        parts.append(
            _REAL.format(
                told=", and their classes as one-hots" if told else "",
                value="(pixels[index].float() / 127.5 - 1.0, functional.one_hot(real_labels[index], CLASSES).float())"
                if told
                else "pixels[index].float() / 127.5 - 1.0",
            )
        )
    parts.append(
        _FAKE.format(
            classes=_FAKE_CLASSES.format(classes="CLASSES") if told else "",
            value="generator(torch.cat([z, classes], dim=-1)), classes" if told else "generator(z)",
        )
    )
    parts.append(_judge(plan))
    return "".join(parts)


def _judge(plan: Plan) -> str:
    if plan.conditional:
        return '''
def judge(x, classes):
    """D's logits of examples of known classes: (n, dim) -> (n,)."""
    return discriminator(torch.cat([x, classes], dim=-1)).squeeze(-1)

'''
    return '''
def judge(x):
    """D's logits: (n, dim) -> (n,)."""
    return discriminator(x).squeeze(-1)

'''


def players(plan: Plan) -> str:
    """The two updates."""
    return _update_discriminator(plan) + _update_generator(plan)


def _update_discriminator(plan: Plan) -> str:
    told = plan.conditional
    given = plan.any(lambda config: config.g_first)
    body = [
        f'    """One step of D on a fresh batch of real and {"given or fresh" if given else "fresh"} fake examples."""'
    ]
    real = "draw_real()" if plan.data is None else "data.take(s.batch_size)"
    body.append(f"    {'real, real_classes' if told else 'real'} = {real}")
    fresh = f"{'fake, fake_classes' if told else 'fake'} = draw_fake('d')".replace("'", '"')
    if given:
        body += ["    if fakes is None:", "        with torch.no_grad():", f"            {fresh}"]
        body += ["    else:", f"        {'fake, fake_classes' if told else 'fake'} = fakes"]
    else:
        body += ["    with torch.no_grad():  # this step leaves G alone", f"        {fresh}"]
    if plan.noise:
        body.append("    real, fake = noisy(real), noisy(fake)")
    if plan.one_pass:
        codes = ", torch.cat([real_classes, fake_classes])" if told else ""
        body.append(f"    real_logits, fake_logits = judge(torch.cat([real, fake]){codes}).chunk(2)")
    else:
        body.append("    # Two passes: batch norm shall not mix the statistics of real and fake images.")
        pair = ("judge(real, real_classes)", "judge(fake, fake_classes)") if told else ("judge(real)", "judge(fake)")
        body.append(f"    real_logits, fake_logits = {pair[0]}, {pair[1]}")
    name = "LOSSES[s.loss][0]" if len(plan.losses) > 1 else "discriminator_loss"
    body.append(f"    loss = {name}(real_logits, fake_logits)")
    body += _penalised(plan)
    body += [
        "    discriminator.zero_grad()",
        f"    {'total' if plan.penalties else 'loss'}.backward()",
        "    d_optimizer.step()",
    ]
    body += _clipped(plan)
    body.append("    return loss.item()")
    return f"\ndef update_discriminator({'fakes=None' if given else ''}):\n" + "\n".join(body) + "\n\n"


def _penalised(plan: Plan) -> list[str]:
    if not plan.penalties:
        return []
    names = "(real, fake, real_classes, fake_classes)" if plan.conditional else "(real, fake)"
    function = "PENALTIES[s.penalty]" if plan.switches_penalty else plan.penalties[0]
    conditions = []
    if plan.switches_penalty and "none" in plan.ever("penalty"):
        conditions.append('s.penalty != "none"')
    if plan.any(lambda config: config.penalty_weight == 0):
        conditions.append("s.penalty_weight > 0")
    line = f"total = loss + s.penalty_weight * {function}{names}"
    if not conditions:
        return [f"    {line}"]
    return ["    total = loss", f"    if {' and '.join(conditions)}:", f"        {line}"]


def _clipped(plan: Plan) -> list[str]:
    if not plan.clipped:
        return []
    cut = [
        "with torch.no_grad():",
        "    for weight in discriminator.parameters():",
        "        weight.clamp_(-s.clip, s.clip)  # weight clipping (Arjovsky et al. 2017)",
    ]
    if plan.any(lambda config: config.clip == 0):
        return ["    if s.clip > 0:", *(f"        {line}" for line in cut)]
    return [f"    {line}" for line in cut]


def _update_generator(plan: Plan) -> str:
    told = plan.conditional
    body = ['    """One step of G on fresh latents."""']
    if plan.noise or plan.labels:
        body.append("    global g_updates")
    body.append(f'    {"fake, classes" if told else "fake"} = draw_fake("g")')
    seen = "noisy(fake)" if plan.noise else "fake"
    body.append(f"    logits = judge({seen}{', classes' if told else ''})")
    name = "LOSSES[s.loss][1]" if len(plan.losses) > 1 else "generator_loss"
    if plan.relative:
        body += _against_real(plan, name)
    else:
        body.append(f"    loss = {name}(logits)")
    body += ["    generator.zero_grad()", "    loss.backward()", "    g_optimizer.step()"]
    if plan.averaged:
        always = not plan.any(lambda config: config.ema == 0)
        body += ["    average_weights()"] if always else ["    if s.ema > 0:", "        average_weights()"]
    if plan.noise or plan.labels:
        body.append("    g_updates += 1")
    if plan.any(lambda config: config.g_first):
        body.append(f"    return loss.item(), {'(fake.detach(), classes)' if told else 'fake.detach()'}")
    else:
        body.append("    return loss.item()")
    averaging = _AVERAGING if plan.averaged else ""
    return averaging + "\ndef update_generator():\n" + "\n".join(body) + "\n\n"


def _against_real(plan: Plan, name: str) -> list[str]:
    told = plan.conditional
    drawn = "draw_real()" if plan.data is None else "data.take(s.batch_size)"
    draw = f"{'real, real_classes' if told else 'real'} = {drawn}"
    seen = "noisy(real)" if plan.noise else "real"
    verdict = f"judge({seen}{', real_classes' if told else ''})"
    if len(plan.losses) == 1:
        return [f"    {draw}", f"    loss = {name}(logits, {verdict})"]
    return [
        "    if LOSSES[s.loss][2]:  # this loss compares fakes with real examples",
        f"        {draw}",
        f"        loss = {name}(logits, {verdict})",
        "    else:",
        f"        loss = {name}(logits)",
    ]


_AVERAGING = '''
@torch.no_grad()
def average_weights():
    """The averaged generator follows: w <- decay * w + (1 - decay) * new."""
    for held, new in zip(average.parameters(), generator.parameters()):
        held.lerp_(new, 1 - s.ema)
    for held, new in zip(average.buffers(), generator.buffers()):
        held.copy_(new)

'''


def loop(plan: Plan) -> str:
    """The training loop with its live changes."""
    body = ["d_loss = g_loss = float('nan')".replace("'", '"'), "for step in range(STEPS):"]
    live = plan.live()
    if live:
        body += ["    for at, changes in CHANGES:", "        if at == step:", "            change(changes)"]
    first, second = (plan.any(lambda c: c.g_first), plan.any(lambda c: not c.g_first))
    g_first = [
        "g_loss, fakes = update_generator()",
        "for _ in range(s.k):",
        "    d_loss = update_discriminator(fakes)",
        "    fakes = None  # only the first update sees G's own batch",
    ]
    returned = "g_loss, _ =" if first else "g_loss ="
    d_first = ["for _ in range(s.k):", "    d_loss = update_discriminator()", f"{returned} update_generator()"]
    if first and second:
        body += ["    if s.g_first:", *(f"        {line}" for line in g_first)]
        body += ["    else:", *(f"        {line}" for line in d_first)]
    else:
        body += [f"    {line}" for line in (g_first if first else d_first)]
    body += [
        "    if (step + 1) % arguments.every == 0 or step + 1 == STEPS:",
        '        print(f"step {step + 1}  d_loss {d_loss:.9g}  g_loss {g_loss:.9g}", flush=True)',
        "    if not (math.isfinite(d_loss) and math.isfinite(g_loss)):",
        '        raise SystemExit(f"At step {step + 1} a loss was no longer a finite number.")',
    ]
    return "\n".join(body) + "\n"


def changing(plan: Plan) -> str:
    """The function that carries out a live change, and the table of them; nothing where there are none."""
    live = plan.live()
    if not live:
        return ""
    table = "\n".join(f"    ({step}, {fields!r})," for step, fields in live)
    names = {name for _, fields in live for name in fields}
    body = ['    """Train on with other settings."""']
    marks = [
        (names & {"instance_noise", "noise_decay"}, "noise_since"),
        (names & {"label_flip", "label_smoothing", "label_decay"}, "labels_since"),
    ]
    marked = [(sorted(fields), since) for fields, since in marks if fields]
    if marked:
        body.append(f"    global {', '.join(since for _, since in marked)}")
    for fields, since in marked:
        body.append(f"    if changes.keys() & {{{', '.join(repr(field) for field in fields)}}}:")
        body.append(f"        {since} = step  # a decay begins anew")
    if "ema" in names:
        body += [
            '    if s.ema == 0 and changes.get("ema", 0) > 0:',
            "        average.load_state_dict(generator.state_dict())",
        ]
    body.append("    vars(s).update(changes)")
    if names & {"lr_d", "lr_g", "beta1", "beta2"}:
        body.append("    for optimizer, lr in ((d_optimizer, s.lr_d), (g_optimizer, s.lr_g)):")
        body.append("        for group in optimizer.param_groups:")
        body.append(f"            group.update(lr=lr, {TUNES[plan.start.optimizer]})")
    return (
        "\nCHANGES = [  # (before this step, the new settings): what was changed while the run trained\n"
        f"{table}\n]\n\n\ndef change(changes):\n" + "\n".join(body).replace("'", '"') + "\n\n"
    )
