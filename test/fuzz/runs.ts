/**
 * How often a property is tried: `usual` times, which keeps the folder's tests quick, or FUZZ_RUNS times as often in a long
 * campaign: `FUZZ_RUNS=20 node --test "test/fuzz/*.test.ts"`. Throws when FUZZ_RUNS is no positive number.
 */
export function fuzzRuns(usual: number): { readonly numRuns: number } {
  const factor = Number(process.env["FUZZ_RUNS"] ?? "1");
  if (!(factor > 0 && factor < Number.MAX_SAFE_INTEGER)) throw new Error("FUZZ_RUNS must be a positive number");
  return { numRuns: Math.max(1, Math.round(usual * factor)) };
}

/**
 * The same for properties that start processes. Their counterexamples are not made smaller, which would take minutes: fast-check
 * prints seed and path, from which a patient person can go on.
 */
export function slowRuns(usual: number): { readonly numRuns: number; readonly endOnFailure: true } {
  return { ...fuzzRuns(usual), endOnFailure: true };
}
