"""What a model assumes: its graphical model as a small drawing, and its objective as a formula. One table, keyed by
family, objective and prior."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ui.figures import KL, RECONSTRUCTION
from vae_core.models.model import Config
from vae_core.zoo.store import Entry

Place = tuple[float, float]
Arrow = tuple[str, str, bool]  # from, to, and whether it is q's, which is dashed

WIDTH, HEIGHT, RADIUS = 110, 96, 15  # of a drawing, and of its nodes, pixels
INK = "#7b8187"  # which can be read on a light ground and on a dark one
LIKELIHOOD = rf"\textcolor{{{RECONSTRUCTION}}}{{\mathbb E_{{q(z|x)}}[\log p(x|z)]}}"
FEATURES = rf"\textcolor{{{RECONSTRUCTION}}}{{\mathbb E_{{q(z|x)}}[\log p(\mathrm{{Dis}}_l(x)\,|\,z)]}}"
DIVERGENCE = rf"\textcolor{{{KL}}}{{\mathrm{{KL}}(q(z|x)\,\|\,p(z))}}"
ANNEALED = r"\mathbb E_{q(z|x)}[\boldsymbol t\log p(x, z) - \log q(z|x)]"
AUTOENCODER = rf"\textcolor{{{RECONSTRUCTION}}}{{\log p(x\,|\,z = \mu(x))}}"
IWAE = (
    r"\mathbb E_{z_k \sim q(z|x)}\Big[\log \tfrac1{\boldsymbol K}\textstyle\sum_k "
    rf"\textcolor{{{RECONSTRUCTION}}}{{p(x|z_k)}}\,\textcolor{{{KL}}}{{p(z_k) / q(z_k|x)}}\Big]"
)
LOG_VOLUME = rf"\textcolor{{{RECONSTRUCTION}}}{{\log \big|\det\tfrac{{\partial z}}{{\partial x}}\big|}}"  # of a flow
LOG_PRIOR = rf"\textcolor{{{KL}}}{{\log p(z)}}"

LABELLED = (  # L(x, y) of M2
    rf"\textcolor{{{RECONSTRUCTION}}}{{\mathbb E_{{q(z|x, y)}}[\log p(x|y, z)]}} + \log p(y) \\ "
    rf"&\quad - \textcolor{{{KL}}}{{\mathrm{{KL}}(q(z|x, y)\,\|\,p(z))}}"
)


@dataclass(frozen=True)
class Graph:
    """A graphical model: what is observed is grey, what is for some pictures half grey; p's arrows are full, q's
    dashed."""

    nodes: Mapping[str, Place]
    observed: frozenset[str]
    arrows: tuple[Arrow, ...]
    sentence: str  # for those who do not see it
    sometimes: frozenset[str] = frozenset()  # observed, of some pictures


@dataclass(frozen=True)
class OfFamily:
    """What a family changes beside its objective."""

    title: str  # with the objective's in it
    change: str
    instead: Mapping[str, str] = field(default_factory=dict)  # in what the objective changes and its formula, in order
    said: str = ""  # of its distributions, TeX
    alone: str = ""  # its title with the ELBO, where that makes no VAE of it


@dataclass(frozen=True)
class Idea:
    """What one kind of model changes: its name, what it changes in one sentence, its drawing and its formula."""

    title: str
    change: str
    graph: Graph
    formula: str  # TeX


Z_X = {"z": (55.0, 18.0), "x": (55.0, 78.0)}
GRAPHS = {  # by family
    "vae": Graph(Z_X, frozenset("x"), (("z", "x", False), ("x", "z", True)), "z gives x; q infers z from x"),
    "masked": Graph(
        {"z": (55.0, 18.0), "x": (85.0, 78.0), "m": (25.0, 78.0)},
        frozenset("xm"),
        (("z", "x", False), ("x", "z", True), ("m", "z", True)),
        "z gives x; q infers z from what the mask m leaves of x",
    ),
    "conditional": Graph(
        {"z": (25.0, 18.0), "y": (85.0, 18.0), "x": (55.0, 78.0)},
        frozenset("xy"),
        (("z", "x", False), ("y", "x", False), ("x", "z", True), ("y", "z", True)),
        "z and the label y give x; q infers z from x and y",
    ),
    "semi-supervised": Graph(
        {"z": (25.0, 18.0), "y": (85.0, 18.0), "x": (55.0, 78.0)},
        frozenset("x"),
        (("z", "x", False), ("y", "x", False), ("x", "z", True), ("y", "z", True), ("x", "y", True)),
        "z and the label y, which few pictures have, give x; q infers y from x, and z from x and y",
        sometimes=frozenset("y"),
    ),
    "stacked": Graph(
        {"z₂": (17.0, 18.0), "y": (17.0, 78.0), "z₁": (55.0, 48.0), "x": (93.0, 48.0)},
        frozenset("x"),
        (
            ("z₂", "z₁", False),
            ("y", "z₁", False),
            ("z₁", "x", False),
            ("x", "z₁", True),
            ("z₁", "y", True),
            ("z₁", "z₂", True),
            ("y", "z₂", True),
        ),
        "z2 and the label y, which few pictures have, give z1, and z1 gives x; q infers z1 from x, y from z1, and z2 "
        "from z1 and y",
        sometimes=frozenset("y"),
    ),
    "layered": Graph(
        {"z₂": (25.0, 18.0), "z₁": (85.0, 18.0), "x": (55.0, 78.0)},
        frozenset("x"),
        (("z₂", "z₁", False), ("z₁", "x", False), ("x", "z₁", True), ("z₁", "z₂", True)),
        "z2 gives z1, and z1 gives x; q infers z1 from x, and z2 from z1",
    ),
    "vector-quantised": Graph(
        {"z₁": (25.0, 18.0), "z₂": (85.0, 18.0), "x": (55.0, 78.0)},
        frozenset("x"),
        (("z₁", "z₂", False), ("z₁", "x", False), ("z₂", "x", False), ("x", "z₁", True), ("x", "z₂", True)),
        "each code z depends on those before it, and all give x; q infers them from x and is sure of them",
    ),
    "flow": Graph(
        {"z": (25.0, 18.0), "z₀": (85.0, 18.0), "x": (55.0, 78.0)},
        frozenset("x"),
        (("z", "x", False), ("x", "z₀", True), ("z₀", "z", True), ("x", "z", True)),
        "z gives x; q infers z0 from x, and a flow that x steers makes z of it",
    ),
    "flow-model": Graph(
        Z_X,
        frozenset("x"),
        (("z", "x", False), ("x", "z", True)),
        "z gives x, and x gives z back, without any doubt",
    ),
    "adversarial": Graph(
        {"z": (25.0, 18.0), "x": (25.0, 78.0), "D": (85.0, 78.0)},
        frozenset("xD"),
        (("z", "x", False), ("x", "z", True), ("x", "D", False)),
        "z gives x; q infers z from x; D, features of a discriminator, is what of x is compared",
    ),
}
OBJECTIVES = {  # by objective: title, change, formula
    "elbo": ("VAE", "the evidence lower bound", rf"{LIKELIHOOD} - {DIVERGENCE}"),
    "autoencoder": (
        "Autoencoder",
        "no noise on z, and no KL",
        AUTOENCODER,
    ),
    "beta": ("β-VAE", "the KL weighs β", rf"{LIKELIHOOD} - \boldsymbol\beta\,{DIVERGENCE}"),
    "annealed": (
        "VAE, annealed",
        "log p(x, z) weighs t, which rises to 1: q(z|x) is broad at first",
        ANNEALED,
    ),
    "capacity": (
        "Capacity",
        "the KL is held at C nats",
        rf"{LIKELIHOOD} - \gamma\,\big|\,{DIVERGENCE} - \boldsymbol C\,\big|",
    ),
    "beta-tcvae": (
        "β-TCVAE",
        "only what the dimensions share weighs β",
        rf"{LIKELIHOOD} - {DIVERGENCE} - (\boldsymbol\beta - 1)\,\mathrm{{TC}}(z)",
    ),
    "masked-posterior": (
        "Masked encoder",
        "a second encoder for what is left of a picture; the decoder is another model's",
        rf"-\mathbb E_{{m}}\,\textcolor{{{KL}}}{{\mathrm{{KL}}(q(z|x)\,\|\,q(z|x_m))}}",
    ),
    "vq": (
        "VQ-VAE",
        "z is a grid of codes, each the nearest vector of a codebook, and p(z) is learned cell by cell",
        rf"\textcolor{{{RECONSTRUCTION}}}{{\log p(x\,|\,z)}} + "
        rf"\textcolor{{{KL}}}{{\textstyle\sum_i \log p(z_i\,|\,z_{{<i}})}}"
        r" - \boldsymbol\beta\,\|z_e(x) - \mathrm{sg}(e_z)\|^2",
    ),
    "feature-likelihood": (
        "VAE_Disₗ",
        "pictures are compared by the features Disₗ of a discriminator, not by their pixels",
        rf"{FEATURES} - {DIVERGENCE}",
    ),
    "vae-gan": (
        "VAE/GAN",
        "features are compared, and the decoder fools the discriminator with reconstructions x̃ and samples xₚ",
        rf"\begin{{aligned}}\text{{encoder: }} & {FEATURES} - {DIVERGENCE} \\"
        rf"\text{{decoder: }} & \boldsymbol\gamma\,{FEATURES}"
        r" + \log \mathrm{Dis}(\tilde x) + \log \mathrm{Dis}(x_p)\end{aligned}",
    ),
    "iwae": (
        "IWAE",
        "K draws of z for each picture, averaged under the logarithm: a tighter bound",
        IWAE,
    ),
    "wake-sleep": (
        "Wake-sleep",
        "awake the decoder learns from draws of q(z|x), asleep the encoder from pictures x′ that the model dreams",
        r"\begin{aligned}\text{decoder: } & \mathbb E_{q(z|x)}[\log p(x, z)] \\"
        r"\text{encoder: } & \mathbb E_{p(x', z')}[\log q(z'|x')]\end{aligned}",
    ),
    "mcem": (
        "Monte Carlo EM",
        "z is drawn from p(z|x) itself, by Hamiltonian Monte Carlo, and the encoder learns from these draws",
        r"\begin{aligned}\text{decoder: } & \mathbb E_{p(z|x)}[\log p(x, z)] \\"
        r"\text{encoder: } & \mathbb E_{p(z|x)}[\log q(z|x)]\end{aligned}",
    ),
    "score-function": (
        "VAE by the score function",
        "no gradient passes through the draw of z: the encoder learns from the score of q",
        rf"{LIKELIHOOD} - {DIVERGENCE},\quad \nabla_{{\!\phi}}\,{LIKELIHOOD} = "
        r"\mathbb E_{q(z|x)}[(\log p(x|z) - \boldsymbol b)\,\nabla_{\!\phi}\log q(z|x)]",
    ),
    "m2": (
        "M2",
        "a label is one more latent: where it is unknown, its expectation is a sum over all labels, none is drawn",
        r"\begin{aligned}"
        rf"\mathcal L(x, y) &= {LABELLED} \\"
        r"\mathcal U(x) &= \textstyle\sum_y q(y|x)\,\mathcal L(x, y) + \mathrm H(q(y|x)) \\"
        r"\mathcal J &= \textstyle\sum_{x, y}\big(\mathcal L(x, y) + \boldsymbol\alpha\log q(y|x)\big) \\"
        r"&\quad + \boldsymbol\beta\textstyle\sum_x\mathcal U(x)"
        r"\end{aligned}",
    ),
}
FAMILIES = {  # by family
    "conditional": OfFamily(
        "Conditional {}",
        "both networks are given the label y: z keeps what y does not say, the style",
        {
            "q(z|x)": "q(z|x, y)",
            "q(z_k|x)": "q(z_k|x, y)",
            "q(z'|x')": "q(z'|x', y)",
            "p(x|z)": "p(x|y, z)",
            "p(x|z_k)": "p(x|y, z_k)",
            "p(x, z)": "p(x, z|y)",
            "p(x', z')": "p(x', z'|y)",
            "p(z|x)": "p(z|x, y)",
        },
    ),
    "flow": OfFamily(
        "Flow-posterior {}",
        "invertible layers f, which x steers, bend a Gaussian q₀(z₀|x) into q(z|x)",
        said=r"q(z\,|\,x) = q_0(z_0\,|\,x)\,\big|\det\tfrac{\partial f}{\partial z_0}\big|^{-1},\ z = f(z_0)",
    ),
    "flow-model": OfFamily(
        "{}, flow model",
        "z is the picture in other coordinates, x = f(z), so that log p(x) is known exactly",
        {
            f"- {DIVERGENCE}": f"+ {LOG_PRIOR}",
            DIVERGENCE: rf"\textcolor{{{KL}}}{{(-\log p(z))}}",
            LIKELIHOOD: LOG_VOLUME,
            ANNEALED: rf"\boldsymbol t\,({LOG_VOLUME} + {LOG_PRIOR})",
            AUTOENCODER: LOG_VOLUME,
            IWAE: f"{LOG_VOLUME} + {LOG_PRIOR}",
            ", averaged under the logarithm: a tighter bound": ", which are all one",
            ": q(z|x) is broad at first": "",
            "the KL": "−log p(z)",
            "no KL": "no p(z)",
        },
        said=r"z = f^{-1}(x)",
        alone="Flow model",
    ),
    "layered": OfFamily(
        "{}, two layers",
        "a second layer of latents, z₂, gives z₁ a prior that is learned",
        said=r"q(z\,|\,x) = q(z_1|x)\,q(z_2|z_1),\ p(z) = p(z_2)\,p(z_1|z_2)",
    ),
    "stacked": OfFamily(
        "M1+{}",
        "x is replaced by z₁, a draw of the code of a trained VAE, M1, which stays as it is",
        {
            "x, y": "z_1, y",
            "q(z|z_1, y)": "q(z_2|z_1, y)",
            "p(x|y, z)": "p(z_1|y, z_2)",
            "p(z)": "p(z_2)",
            "U(x)": "U(z_1)",
            "q(y|x)": "q(y|z_1)",
            "_x": "_{z_1}",
        },
    ),
}
BLIND = "the decoder is given the label y: z keeps what y does not say, the style"  # where the encoder is not
PRIORS = {  # by prior, beside N(0, I): what is said of it
    "mixture": ("mixture prior", r"p(z) = \textstyle\sum_k w_k\,\mathcal N(z; \mu_k, \sigma_k^2)"),
    "vamp": ("VampPrior", r"p(z) = \tfrac1K\textstyle\sum_k q(z\,|\,u_k)"),
}


def idea_of(entry: Entry, config: Config | None = None) -> Idea | None:
    """What a model changes; None for a family or an objective that has no entry here yet. The configuration, of a model
    whose networks are given labels, says whether its encoder is."""
    graph, objective = GRAPHS.get(entry.family), OBJECTIVES.get(entry.objective)
    if graph is None or objective is None:
        return None
    title, change, formula = objective
    sees = encoder_sees_label(config)
    if not sees:
        graph, formula = blind(graph), formula.replace("q(z|x, y)", "q(z|x)")
    if entry.family in FAMILIES:
        of, elbo = FAMILIES[entry.family], entry.objective == "elbo"
        for plain, given in of.instead.items():
            if sees or not plain.startswith("q"):
                change, formula = change.replace(plain, given), formula.replace(plain, given)
        beside = of.change if sees else BLIND
        change = beside if elbo else f"{change}; {beside}"
        title = of.alone if elbo and of.alone else of.title.format(title)
        formula = rf"{formula},\quad {of.said}" if of.said else formula
    if entry.prior in PRIORS:
        name, density = PRIORS[entry.prior]
        return Idea(f"{title}, {name}", f"{change}; a learned prior", graph, rf"{formula},\quad {density}")
    return Idea(title, change, graph, formula)


def encoder_sees_label(config: Config | None) -> bool:
    """Whether a model's encoder is given the label y, where its networks are given any."""
    return getattr(getattr(config, "conditional", config), "encoder_sees_label", True)


def blind(graph: Graph) -> Graph:
    """The same with an encoder that is not given the label y."""
    arrows = tuple(arrow for arrow in graph.arrows if arrow != ("y", "z", True))
    return replace(graph, arrows=arrows, sentence=graph.sentence.replace("z from x and y", "z from x"))


def drawn(graph: Graph) -> str:
    """A graphical model as a picture in Markdown, which says what it shows."""
    return f"![{graph.sentence}](data:image/svg+xml;base64,{base64.b64encode(drawing(graph).encode()).decode()})"


def drawing(graph: Graph) -> str:
    """A graphical model as SVG."""
    arrows = "".join(_arrow(graph, *arrow) for arrow in graph.arrows)
    nodes = "".join(_node(graph, name, place) for name, place in graph.nodes.items())
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    look = f'fill="none" stroke="{INK}" stroke-width="1.6"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>{arrows}{nodes}</svg>'


def _node(graph: Graph, name: str, place: Place) -> str:
    x, y = place
    grey = f'fill="{INK}" fill-opacity="0.3"'
    fill = grey if name in graph.observed else ""
    half = f'<path d="M{x:g},{y - RADIUS:g} a{RADIUS},{RADIUS} 0 0 1 0,{2 * RADIUS}" stroke="none" {grey}/>'
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}" {fill}/>{half if name in graph.sometimes else ""}'
        f'<text x="{x:g}" y="{y + 5:g}" text-anchor="middle" stroke="none" fill="{INK}" font-style="italic" '
        f'font-size="17" font-family="serif">{name}</text>'
    )


def _arrow(graph: Graph, start: str, end: str, inferred: bool) -> str:
    """A line between the rims of two nodes; q's bends to one side, so that p's stays to be seen."""
    (ax, ay), (bx, by) = graph.nodes[start], graph.nodes[end]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    ux, uy = (bx - ax) / length, (by - ay) / length
    aside = 13.0 if inferred else 0.0
    px, py = -uy * aside, ux * aside
    first, last = RADIUS * (0.62 if inferred else 1), RADIUS * (0.62 if inferred else 1) + 2
    sx, sy = ax + first * ux + px, ay + first * uy + py
    ex, ey = bx - last * ux + px, by - last * uy + py
    head = " ".join(f"{ex - 7 * ux + side * 4 * uy:.1f},{ey - 7 * uy - side * 4 * ux:.1f}" for side in (-1, 1))
    dashes = ' stroke-dasharray="4 3"' if inferred else ""
    return (
        f'<line x1="{sx:.1f}" y1="{sy:.1f}" x2="{ex:.1f}" y2="{ey:.1f}"{dashes}/>'
        f'<polygon points="{ex:.1f},{ey:.1f} {head}" fill="{INK}" stroke="none"/>'
    )
