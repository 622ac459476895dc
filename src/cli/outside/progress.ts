/** How far a long read or write is, on one line of a terminal that is drawn over and over and gone at the end. */
import type { Io } from "./io.ts";

/** The last line of a terminal, as long as it is ours. Whatever else is written there must `clear` it first. */
export interface StatusLine {
  draw(text: string): void;
  clear(): void;
}

/** undefined where a line cannot be drawn over: in pipes, files, CI logs and on terminals that say so. */
export function openStatusLine(
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  env: Io["env"],
): StatusLine | undefined {
  const { CI, TERM = "dumb" } = env;
  if (stream.isTTY !== true || TERM === "dumb" || (CI !== undefined && CI !== "" && CI !== "false")) return undefined;
  let isDrawn = false;
  const wipe = "\r\u001b[2K";
  return {
    draw(text) {
      stream.write(`${wipe}${text}`);
      isDrawn = true;
    },
    clear() {
      if (isDrawn) stream.write(wipe);
      isDrawn = false;
    },
  };
}

export interface Progress {
  step(done: number, total: number): void;
  /** To be called whatever happened. */
  end(): void;
}

/** How often the line is drawn, milliseconds; what takes less than two of these is not worth a line. */
const TICK_MS = 250;

/** `doing` is what people read before the numbers: "reading 120/512 …". */
export function openProgress({ status }: Pick<Io, "status">, doing: string): Progress {
  if (status === undefined) return { step() {}, end() {} };
  let text = `${doing} …`;
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (ticks > 1) status.draw(text);
  }, TICK_MS).unref();
  return {
    step(done, total) {
      text = `${doing} ${done}/${total} …`;
    },
    end() {
      clearInterval(timer);
      status.clear();
    },
  };
}
