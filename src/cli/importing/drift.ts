/** `import --drift`: live edits of what manifests describe go back into these manifests. */
import { EXIT, type ExitCode, GitopsError } from "../../errors.ts";
import type { Session } from "../session.ts";
import { recall } from "../trail/memory.ts";
import { loadDescribed } from "./described.ts";
import { type DriftBaseOptions, type Landing, NOWHERE, openDriftBase } from "./drift-base.ts";
import { findDrift } from "./drift-found.ts";
import { type DriftResult, describeTaken, isPartial, makeResult, printDrift } from "./drift-report.ts";
import { othersOf } from "./report.ts";
import type { ImportScope } from "./scope.ts";
import { checkSound } from "./sound.ts";
import type { WantedOptions } from "./wanted.ts";

export interface ImportDriftOptions extends DriftBaseOptions, WantedOptions {
  /** Say what would be written, and write nothing. */
  readonly check?: boolean;
}

/**
 * Takes live edits over into the manifests of the folder, or into a commit on a branch. What git has changed since the last apply stays as git
 * says. Writes nothing when a read failed: what is unknown may be an edit. Writes nothing to the tenant, and nothing to the trail.
 */
export async function importDrift(
  session: Session,
  scope: ImportScope,
  options: ImportDriftOptions,
): Promise<ExitCode> {
  const { stopping, tenant } = session;
  const base = await openDriftBase(session, options);
  const memory = await recall(session);
  if (memory.latest === null) throw refuseWithoutTrail(tenant.name);
  const described = await loadDescribed(session, memory, base.loaded);
  const { blocking, units, loaded } = described;
  const empty = { tenant: tenant.name, isCheck: options.check === true, memory, changes: [] };
  if (blocking.length > 0) {
    return finish(
      session,
      makeResult({ ...empty, finds: [], unread: [], checked: NOTHING }, NOWHERE, blocking),
      EXIT.error,
    );
  }
  const { finds, unread } = await findDrift(session, scope, { ...options, memory, units });
  if (stopping.soft.aborted) throw new GitopsError("api/stopped", "the run was stopped before anything was written");
  if (unread.length > 0) {
    return finish(session, makeResult({ ...empty, finds, unread, checked: NOTHING }, NOWHERE), EXIT.error);
  }
  const drafts = finds.flatMap(({ draft }) => draft ?? []);
  const checked = checkSound(session, drafts, { loaded, managed: memory.resources, comments: () => [] });
  const changes = await base.settle(checked.changes, { memory, described, accepted: checked.accepted });
  const input = { ...empty, finds, unread, checked, changes };
  let landing: Landing = NOWHERE;
  if (options.check !== true && checked.changes.length > 0) {
    landing = await base.write(changes, { lines: describeTaken(input), others: othersOf(checked.accepted) });
  }
  const result = makeResult(input, landing);
  return finish(session, result, exitCodeOf(result, changes.length > 0));
}

function refuseWithoutTrail(tenant: string): GitopsError {
  const message = `the audit trail knows nothing of the tenant "${tenant}", so an edit made live cannot be told from a commit that is not deployed`;
  return new GitopsError("import/no-trail", message, {
    hint: "Use the trail of the runs that apply. Without one, `import` without --drift writes what is live, and `apply --adopt` makes live what git asks for.",
  });
}

const NOTHING = { accepted: [], refused: [], changes: [], findings: [], brought: [] };

function finish({ io, options }: Session, result: DriftResult, code: ExitCode): ExitCode {
  printDrift(io, result, options.output);
  return code;
}

/** 2 when `--check` found something to write, 4 when an edit made live could not be taken over. */
function exitCodeOf(result: DriftResult, hasEdits: boolean): ExitCode {
  if (result.isCheck && hasEdits) return EXIT.pending;
  return isPartial(result) ? EXIT.partial : EXIT.ok;
}
