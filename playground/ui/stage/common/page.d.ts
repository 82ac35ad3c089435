// What Python hands the components (see playground/ui/live.py and comparison.py), and what their parts share.
import type { AskCommand, Command, FloorsMessage, KeyframeMessage, Message, RowsMessage, StateMessage } from "./messages.js";

/** A run's settings by name. */
export type Config = Record<string, any>;
/** The same in words. */
export type Words = Record<string, string>;
export type Status = StateMessage["status"];
export type Bands = FloorsMessage["bands"];
/** The newest row of the seed that is shown. */
export type Latest = RowsMessage["latest"];
export type Columns = RowsMessage["columns"] & { step: number[] };
export type Question = AskCommand["kind"];
export type Packed = { images: string; shape: number[] };
export type Send = (command: Command) => void;
/** What is done with each kind of message. */
export type Receivers = { [M in Exclude<Message, KeyframeMessage> as M["type"]]: (message: M) => void };

/** One half of a step under the microscope: numbers are null where they are not finite. */
type Half = { batch: number; noise: number; loss: number | null; fake: number | null; fake_after: number | null; moved: number | null };
export type DiscriminatorHalf = Half & {
  update: number;
  of: number;
  real: number | null;
  real_after: number | null;
  weights: number;
  smoothing: number;
  replayed: number;
  flipped?: number;
  penalty?: number | null;
  penalty_points?: ("interpolates" | "real" | "fake")[];
  clip?: number;
  clipped?: number;
  reach?: number;
};
export type GeneratorHalf = Half & { push: number | null; learned: number; matching: boolean };
export type HalfName = "discriminator" | "generator";
export type Insight = {
  first: HalfName;
  updates: "alternating" | "simultaneous" | "extragradient";
  discriminator?: DiscriminatorHalf;
  generator?: GeneratorHalf;
};

/** One layer's weights: inputs and outputs, and how many lie in equal bins from −reach to reach. */
export type LayerWeights = { shape: [number, number]; spread: number; reach: number; counts: number[] };
export type NetworkWeights = Record<HalfName, LayerWeights[]>;

/** What stands in a picture's header. */
export type Header = {
  step: number;
  d_updates: number;
  g_updates?: number; // not in pictures of older versions
  lane: number;
  noise_sigma?: number;
  log_odds?: boolean;
  company?: string;
  steps_per_second?: number;
  epoch?: number;
  recorded?: boolean;
  classes?: number[];
  without?: Record<string, string>;
  optimal?: { samples: number; bandwidth: number; gap?: number; critic?: boolean };
  plan?: number;
  manifold?: string;
  density?: { levels: number[]; shares: number[]; bandwidth: number | null };
  insight?: Insight;
  weights?: NetworkWeights;
  bars?: Bars;
  top?: number;
  plane?: { numbers: number; held: number; zero: [number, number]; prior: "normal" | "uniform" };
};

/** Bars of charts that only a picture knows, by the name that their traces give them. */
export type Bars = Record<string, { x: number[]; y: number[] }>;

/** Values in rows from low y, or points one after the other. */
export type Grid = { data: Float32Array; shape: number[] };
export type Bytes = { data: Uint8Array; shape: number[] };
/** What a picture may hold. `lanes`: every seed's samples, points or images. */
export type Arrays = { images?: Bytes; reconstructions?: Grid | Bytes; decoded?: Bytes; code_classes?: Bytes; flipped?: Bytes; lanes?: Grid | Bytes } & Partial<
  Record<
    | "average"
    | "coded"
    | "codes"
    | "before_discriminator"
    | "before_fake"
    | "density"
    | "discriminator"
    | "fake"
    | "field"
    | "interpolates"
    | "manifold"
    | "manifold_latents"
    | "optimal"
    | "p_data"
    | "p_data_seen"
    | "p_generated"
    | "path"
    | "plan"
    | "posteriors"
    | "push"
    | "pushed"
    | "pushes"
    | "seen_fake"
    | "seen_real"
    | "weights_histogram",
    Grid
  >
>;

/** How the page speaks of a setting; `as`: with another method, by its name; `default`: in words. */
export type Label = { label: string; as?: Record<string, string>; live: boolean; bare: boolean; key: boolean; default?: string; full: string };
export type Labels = Record<string, Label>;

export type Chip = { column: string; label: string; format: string; tip: string; of: number | null };
/** A chart as Python describes it: its traces say in `meta` what fills them. */
export type ChartEntry = {
  id: string;
  title: string;
  height: number;
  caption: Chip[];
  figure: Figure;
  needs?: string;
  shown?: boolean;
  choices?: [string, string][];
};
export type Figure = { data: Trace[]; layout: Layout };
export type Meta = {
  column?: string;
  band?: string;
  floor?: string;
  latest?: string;
  bars?: string;
  shares?: string;
  phase?: [string, string];
  verdict?: boolean;
  run?: number;
};
// Plotly's own options are too many to name: those that scripts read.
export type Trace = {
  meta?: Meta;
  type?: string;
  orientation?: string;
  x?: unknown[];
  y?: unknown[];
  z?: unknown[][];
  name?: string;
  line?: { color?: string; [option: string]: any };
  marker?: { color?: any; line?: { color?: string; [option: string]: any }; [option: string]: any };
  [option: string]: any;
};
export type Layout = { meta?: { steps?: boolean; probable?: string[]; settles?: boolean }; [option: string]: any };

export type About = { run: string; name: string; lineage: string; compare: string; colour: Pair | null; recorded: boolean; mine: boolean };
/** A colour on white and on black. */
export type Pair = [string, string];

/** Where the scripts are, the one of this component among them, and Plotly. */
export type Addresses = { assets: string; script: string; modules: string[]; plotly: string };
export type StageData = Addresses & {
  feed: string;
  wanted: Words;
  labels: Labels;
  charts: ChartEntry[];
  notice: string;
  missing: boolean; // the wanted data are not on this machine
  images: boolean; // the run is on images: known before the run's scene
  about: About;
  layers: string[] | null;
  present: boolean;
  lesson: boolean;
};
export type Entrant = { id: string; name: string; short: string; tail: string; colour: Pair; feed: string; address: string; mine: boolean };
/** A recorded run in one file, see feed/replay.py: what the feed would say, and each picture's numbers. */
export type PackedStack = {
  name: string;
  dtype: "uint8" | "float16" | "float32";
  shape: number[];
  count: number;
  foretells: "nothing" | "before" | "neighbours";
  at: number;
};
export type PackedPictures = { frames: { values: Header; arrays: [number, number][] }[]; stacks: PackedStack[] };
export type ReplayRun = { messages: Exclude<Message, KeyframeMessage>[]; steps: number[]; latest: Latest[] };
export type ReplayData = ReplayRun & { stage: StageData; pictures: PackedPictures };
export type ComparedData = { comparison: ComparisonData; runs: ReplayRun[]; pictures: PackedPictures };
export type ComparisonData = Addresses & {
  runs: Entrant[];
  charts: ChartEntry[];
  labels: Labels;
  seeds: boolean;
  notice: string;
  start: string;
  home: string;
  present: boolean;
};
export type Card = { name: string; seen: string; label: string; source: string; expect: string; picture: string };
export type GalleryData = Addresses & { shelves: { title: string; cards: Card[] }[]; chosen: string | null };
export type BoardData = Addresses & { brushes: Record<string, number>; span: number; perSigma: number; mostStrokes: number; mostPlaces: number };

/** A sweep: `at` are places in each axis's values. share: where these lie on the axis, from 0 to 1. */
export type SweepAxis = { name: string; label: string; texts: string[]; share: number[]; ticks: { share: number; text: string }[] };
export type SweepMeasure = { name: string; label: string; help: string; better: string; share: boolean; missing: string };
export type TinyPicture = { kind: "points" | "image"; shape: [number, number]; data: string };
/** Without `values` a cell could not be trained: `why`. marks: which of the sheet's its data have. */
export type SweepCell = {
  index: number;
  at: number[];
  end: string;
  steps: number;
  values: Record<string, (number | null)[]>;
  picture: TinyPicture | null;
  marks: number;
  why?: string;
};
/** See sweeps/sheet.py. opens: what is shown at first. marks: for each kind of data its
 * modes in the frame of a picture, from 0 to 1. looks: by measure and cell, the seeds' numbers at each of `steps`. */
export type SweepSheet = {
  name: string;
  axes: SweepAxis[];
  measures: SweepMeasure[];
  grid: boolean;
  seeds: number;
  steps: number[];
  cells: SweepCell[];
  missing: { at: number[]; why: string }[];
  opens: Record<string, string>;
  marks: number[][][];
  looks: Record<string, Record<string, (number | null)[][]>>;
};
export type CellDifference = {
  first: number;
  second: number;
  value: number;
  low: number | null;
  high: number | null;
  up: number | null;
  down: number | null;
  clear: boolean;
  seeds: [number, number];
};
/** How the second sweep differs in a measure at a step, by the first one's cells. */
export type SweepDifference = { told: string; step: number; cells: Record<string, CellDifference> };
/** shown: what the address says of it; it counts anew whenever `turn` changes. open: what opening a cell is
 * called, and hint what it does. about: what all cells have in common. */
export type SweepData = Addresses & {
  sheet: SweepSheet;
  beside: SweepSheet | null;
  differences: Record<string, SweepDifference>;
  shown: Record<string, string>;
  turn: number;
  open: string;
  hint: string;
  about: string;
};
/** A sweep that comes with the project: the one measure that it opens with, and its sentences. */
export type SweepCard = { name: string; says: string[]; sheet: SweepSheet };
export type SweepCards = Addresses & { cards: SweepCard[]; chosen: string };

/** A lesson's figure to touch. `at`: the place where a slider stands at first. */
export type TouchControl = { label: string; values: number[]; at: number; format: string; names: string[]; drag: "" | "x" | "y" };
export type TouchFigure = { figure: Figure; controls: TouchControl[]; numbers: { label: string; format: string; tip: string }[]; told: string; height: number };
export type TouchData = Addresses & { address: string };
export type ProgressData = Addresses & { fresh: string[]; lesson: string };

/** What Streamlit hands a component's script at every rerun. */
export type Component<Data> = {
  data: Data;
  parentElement: HTMLElement;
  setTriggerValue(name: string, value: unknown): void;
  setStateValue(name: string, value: unknown): void;
};

/** What a component's script returns: Streamlit calls with new data, or takes the element away. */
export type Mounted = { update(component: Component<any>): void; unmount(): void };
/** The images under the pointer and under the keys, and those that are chosen, by their places in the picture. */
export type Marks = { hover: number | null; cursor: number | null; chosen: number[] };
