/**
 * How a process is asked to end. The first SIGINT or SIGTERM is `soft`: what is being written is finished, verified and recorded, and
 * nothing new begins. The second is `hard`: waiting ends as well, and what is unfinished is left to the next run.
 */
export interface Stopping {
  readonly soft: AbortSignal;
  readonly hard: AbortSignal;
}

export function listenForSignals(say: (text: string) => void): Stopping {
  const soft = new AbortController();
  const hard = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (soft.signal.aborted) return hard.abort();
    say(`${signal}: finishing what is under way; once more to leave at once\n`);
    soft.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return { soft: soft.signal, hard: hard.signal };
}
