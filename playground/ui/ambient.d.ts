// What the page brings along: Plotly, and what our scripts keep on elements and on the window.
import type { Figure, Mounted } from "./stage/common/page.js";

type Plot = HTMLElement & { layout?: any; on(event: string, act: () => void): void };

declare global {
  interface Plotly {
    react(target: Element, data: unknown[], layout: unknown, config: unknown): void;
    purge(target: Element): void;
    toImage(figure: Figure, options: unknown): Promise<string>;
  }
  type PlotElement = Plot;
  interface Window {
    Plotly?: Plotly;
    gpPlotly?: Promise<Plotly>;
    define?: { amd?: unknown };
  }
  interface HTMLElement {
    gpSlots?: Record<string, { turn: number; mounted: Mounted | null }>;
  }
}
