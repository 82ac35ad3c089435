// Made by `python -m playground.feed.browser_files`: change the Python there, not this.
// biome-ignore-all lint/suspicious/noExplicitAny: settings and measures have values of several types

/** The run stands, perhaps anew: what was told of another start is over. lane: the seed that pictures show. config and words: as in State, which may not change with a new start. */
export interface HelloMessage {
  type: "hello";
  run: string;
  lane: number;
  scene: Scene;
  config: Record<string, any>;
  words: Record<string, string>;
  record: RecordMessage;
}

/** What stays the same in all pictures of a run: the axes, the real points, the modes; the size of the images. */
export interface Scene {
  kind: "points" | "images" | "phase";
  seeds: number;
  dim: number;
  extent: [number, number];
  grid: number;
  real: Array<Array<number>>;
  modes: Array<Array<number>> | null;
  density: Array<number> | null;
  image: [number, number] | null;
  grid_side: number;
  classes: Array<string>;
  steps_per_epoch: number | null;
}

/** What is recorded of the run; where nothing is (yet), what will be. title: what it is called everywhere. colour: on white and on black, null while it is not recorded. mine: whether this browser may command it. */
export interface RecordMessage {
  type: "record";
  id: string;
  name: string;
  title: string;
  note: string;
  parent: string | null;
  parent_step: number | null;
  relation: "" | "fork" | "same start";
  colour: [string, string] | null;
  mine: boolean;
}

/** The worker's word on the run. config: the confirmed settings; words: the same in words, by their names. speed: the most steps per second, null for no limit. diverged: for each seed the step at which it was lost, or null. updates: of D and of G. queued: it is to train as soon as there is room. goal: the step at which it will pause, or null where it trains on. compiled: the step from which on it trains by its compiled step, or null. */
export interface StateMessage {
  type: "state";
  steps: number;
  status: "opening" | "paused" | "playing" | "diverged" | "failed";
  message: string;
  config: Record<string, any>;
  words: Record<string, string>;
  changes: Array<Change>;
  speed: number | null;
  diverged: Array<number | null>;
  updates: [number, number];
  queued: boolean;
  goal: number | null;
  compiled: number | null;
}

/** Settings that were changed live. fields: name -> (before, after); words: the same in words. */
export interface Change {
  step: number;
  fields: Record<string, [any, any]>;
  words: Record<string, [string, string]>;
}

/** Rows to append; one whose step is not beyond the last one takes its place. replace: forget those before. */
export interface RowsMessage {
  type: "rows";
  columns: Record<string, Array<number | null>>;
  latest: Record<string, any>;
  replace: boolean;
}

/** What perfect samples measure: for each measure the 5–95 % band. */
export interface FloorsMessage {
  type: "floors";
  bands: Record<string, [number, number]>;
}

/** More of the filmstrip. replace: forget what came before. */
export interface FilmMessage {
  type: "film";
  entries: Array<FilmFrame>;
  replace: boolean;
}

/** What the first latents of the picture made after so many epochs: base64 of (n, h, w) bytes. */
export interface FilmFrame {
  epoch: number;
  step: number;
  images: string;
  shape: Array<number>;
}

/** Something has to be prepared before everything can be measured; fraction 1 is done. */
export interface ProgressMessage {
  type: "progress";
  what: string;
  fraction: number;
}

/** To the question `id` about images: base64 of (n, h, w) bytes, with labels and distances where there are any. */
export interface AnswerMessage {
  type: "answer";
  id: number;
  kind: "neighbours" | "walk" | "arithmetic";
  labels: Array<string> | null;
  distances: Array<number> | null;
  text: string;
  images: string;
  shape: Array<number>;
}

/** The steps whose frames are recorded, and those at which the run can be forked; both ascending. */
export interface KeyframesMessage {
  type: "keyframes";
  steps: Array<number>;
  checkpoints: Array<number>;
}

/** The frame that comes next is the recorded one of `step`, the nearest to the one that was asked for. latest: what had been measured by then. */
export interface KeyframeMessage {
  type: "keyframe";
  asked: number;
  step: number;
  latest: Record<string, any>;
}

/** What the run has come to, in numbers and in one sentence. */
export interface SummaryMessage {
  type: "summary";
  values: Record<string, number | null>;
  outcome: string;
}

/** The run's state in words, see `playground.reading`. seed: the one that was read, where there are several. */
export interface ReadingMessage {
  type: "reading";
  seed: number | null;
  case:
    | "early"
    | "one_player"
    | "diverged"
    | "generator_won"
    | "diverging"
    | "discriminator_won"
    | "no_samples"
    | "piled_up"
    | "posterior_collapsed"
    | "off_prior"
    | "rotating"
    | "collapsed"
    | "converged"
    | "oscillating"
    | "converging"
    | "uneven"
    | "blurred"
    | "standing";
  title: string;
  tone: "good" | "bad" | "neutral";
  sentence: string;
  number: number | null;
  why: string;
  tries: Array<Try>;
}

/** A suggestion. changes: the settings that it alters. restarts: whether it begins anew, as it was measured. */
export interface Try {
  label: string;
  changes: Record<string, any>;
  why: string;
  restarts: boolean;
}

/** Something that could not be done, in one sentence. */
export interface ErrorMessage {
  type: "error";
  text: string;
}

/** The last frame is done with: drawn, passed over for a newer scene, or impossible to draw. The next may come. */
export interface AckCommand {
  do: "ack";
}

/** Train; to a step if given, and pause there. wait: where too many runs train already, begin when there is room. */
export interface PlayCommand {
  do: "play";
  to?: number | null;
  wait?: boolean;
}

/** Stop training. */
export interface PauseCommand {
  do: "pause";
}

/** Train one step, or one player's half of it, and stop. */
export interface StepCommand {
  do: "step";
  part?: "both" | "discriminator" | "generator";
}

/** Train at most so many steps per second; null is as fast as it goes. */
export interface SpeedCommand {
  do: "speed";
  steps_per_second: number | null;
}

/** Train no further than this step, for now: how runs that are compared keep in step. */
export interface UntilCommand {
  do: "until";
  step: number | null;
}

/** Show the keyframe nearest to this step; null is live again. */
export interface RewindCommand {
  do: "rewind";
  step: number | null;
}

/** Show this seed, counted from 0. */
export interface LaneCommand {
  do: "lane";
  lane: number;
}

/** What the picture is to hold beside points and D's map. */
export interface LayersCommand {
  do: "layers";
  on: Array<"optimal" | "gradients" | "plan" | "manifold" | "density" | "microscope" | "reconstructions" | "codes" | "decoded" | "weights">;
}

/** A question about images of the picture, by their places in it. */
export interface AskCommand {
  do: "ask";
  id: number;
  kind: "neighbours" | "walk" | "arithmetic";
  of: Array<number>;
}

export type Message =
  | HelloMessage
  | StateMessage
  | RowsMessage
  | FloorsMessage
  | FilmMessage
  | ProgressMessage
  | AnswerMessage
  | KeyframesMessage
  | KeyframeMessage
  | RecordMessage
  | SummaryMessage
  | ReadingMessage
  | ErrorMessage;

export type Command =
  | AckCommand
  | PlayCommand
  | PauseCommand
  | StepCommand
  | SpeedCommand
  | UntilCommand
  | RewindCommand
  | LaneCommand
  | LayersCommand
  | AskCommand;
