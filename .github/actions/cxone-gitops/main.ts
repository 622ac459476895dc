/** One step of the action. What it is asked comes through the environment, so that no shell reads a word of it. */
import { fail, type Input, readInput } from "./input.ts";

const OWN: Readonly<Record<string, () => Promise<(input: Input) => Promise<number>>>> = {
  comment: async () => (await import("./comment.ts")).postComment,
  pictures: async () => (await import("./pictures.ts")).drawPictures,
  applied: async () => (await import("./applied.ts")).markApplied,
};

try {
  const input = readInput(process.env);
  const load = Object.hasOwn(OWN, input.command) ? OWN[input.command] : undefined;
  const run = load === undefined ? (await import("./run.ts")).runCommand : await load();
  process.exitCode = await run(input);
} catch (thrown) {
  fail(thrown);
}
