"""What the stage in the browser and this server say to each other: every key, once for both.

It goes by two roads. An experiment decides its run to the last digit, so recorded moments need no session: the stage
*asks* for them (`Question`), by the route of `playground.web.route`, and any process that knows the run answers. A
question names the run and tells how much of it the browser holds (`have`), and may want more: `want` epochs, every step
of a range (`single`), how right the network is at a step (`answers`), or what Health says of it there (`verdict`).

What the user has chosen is the Streamlit session's: the stage *tells* it (`Wish`), by its component's trigger, the
`moment` at which it stands, and may wish something done: `change` settings, `edit` a parameter, go to another `branch`,
take an `action`, or `refork`: the change that was just made counts from a later step, because the picture had played on
while it was made. The page is drawn anew and says what it shows (`Page`); the `serial` number of the wish comes back:
a session that has not heard of it, as on a server started anew, does not say so, and is told again.

Either is one message: the length of a header, the header in JSON, then recorded moments, one row each, as float32 (as
float64 where `wide`: a run that blows up has numbers beyond 3.4e38). The header of an answer says which rows follow it
(`Progress`) and, to a browser that holds nothing of the run, what it takes to draw it (`About`). A page that shows a
run for the first time brings all that along, so that the first picture needs no question. `playground.web.question`
reads questions and wishes; web/js/stage/types.d.ts holds the same types for the browser, and a test compares the two.
"""

# Without annotations from the future: as texts they would not say which keys may be left out.
import json
from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np

from playground.run.on_show import View

Action = Literal["reset", "new_seed", "calm", "undo", "show_everything", "show_less"]


class Edit(TypedDict):
    """A parameter set by hand."""

    index: int  # its place in the flat vector
    value: float


class Question(TypedDict):
    """What the stage asks about a run."""

    run: str
    have: int  # the last step that the browser holds; -1 for none
    want: NotRequired[int]  # epochs to record beyond `have`
    single: NotRequired[list[int]]  # first and last of a range of steps, all of which are wanted
    answers: NotRequired[int]  # a step: how right is the network there?
    verdict: NotRequired[int]  # a step: what does Health say there?
    passing: NotRequired[int]  # the same of a moment that passes: answered if nobody trains just then
    seeds: NotRequired[int]  # epochs up to which the same settings are to be trained from twenty seeds
    seeds_at: NotRequired[int]  # and an epoch after which their networks are wanted


class Wish(TypedDict):
    """Where the stage stands, and what the user wants done."""

    serial: int
    run: str | None  # the run that the stage shows; None before the first
    moment: int  # the step at which it stands
    have: int  # the last step that the browser holds; -1 for none
    refork: NotRequired[int]  # the step from which the change just made counts
    change: NotRequired[dict[str, Any]]  # settings and their new values
    edit: NotRequired[Edit]
    branch: NotRequired[str]  # the run to go to
    action: NotRequired[Action]
    waited: NotRequired[int]  # since it was wished, in milliseconds, if it is told again


class Mark(TypedDict):
    """Where something happened in the run."""

    epoch: float
    step: int
    kind: str
    text: str


class Verdict(TypedDict):
    """What Health says first at a step, in a few words; "" where no rule complains."""

    step: int
    text: str


class Answers(TypedDict):
    """How right the network is at a step: a matrix of counts, or for a regression what is off by how much."""

    step: int
    matrix: NotRequired[Sequence[Sequence[int]]]  # a row for each true class, a column for each class it is taken for
    truth: NotRequired[Sequence[float]]
    residual: NotRequired[Sequence[float]]  # prediction minus truth


class SeedsTold(TypedDict):
    """How the same settings do from many seeds, as far as they are trained: quantiles over the epochs."""

    n: int
    reached: int  # epochs trained so far
    epochs: Sequence[float]
    loss: Sequence[Sequence[float | None]]  # 10 %, 50 % and 90 %; None where so many have diverged
    score: Sequence[Sequence[float | None]]
    line_epochs: Sequence[float]  # some of the epochs
    lines: Sequence[Sequence[float | None]]  # the loss of each seed at these
    nets: int  # how many rows at the end of the message are networks of these seeds: only their parameters count
    nets_at: int  # the epoch of these
    solved: int  # how many have ever had 95 % right
    diverged: int
    problem: str  # why there are none, in a sentence; "" where there are


class Progress(TypedDict):
    """Which rows follow, and how far the run is."""

    run: str
    after: int  # the step that the rows follow; -1 for none
    singles: int  # how many of the last rows are single steps
    width: int  # numbers in a row
    wide: bool  # each in eight bytes and not in four
    dense: int  # every epoch is kept up to this one, then every `stride`-th
    stride: int
    reached: int  # the newest step that the server has recorded
    diverged: str | None  # why the run broke, in a sentence
    stopped: str | None  # why it was stopped early
    marks: Sequence[Mark]
    verdicts: Sequence[Verdict]
    answers: NotRequired[Answers]
    seeds: NotRequired[SeedsTold]


class Layer(TypedDict):
    """A layer, and where its parameters lie in the flat vector: an offset, then a stride for each axis."""

    n_in: int
    n_out: int
    weight: Sequence[int]
    bias: Sequence[int]
    activation: str
    activation_settings: dict[str, float]  # such as the slope of leaky ReLU below zero


class PlaneOf(TypedDict):
    """With more inputs than two, the point (p1, p2) of the picture stands for the inputs origin + p1 u + p2 v."""

    origin: Sequence[float]
    axes: Sequence[Sequence[float]]


class Net(TypedDict):
    """What the browser must know to run the network forward."""

    features: Sequence[str]
    feature_labels: Sequence[str]
    plane: PlaneOf | None
    output: str  # what makes the answer of the last layer's outputs: a probability, or "identity"
    use_bias: bool
    n_trainable: int  # parameters that training moves
    activation_labels: Sequence[str]
    bounded: Sequence[bool]  # by layer: whether its units stay about between -1 and 1
    layers: Sequence[Layer]


Trace = TypedDict(
    "Trace",
    {
        "x1": Sequence[float],
        "x2": Sequence[float],
        "class": int | None,
        "values": Sequence[float] | None,  # without classes: the value of each point
        "symbol": str,
        "test": bool,
        "hover": str,
    },
)
Trace.__doc__ = """Points that are drawn alike."""


class Units(TypedDict):
    """How numbers were scaled: in the units of the data they are middle + size * number."""

    middle: float
    size: float


class Points(TypedDict):
    """The data, as they are drawn."""

    name: str
    curve: bool  # one input: the value is drawn over it
    range: Sequence[float]
    up: Sequence[float]
    traces: Sequence[Trace]
    classes: Sequence[str]
    axes: Sequence[str | None]  # what lies across and up; nothing up where the height of a point means nothing
    units: Sequence[Units]  # of what lies across, of what lies up, and of the values to learn
    asks: Sequence[str]  # inputs that one may type to see the answer: those of the plane, as the data have them
    adds: bool  # whether the right answer is the sum of the inputs
    face: str  # the view of the scores that these data open with; "" where no server can answer for another
    note: str
    legend: bool  # whether it stands there which colour is which class


class Scale(TypedDict):
    """The output that is drawn in the neutral colour, and how far from it the full colours are."""

    middle: float
    reach: float
    probability: bool


class LiveSetting(TypedDict):
    """A setting that may change in mid-run, with the values to choose from."""

    name: str
    label: str
    values: Sequence[Any]
    now: Any


class Settings(TypedDict):
    """The settings that the stage itself can change."""

    hidden_layer_sizes: Sequence[int]
    max_layers: int
    max_neurons: int
    live: Sequence[LiveSetting]


class Sketch(TypedDict):
    """What it takes to draw networks of one shape on the same points."""

    n_train: int
    task: str
    net: Net
    data: Points
    scale: Scale


class Frozen(TypedDict):
    """Layers, counted from 1, that training leaves as they are from a step on."""

    step: int
    layers: Sequence[int]


class About(Sketch):
    """What it takes to draw a run; sent once for each."""

    family: str  # runs of one family learn the same points with the same network from the same first weights
    parent: str | None  # the run whose first steps this one shares, up to `fork`
    fork: int
    goal: float  # epochs that it plays by itself
    steps_per_epoch: int
    settings: Settings
    n_judged: int  # points by which it is judged: the test points, or the training points where there are none
    spread: float  # the standard deviation of their values, in the units of the data; 0 for classes
    calmer_rate: float | None  # a tenth of the learning rate, about, to begin again with; None where it is the least
    costly: bool  # whether Health takes so long to look at a moment that it is asked of one that stands alone
    frozen: Sequence[Frozen]  # in the order of their steps
    link: str
    link_holds_all: bool
    told: dict[str, str]  # every setting that plays a part, in words, by its label


class Branch(TypedDict):
    """A run of the family, to go to."""

    run: str
    title: str
    colour: int  # its place among the colours of the page Compare


class Opening(TypedDict):
    """How the link that was opened last is to be played (run/playback.py)."""

    number: int  # another for each link, so that each is followed once
    play: bool | None
    until: float | None
    goal: str
    speed: str  # "" for the one that was chosen in the tab,
    usual_speed: str  # or for this, where none was
    scale: str
    discretize: bool
    test_points: bool
    ring: Sequence[float] | None  # where the training point lies that is ringed
    neuron: str
    panel: str


Parts = Literal["full", "timeline"]


class Page(TypedDict):
    """What the page shows, and where it stands."""

    run: str
    serial: int  # of the last wish that the session has heard; 0 before the first
    moment: int
    instead_of: str | None  # the run that this one has just replaced
    undo: str  # what Undo would take back, in words; "" where there is nothing
    branches: Sequence[Branch]
    made_room: str  # which run has just gone from them, and why, in a sentence; "" if none has
    parts: Parts
    view: View  # Simple and a lesson show fewer panels and controls than Full, and speak in plain words
    whole: bool  # whether it wants to be told when all is here that the run plays by itself
    hidden: Sequence[str]
    projector: bool
    view_link: str
    plotly: str  # where Plotly.js is, from the folder of the module that loads it
    ask: str  # where questions go, from the folder of the module that asks
    opening: Opening


class Compared(TypedDict):
    """A line of the table of runs side by side: a setting, or a figure, for each of them."""

    label: str
    values: Sequence[str]


class CompareView(TypedDict):
    """What of the comparison is on show, as a link tells it."""

    at: float  # the moment on the clock; at 0 it begins to play
    clock: str
    show: Sequence[str]  # what is drawn besides the boundaries
    pair: Sequence[int]  # the two runs that are set against each other
    hold: Sequence[int | None]  # for each run the step at which it stays, if it does not follow the clock


class ComparePage(TypedDict):
    """Runs side by side, as the page Compare shows them."""

    runs: Sequence[str]
    titles: Sequence[str]  # what sets each apart from the others
    differences: Sequence[Compared]
    goal: float  # epochs up to which all are trained
    view: CompareView
    wishes: int  # how often a view was wished on another page: each is followed once
    plotly: str
    ask: str


class WayTold(TypedDict):
    """How an optimizer fared on a map."""

    label: str
    rate: float
    is_best: bool  # whether the rate is the one at which it gets down fastest, and not one that was chosen
    points: Sequence[Sequence[float | None]]  # where it is after each step; None where it has broken
    values: Sequence[float | None]  # and how high
    arrived: int | None  # the step at which 99 % of the way down lie behind it; None if never, or where nobody knows


class Descent(TypedDict):
    """A map of a function of two variables, and the ways of the optimizers on it."""

    plotly: str
    words: str
    axes: Sequence[str]
    x: Sequence[float]
    y: Sequence[float]
    z: Sequence[Sequence[float | None]]  # a row for each y
    lowest: float
    start: Sequence[float]
    minima: Sequence[Sequence[float]]
    steps: int
    ways: Sequence[WayTold]


class AtlasQuestion(TypedDict):
    """What the page Atlas asks: the tiles that have come since."""

    atlas: str
    have: int  # how many tiles the browser holds, in the order in which they came


class AtlasAxis(TypedDict):
    """A setting that varies."""

    key: str  # its name in a link
    label: str
    values: Sequence[str]  # in words; of a search those that are chosen from, none for a range
    ends: Sequence[float] | None  # of a range
    log: bool  # whether each tenfold of the range gets the same room


class AtlasCell(TypedDict):
    """A combination of values: which of the page's sketches it is drawn by, or why there is none."""

    values: Sequence[float | str]  # of each axis; what is no number in words
    net: int  # its place among `nets`
    world: int  # its place among `worlds`
    problem: str | None


class World(TypedDict):
    """Points to learn, and how answers about them are coloured."""

    n_train: int
    task: str
    data: Points
    scale: Scale


class AtlasPage(TypedDict):
    """A grid or a search, as the page Atlas shows it.

    Cells are counted row by row, of a grid from the bottom left, of a search from the top left.
    """

    atlas: str
    form: str  # "grid" or "search"
    columns: int  # tiles from left to right
    axes: Sequence[AtlasAxis]
    cells: Sequence[AtlasCell]
    nets: Sequence[Net]
    worlds: Sequence[World]
    n_seeds: int
    epochs: int
    show: str  # what the tiles show, in a link
    at: float | None  # where the clock stands, in a link; None for the end
    only: dict[str, Sequence[float]]  # the parts of axes, by their keys, that a link shows tiles of
    plotly: str
    ask: str


class AtlasTile(TypedDict):
    """What came of a cell. Its numbers follow: rows, then for each moment the loss and the score of each seed."""

    cell: int
    moments: int  # how many of all moments it has come through
    rows: int  # of step, epoch, losses, scores and parameters, of the seed in the middle
    width: int  # numbers in a row
    seeds: Sequence[int]
    middle: int  # which of the seeds is drawn
    broke: Sequence[int | None]  # the last epoch that a seed came through, if it has diverged
    train_loss: Sequence[float | None]  # at the end, of each seed; None where it is no number
    test_loss: Sequence[float | None]
    train_score: Sequence[float | None]
    test_score: Sequence[float | None]


class AtlasProgress(TypedDict):
    """How far an atlas is, and the tiles that follow."""

    atlas: str
    tiles: Sequence[AtlasTile]
    moments: Sequence[int]  # the epochs of the curves
    problems: dict[str, str]  # cells without a tile, and why
    done: float
    complete: bool
    working: bool
    workers: str
    notes: Sequence[str]
    seconds_left: float | None
    split: str  # what came of it, in sentences; "" until all is there
    rungs: Sequence[Sequence[int]]  # of each rung that was passed its epoch, how many came there, and how many went on
    dropped: dict[str, int]  # cells that did not go on, and the epoch at which they have ended
    importance: Sequence[float]  # of each axis of a search that is through, how much of the differences it tells


class AboutRun(About, Progress):
    """An answer about a run that its browser does not know yet."""


class LandscapeQuestion(TypedDict):
    """What the page Landscape asks about a run."""

    run: str
    step: int  # the moment
    last: int  # the path goes from the beginning to this step
    what: Literal["map", "curve", "spectrum"]
    plane: NotRequired[str]  # of a map: one of PLANES in playground/geometry/landscape.py
    n: NotRequired[int]  # places along each side of a map; 0 for the path alone
    seed: NotRequired[int]  # of random directions
    weights: NotRequired[list[int]]  # two places in the flat vector of parameters
    beside: NotRequired[list[str]]  # other runs of the same shape, whose paths are shown on the map too


class LandscapeTold(TypedDict):
    """A part of the landscape. Of a map numbers follow.

    They are the losses (n * n), then for each of the `moments` of the path across, up, true loss, loss on the map and
    step, then the training and the test loss on `profile` places between start and end, then the same five numbers for
    the places of each of the `others`, then origin and both axes.
    """

    run: str
    what: str
    problem: str  # why there is none, in a sentence; "" where there is
    step: int
    words: str
    n: int
    moments: int
    profile: int
    others: Sequence[int]  # places of the path of each run beside this one
    middle: Sequence[float]  # of the map
    reach: float  # from there to each side
    labels: Sequence[str]
    here: Sequence[float]  # where the moment is on the map
    true: float | None  # the loss at the moment; None where it is no number
    at_here: float | None  # and what the map has there
    third: int  # the place of the path that the plane goes through besides its ends; -1 for none
    epochs: Sequence[float]  # of the curve
    values: Sequence[float]  # eigenvalues, the largest first; of the curve the largest at each epoch
    whole: bool  # whether all eigenvalues are there
    edge: float | None  # 2 / learning rate, where it applies


class GlanceTold(TypedDict):
    """What a small network has made of drawn points. Its parameters follow."""

    n: int  # points
    right: int  # that it tells right
    classes: Sequence[int]  # which of the sheet's classes each of its answers stands for
    task: str
    net: Net
    scale: Scale
    steps: int  # that it was trained for
    epochs: int


class Header(TypedDict):
    """What a message begins with."""

    page: NotRequired[Page | AtlasPage]
    run: NotRequired[Progress | AboutRun]
    atlas: NotRequired[AtlasProgress]
    landscape: NotRequired[LandscapeTold]
    glance: NotRequired[GlanceTold]


def encode(header: Header, rows: np.ndarray) -> bytes:
    """Pack a header and rows (k, width) for `parseMessage` in recording.js."""
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    kind = "<f8" if "run" in header and header["run"]["wide"] else "<f4"
    return len(text).to_bytes(4, "little") + text + np.ascontiguousarray(rows, dtype=kind).tobytes()


def decode(message: bytes) -> tuple[dict[str, Any], np.ndarray]:
    """The inverse, for tests and tools: (header, rows)."""
    length = int.from_bytes(message[:4], "little")
    header = json.loads(message[4 : 4 + length])
    about = header.get("run", {})
    rows = np.frombuffer(message[4 + length :], dtype="<f8" if about.get("wide") else "<f4")
    return header, rows.reshape(-1, about.get("width", 1))


def encode_many(page: ComparePage, messages: Sequence[bytes]) -> bytes:
    """Pack several messages into one; `parseMany` in compare.js takes them apart. An empty one stands for "as before".

    The length of a header, the header in JSON, and the messages one after the other, whose lengths it tells.
    """
    header = {"page": page, "lengths": [len(message) for message in messages]}
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    return b"".join((len(text).to_bytes(4, "little"), text, *messages))
