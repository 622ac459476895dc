/**
 * A trail on a branch of a git repository.
 *
 *   its files on disk     what the remote has, as it was last seen; readers read those (branch-mirror.ts)
 *   an append             chains onto a copy, commits the copy, pushes it in the place of what was seen, and only then puts it in place
 *
 * So a push that is not accepted leaves nothing behind here, and nobody reads an entry that could still vanish. A push is refused when
 * somebody else's came first; then theirs is fetched and the records are chained anew, behind it. The remote lets one of them through at
 * a time, so the chains of any number of runners become one.
 *
 * An answer that is lost is looked for: when our commit is what the branch has now, or is before it, the push had arrived.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { TrailRecord } from "../../engine/ports.ts";
import { GitopsError, messageOf } from "../../errors.ts";
import { prepareRecords } from "../chain.ts";
import { asUnwritable } from "../disk.ts";
import type { FileTrail, TrailOptions } from "../file-store.ts";
import { groupCalls } from "../group-calls.ts";
import { Keeper } from "../keeper.ts";
import type { HeldLock } from "../lock.ts";
import { warnProcess } from "../warnings.ts";
import { makeDraft, publishDraft } from "./branch-draft.ts";
import { withBranchLock } from "./branch-lock.ts";
import { BranchMirror, type TrailState } from "./branch-mirror.ts";
import type { TrailBranch } from "./trail-branch.ts";
import { watchSigner } from "./watch-signer.ts";

export interface BranchTrailOptions extends Omit<TrailOptions, "lockTimeoutMs"> {
  readonly branch: TrailBranch;
  /** How long an append goes on trying while others' pushes come first, milliseconds. */
  readonly patienceMs?: number;
  /** When it aborts, nothing is tried again. */
  readonly stop?: AbortSignal | undefined;
  /** The pause before something is tried again, milliseconds; it doubles, with chance in it. */
  readonly pauseMs?: number;
}

const PATIENCE_MS = 120_000;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** How often a push is sent that neither arrives nor is refused. */
const MAX_SENDS = 5;
/** Short beside any push, and long enough for the intents of documents that are written side by side. */
const GATHER_MS = 25;

/**
 * The trail of a branch; `file` is where its copy stands. `append` returns when the remote has the entries: then they outlive this
 * machine. Appends that come while a push is under way go together in the next. When it throws, no entry is in the files here; whether the
 * remote has got some of them shows when it is asked next. `sync` brings the files to what the remote has.
 */
export function openBranchTrail(options: BranchTrailOptions): FileTrail {
  const { file, branch, stop, onWarning = warnProcess } = options;
  const mirror = new BranchMirror(branch, file);
  const checkSigner = watchSigner(file, options.signingKey);
  const alone = <T>(work: (lock: HeldLock) => Promise<T>) =>
    asTrailProblem(file, branch, () => withBranchLock({ file, stop, onWarning }, work));
  const send = groupCalls<readonly TrailRecord[]>(
    (batch) => alone((lock) => appendAll(options, { mirror, checkSigner, lock }, batch.flat())),
    GATHER_MS,
  );
  const keeper = new Keeper(file);
  return {
    file,
    keep: (document) => keeper.keep(document),
    async append(records) {
      if (records.length === 0) return;
      // What cannot be recorded must not fail those that go with it.
      prepareRecords(records);
      await send(records);
    },
    async sync() {
      await alone(() => mirror.sync().then(checkSigner));
    },
  };
}

/** What stands on this disk. */
interface Copy {
  readonly mirror: BranchMirror;
  readonly checkSigner: () => Promise<void>;
  /** Lets nobody else of this machine change it. */
  readonly lock: HeldLock;
}

async function appendAll(
  options: BranchTrailOptions,
  { mirror, checkSigner, lock }: Copy,
  records: readonly TrailRecord[],
): Promise<void> {
  const { file, branch, signingKey, onWarning = warnProcess, patienceMs = PATIENCE_MS } = options;
  const deadline = performance.now() + patienceMs;
  let base = await mirror.refresh();
  for (let attempt = 1; ; attempt += 1) {
    await checkSigner();
    const draft = await makeDraft({ file, base, records, signingKey, onWarning });
    await requireLock(lock, branch);
    const { commit, ids } = await branch.commit({ ...draft, parent: base.commit });
    const delivery = await deliver(options, lock, { commit, expected: base.commit });
    // What has arrived is recorded; whoever has the copy by now brings it to that.
    if (delivery.isAccepted && !(await lock.isHeld())) return;
    if (delivery.isAccepted && delivery.at === commit) {
      await mirror.adopt({ commit, files: await publishDraft(file, base, draft, ids) });
      return;
    }
    const next = await mirror.moveTo(delivery.at);
    if (delivery.isAccepted) return;
    base = next;
    if (performance.now() >= deadline) throw overrun(branch, attempt);
    await pause(options, attempt);
  }
}

/** Where the branch is after a push, and whether that holds our commit. */
interface Delivery {
  readonly isAccepted: boolean;
  readonly at: TrailState["commit"];
}

async function deliver(
  options: BranchTrailOptions,
  lock: HeldLock,
  { commit, expected }: { readonly commit: string; readonly expected: string | null },
): Promise<Delivery> {
  const { branch } = options;
  for (let send = 1; ; send += 1) {
    await requireLock(lock, branch);
    const push = await branch.push(commit, expected);
    if (push.result === "pushed") return { isAccepted: true, at: commit };
    const at = await branch.fetch().catch((thrown: unknown) => {
      if (send < MAX_SENDS) return undefined;
      throw thrown;
    });
    if (at === undefined) {
      await pause(options, send);
      continue;
    }
    if (at !== null && (at === commit || (await branch.descends(at, commit)))) return { isAccepted: true, at };
    if (at !== expected) return { isAccepted: false, at };
    if (push.result === "refused") throw refused(branch, push.reason);
    if (send >= MAX_SENDS) throw failed(branch, push.result === "failed" ? push.reason : "it was not accepted");
    await pause(options, send);
  }
}

/** Two that collide must not do so again in step. */
async function pause({ branch, stop, pauseMs = PAUSE_MS }: BranchTrailOptions, attempt: number): Promise<void> {
  const milliseconds = Math.min(pauseMs * 2 ** (attempt - 1), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
  if (!stop?.aborted) await sleep(milliseconds, undefined, { signal: stop }).catch(() => undefined);
  if (stop?.aborted) throw failed(branch, "the run was stopped");
}

/** What went wrong with git or the disk, as an error about the trail. */
async function asTrailProblem<T>(file: string, branch: TrailBranch, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof GitopsError) || thrown.code !== "git/unavailable") throw asUnwritable(file, thrown);
    const message = `The audit trail's branch ${branch.name} cannot be used: ${messageOf(thrown)}.`;
    throw new GitopsError("audit/unwritable", message, { ...(thrown.hint && { hint: thrown.hint }), cause: thrown });
  }
}

/** A process that was stopped for longer than its lease may find another one at work on the copy. */
async function requireLock(lock: HeldLock, branch: TrailBranch): Promise<void> {
  if (await lock.isHeld()) return;
  const message = `The lock of the copy of the audit trail's branch ${branch.name} was lost before the entries were pushed.`;
  throw new GitopsError("audit/locked", message, {
    hint: "This process was stopped for longer than its lock lasts. Run again.",
  });
}

function refused(branch: TrailBranch, reason: string): GitopsError {
  const message = `The remote does not accept entries for the audit trail's branch ${branch.name}: ${reason}.`;
  const hint =
    "Let this user push to that branch, and let no rule on it ask for pull requests, checks or signed commits.";
  return new GitopsError("audit/unwritable", message, { hint });
}

function failed(branch: TrailBranch, reason: string): GitopsError {
  const message = `The audit trail's branch ${branch.name} could not be pushed: ${reason}.`;
  return new GitopsError("audit/unwritable", message, { hint: "Run again when the remote can be reached." });
}

function overrun(branch: TrailBranch, attempts: number): GitopsError {
  const message = `Others' entries came first ${attempts} times on the audit trail's branch ${branch.name}.`;
  return new GitopsError("audit/unwritable", message, {
    hint: "Run again. If many runs write at the same time, give each tenant a branch of its own.",
  });
}
