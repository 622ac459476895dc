/** What the trail and the tenant's own history say about a run. */
import type { Stage } from "./stage.ts";
import type { Struck } from "./strike.ts";
import { findLeaks, findOpenIntents, findUnaccounted, readEntries } from "./trail-check.ts";
import { findDoubled, findUnannounced } from "./writes-check.ts";

/** What a process says of a write that it had to leave open, because nobody could tell whether it was carried out. */
const FATE_UNKNOWN = /Whether the write was carried out is not known|it looks whether it arrived/;

/** A process that came to its own end leaves nothing open without saying so: what it announced has an outcome. */
export function judgeOwnEnds(stage: Stage, { ended, wasCutOff }: Struck): void {
  const ownRuns = ended
    .filter(({ code, stdout }) => code !== null && !wasCutOff && !FATE_UNKNOWN.test(stdout))
    .flatMap(({ stdout }) => /(?:Applying as run |"run": "|\(run )([^\s")]+)/.exec(stdout)?.[1] ?? []);
  const open = findOpenIntents(readEntries(stage.trailFile)).filter(({ run }) => ownRuns.includes(run));
  stage.note(
    "unfinished intents",
    open.map(({ kind, name }) => `${kind} ${name}, by a run that ended by itself`),
  );
}

/** Once the tenant is settled, nothing is open. */
export function judgeOpenIntents(stage: Stage): void {
  const open = findOpenIntents(readEntries(stage.trailFile));
  stage.note(
    "unfinished intents",
    open.map(({ run, kind, name }) => `${kind} ${name} of ${run}`),
  );
}

/** What only the whole history of a run tells; to be called once, at its end. */
export async function judgeHistory(stage: Stage): Promise<void> {
  const { tenant, trailFile, folder, tally } = stage;
  const entries = readEntries(trailFile);
  stage.note("doubled writes", findDoubled(tenant));
  stage.note("unaccounted writes", [...findUnaccounted(entries, tenant.carriedOut), ...findUnannounced(tenant)]);
  stage.note("secrets shown", findLeaks(folder, tenant.tokens));
  const { code, stdout } = await stage.run(["audit", "verify"]);
  if (code !== 0) stage.note("trails that do not verify", [stdout.trim()]);
  tally.add("requests", tenant.world.log.entries().length);
  tally.add("writes", tenant.carriedOut.length);
}
