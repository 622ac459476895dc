import { createInterface } from "node:readline/promises";
import { GitopsError } from "../errors.ts";
import type { Io } from "./outside/io.ts";

/**
 * Asks a person. Returns when the answer is yes; throws `apply/not-approved` when it is not, or when nobody can be asked. `isLeft` in the
 * error's context tells whoever left the prompt, and so wants to be asked nothing more, from a plain no.
 */
export async function askForApproval(io: Io, question: string, signal: AbortSignal): Promise<void> {
  if (!io.canAsk) {
    throw new GitopsError("apply/not-approved", "this plan needs an approval, and there is nobody here to ask", {
      hint: "Read the plan, then run again with --auto-approve.",
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // Whoever leaves the prompt (Ctrl-C, Ctrl-D, a signal) has not said yes.
    const answer = await prompt.question(`\n${question} Only "yes" applies: `, { signal }).catch(() => undefined);
    if (answer?.trim() === "yes") return;
    throw new GitopsError("apply/not-approved", "not approved; nothing was sent", {
      context: { isLeft: answer === undefined },
    });
  } finally {
    prompt.close();
  }
}
