// What the stage and the server say to each other, as playground/web/message.py declares and explains it.
// A test compares the two, key by key.

export interface Edit {
  index: number;
  value: number;
}

export interface Question {
  run: string;
  have: number;
  want?: number;
  single?: number[];
  answers?: number;
  verdict?: number;
  passing?: number;
  seeds?: number;
  seeds_at?: number;
}

export interface Wish {
  serial: number;
  run: string | null;
  moment: number;
  have: number;
  refork?: number;
  change?: Record<string, any>;
  edit?: Edit;
  branch?: string;
  action?: Action;
  waited?: number;
}

export type Action = "reset" | "new_seed" | "calm" | "undo" | "show_everything" | "show_less";

export interface Mark {
  epoch: number;
  step: number;
  kind: string;
  text: string;
}

export interface Verdict {
  step: number;
  text: string;
}

export interface Answers {
  step: number;
  matrix?: number[][];
  truth?: number[];
  residual?: number[];
}

export interface Progress {
  run: string;
  after: number;
  singles: number;
  width: number;
  wide: boolean;
  dense: number;
  stride: number;
  reached: number;
  diverged: string | null;
  stopped: string | null;
  marks: Mark[];
  verdicts: Verdict[];
  answers?: Answers;
  seeds?: SeedsTold;
}

export interface SeedsTold {
  n: number;
  reached: number;
  epochs: number[];
  loss: (number | null)[][];
  score: (number | null)[][];
  line_epochs: number[];
  lines: (number | null)[][];
  nets: number;
  nets_at: number;
  solved: number;
  diverged: number;
  problem: string;
}

export interface Layer {
  n_in: number;
  n_out: number;
  weight: number[];
  bias: number[];
  activation: string;
  activation_settings: Record<string, number>;
}

export interface PlaneOf {
  origin: number[];
  axes: number[][];
}

export interface Net {
  features: string[];
  feature_labels: string[];
  plane: PlaneOf | null;
  output: string;
  use_bias: boolean;
  n_trainable: number;
  activation_labels: string[];
  bounded: boolean[];
  layers: Layer[];
}

export interface Trace {
  x1: number[];
  x2: number[];
  class: number | null;
  values: number[] | null;
  symbol: string;
  test: boolean;
  hover: string;
}

export interface Units {
  middle: number;
  size: number;
}

export interface Points {
  name: string;
  curve: boolean;
  range: number[];
  up: number[];
  traces: Trace[];
  classes: string[];
  axes: (string | null)[];
  units: Units[];
  asks: string[];
  adds: boolean;
  face: string;
  note: string;
  legend: boolean;
}

export interface Scale {
  middle: number;
  reach: number;
  probability: boolean;
}

export interface LiveSetting {
  name: string;
  label: string;
  values: any[];
  now: any;
}

export interface Settings {
  hidden_layer_sizes: number[];
  max_layers: number;
  max_neurons: number;
  live: LiveSetting[];
}

export interface Sketch {
  n_train: number;
  task: string;
  net: Net;
  data: Points;
  scale: Scale;
}

export interface Frozen {
  step: number;
  layers: number[];
}

export interface About {
  family: string;
  parent: string | null;
  fork: number;
  goal: number;
  steps_per_epoch: number;
  n_train: number;
  task: string;
  net: Net;
  data: Points;
  scale: Scale;
  settings: Settings;
  n_judged: number;
  spread: number;
  calmer_rate: number | null;
  costly: boolean;
  frozen: Frozen[];
  link: string;
  link_holds_all: boolean;
  told: Record<string, string>;
}

export interface Branch {
  run: string;
  title: string;
  colour: number;
}

export interface Page {
  run: string;
  serial: number;
  moment: number;
  instead_of: string | null;
  undo: string;
  branches: Branch[];
  made_room: string;
  parts: Parts;
  view: View;
  whole: boolean;
  hidden: string[];
  projector: boolean;
  view_link: string;
  plotly: string;
  ask: string;
  opening: Opening;
}

export interface Opening {
  number: number;
  play: boolean | null;
  until: number | null;
  goal: string;
  speed: string;
  usual_speed: string;
  scale: string;
  discretize: boolean;
  test_points: boolean;
  ring: number[] | null;
  neuron: string;
  panel: string;
}

export type Parts = "full" | "timeline";

export type View = "simple" | "full" | "lesson";

export interface LandscapeQuestion {
  run: string;
  step: number;
  last: number;
  what: "map" | "curve" | "spectrum";
  plane?: string;
  n?: number;
  seed?: number;
  weights?: number[];
  beside?: string[];
}

export interface LandscapeTold {
  run: string;
  what: string;
  problem: string;
  step: number;
  words: string;
  n: number;
  moments: number;
  profile: number;
  others: number[];
  middle: number[];
  reach: number;
  labels: string[];
  here: number[];
  true: number | null;
  at_here: number | null;
  third: number;
  epochs: number[];
  values: number[];
  whole: boolean;
  edge: number | null;
}

export interface GlanceTold {
  n: number;
  right: number;
  classes: number[];
  task: string;
  net: Net;
  scale: Scale;
  steps: number;
  epochs: number;
}

// A run's header as the browser keeps it: what came once for the run, and what came last.
export type Header = Progress & About;

// An answer to a question, taken apart.
export interface Answer {
  header: { run: Progress & Partial<About> };
  floats: Float32Array | Float64Array;
}

// What the page tells; of a run that it shows for the first time, also what an answer holds.
export interface Message {
  header: { page: Page; run?: Progress & About };
  floats: Float32Array | Float64Array;
}

// The two ways to the server: what is asked about a run, and what is wished for.
export interface Line {
  ask: (question: Question, signal: AbortSignal) => Promise<Answer | null>;
  tell: ((wish: Wish) => void) | null; // null before Streamlit's client is here
}

// A recorded moment: step, epoch, training and test loss, training and test score, a gradient norm for each layer,
// then the parameters.
export type Row = Float32Array;

export interface Compared {
  label: string;
  values: string[];
}

export interface CompareView {
  at: number;
  clock: string;
  show: string[];
  pair: number[];
  hold: (number | null)[];
}

export interface ComparePage {
  runs: string[];
  titles: string[];
  differences: Compared[];
  goal: number;
  view: CompareView;
  wishes: number;
  plotly: string;
  ask: string;
}

export interface WayTold {
  label: string;
  rate: number;
  is_best: boolean;
  points: (number | null)[][];
  values: (number | null)[];
  arrived: number | null;
}

export interface Descent {
  plotly: string;
  words: string;
  axes: string[];
  x: number[];
  y: number[];
  z: (number | null)[][];
  lowest: number;
  start: number[];
  minima: number[][];
  steps: number;
  ways: WayTold[];
}

export interface AtlasQuestion {
  atlas: string;
  have: number;
}

export interface AtlasAxis {
  key: string;
  label: string;
  values: string[];
  ends: number[] | null;
  log: boolean;
}

export interface AtlasCell {
  values: (number | string)[];
  net: number;
  world: number;
  problem: string | null;
}

export interface World {
  n_train: number;
  task: string;
  data: Points;
  scale: Scale;
}

export interface AtlasPage {
  atlas: string;
  form: string;
  columns: number;
  axes: AtlasAxis[];
  cells: AtlasCell[];
  nets: Net[];
  worlds: World[];
  n_seeds: number;
  epochs: number;
  show: string;
  at: number | null;
  only: Record<string, number[]>;
  plotly: string;
  ask: string;
}

export interface AtlasTile {
  cell: number;
  moments: number;
  rows: number;
  width: number;
  seeds: number[];
  middle: number;
  broke: (number | null)[];
  train_loss: (number | null)[];
  test_loss: (number | null)[];
  train_score: (number | null)[];
  test_score: (number | null)[];
}

export interface AtlasProgress {
  atlas: string;
  tiles: AtlasTile[];
  moments: number[];
  problems: Record<string, string>;
  done: number;
  complete: boolean;
  working: boolean;
  workers: string;
  notes: string[];
  seconds_left: number | null;
  split: string;
  rungs: number[][];
  dropped: Record<string, number>;
  importance: number[];
}
