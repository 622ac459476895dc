/** Runs that share a quota and see each other through files. Each gets the time that it believes it is. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { neighbourFolder } from "../../src/cxone/quota/neighbour-files.ts";
import { Neighbours, type NeighboursOptions } from "../../src/cxone/quota/neighbours.ts";
import { type RunKind, shareOf } from "../../src/cxone/quota/shares.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { SimulatedClock, simulate, tokenBucket } from "./simulation.ts";

const NOW = Date.UTC(2025, 0, 1);
const ADDRESS = { baseUrl: "https://tenant.test", clientId: "client-1234" };

for (const { reason, kind, others, share } of [
  { reason: "alone", kind: "watches", others: [], share: 1 },
  { reason: "a plan beside an apply", kind: "reads", others: ["writes"], share: 1 / 2 },
  { reason: "an apply beside two plans", kind: "writes", others: ["reads", "reads"], share: 1 / 3 },
  { reason: "drift beside a plan", kind: "watches", others: ["reads"], share: 1 / 2 },
  { reason: "drift beside drift", kind: "watches", others: ["watches"], share: 1 / 2 },
  { reason: "drift beside an apply", kind: "watches", others: ["writes"], share: 0.1 },
  { reason: "an apply beside drift", kind: "writes", others: ["watches"], share: 0.9 },
  { reason: "a plan beside an apply and drift", kind: "reads", others: ["writes", "watches"], share: 0.45 },
  { reason: "two that watch an apply", kind: "watches", others: ["writes", "watches"], share: 0.05 },
] satisfies readonly { reason: string; kind: RunKind; others: readonly RunKind[]; share: number }[]) {
  test(`the part of a quota: ${reason}`, () => {
    assert.ok(Math.abs(shareOf(kind, others) - share) < 1e-9, String(shareOf(kind, others)));
  });
}

interface Place {
  readonly folder: string;
  open(kind: RunKind, more?: Partial<NeighboursOptions>): Neighbours;
  /** Why somebody could not see the others. */
  readonly troubles: string[];
}

function openPlace(t: TestContext): Place {
  const folder = join(makeFolder(t), "runs");
  const troubles: string[] = [];
  const onTrouble = (why: string) => troubles.push(why);
  return { folder, troubles, open: (kind, more) => new Neighbours({ folder, kind, onTrouble, ...ADDRESS, ...more }) };
}

test("runs with the same address and login see each other, from the first look until they leave", (t) => {
  const { open, folder, troubles } = openPlace(t);
  const [plan, apply] = [open("reads"), open("writes")];
  assert.deepEqual(plan.look(NOW), { others: [], isNew: true });
  assert.deepEqual(apply.look(NOW), { others: ["reads"], isNew: true });
  assert.deepEqual(plan.look(NOW + 1000), { others: ["writes"], isNew: false });
  assert.deepEqual(open("reads", { clientId: "other" }).look(NOW).others, []);
  assert.deepEqual(open("reads", { baseUrl: "https://other.test" }).look(NOW).others, []);
  apply.leave();
  assert.deepEqual(plan.look(NOW + 2000).others, []);
  plan.leave();
  assert.deepEqual(plan.look(NOW + 3000).others, [], "who has left stays away");
  assert.equal(readdirSync(folder).length, 2, "those of the two that did not leave");
  assert.deepEqual(troubles, []);
});

test("a run that begins to write is seen as one that writes", (t) => {
  const { open } = openPlace(t);
  const [reconcile, drift] = [open("watches"), open("watches")];
  reconcile.look(NOW);
  reconcile.become("writes");
  assert.deepEqual(drift.look(NOW).others, ["writes"]);
  assert.deepEqual(reconcile.look(NOW), { others: ["watches"], isNew: false });
});

test("who has been silent for ten seconds does not count, and is new when it comes back", (t) => {
  const { open } = openPlace(t);
  const [one, other] = [open("reads"), open("writes")];
  one.look(NOW);
  assert.deepEqual(other.look(NOW + 10_001).others, []);
  assert.deepEqual(one.look(NOW + 10_002), { others: ["writes"], isNew: true });
});

test("a run whose process has ended does not count, however fresh its file", (t) => {
  const { open, folder } = openPlace(t);
  const [left, here] = [open("writes"), open("reads")];
  left.look(NOW);
  const [name = ""] = readdirSync(folder);
  const ended = spawnSync(process.execPath, ["-e", ""]).pid;
  renameSync(join(folder, name), join(folder, name.replace(`.${process.pid}.`, `.${ended}.`)));
  assert.deepEqual(here.look(NOW).others, []);
});

test("the folder and its files are the user's alone, and nothing in them tells of the tenant", (t) => {
  const { open, folder } = openPlace(t);
  open("writes").look(NOW);
  const [name = ""] = readdirSync(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const { mode, size } = statSync(join(folder, name));
  assert.deepEqual([mode & 0o777, size], [0o600, 0]);
  assert.match(name, /^[0-9a-f]{24}\.writes\.[0-9a-f]{8}\.\d+\.[0-9a-f]{16}$/);
});

test("files of other names, folders and links in the place of files are nobody", (t) => {
  const { open, folder } = openPlace(t);
  const [one, other] = [open("writes"), open("reads")];
  one.look(NOW);
  const [name = ""] = readdirSync(folder);
  one.leave();
  for (const [index, make] of [
    (path: string) => mkdirSync(path),
    (path: string) => symlinkSync("/etc/hostname", path),
  ].entries()) {
    make(join(folder, name.replace(/[0-9a-f]{16}$/, `${index}`.repeat(16))));
  }
  writeFileSync(join(folder, name.replace(".writes.", ".rests.")), "");
  writeFileSync(join(folder, `${name}.tmp`), "");
  const now = Date.now();
  assert.deepEqual(other.look(now).others, []);
});

const SPOILT: Readonly<Record<string, (folder: string) => void>> = {
  "others may write into it": (folder) => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
  },
  "it is a link": (folder) => {
    mkdirSync(`${folder}-2`, { mode: 0o700 });
    symlinkSync(`${folder}-2`, folder);
  },
  "it is a file": (folder) => writeFileSync(folder, ""),
  "it cannot be made": (folder) => writeFileSync(`${folder}-file`, ""),
};

for (const [reason, spoil] of Object.entries(SPOILT)) {
  test(`a run is alone, and says so once, where the folder cannot be used: ${reason}`, (t) => {
    const { open, folder, troubles } = openPlace(t);
    spoil(folder);
    const run = open("reads", reason === "it cannot be made" ? { folder: join(`${folder}-file`, "runs") } : {});
    assert.deepEqual(
      [run.look(NOW), run.look(NOW + 1000)],
      [
        { others: [], isNew: false },
        { others: [], isNew: false },
      ],
    );
    run.become("writes");
    run.leave();
    assert.equal(troubles.length, 1);
  });
}

test("a run that joins another leaves it time to make room: no 429, and each has its part", async (t) => {
  const { open } = openPlace(t);
  const clock = new SimulatedClock();
  const shared = { clock, limits: { requestsPerSecond: 40, burst: 40, concurrency: 8 }, latencyMs: 20, jitterMs: 5 };
  const bucket = tokenBucket(40);
  const drift = simulate({ ...shared, answer: bucket, neighbours: open("watches") });
  const apply = simulate({ ...shared, answer: bucket, neighbours: open("writes") });
  const watched = drift.send(400);
  await clock.until(clock.sleep(3300));
  const before = drift.transport.count;
  await clock.until(apply.send(180));
  const during = drift.transport.count - before;
  apply.quota.close();
  await clock.until(watched);

  const events = [...drift.events, ...apply.events];
  assert.ok(events.every((event) => event.type !== "request" || event.status === 200));
  assert.ok(during < 70, `drift sent ${during} while apply sent 180`);
  const slowed = drift.events.filter((event) => event.type === "slowed");
  assert.deepEqual(slowed, [
    { type: "slowed", family: "flows", by: "neighbours", requestsPerSecond: 4, concurrency: 1 },
  ]);
  assert.deepEqual(drift.quota.limiter.limits, shared.limits, "all is drift's again");
});

test("what a run has used is told to one run that comes after it, and to none of another address or login", (t) => {
  const { open, folder, troubles } = openPlace(t);
  const [first, other, second, third] = [
    open("writes"),
    open("reads", { clientId: "other" }),
    open("reads"),
    open("reads"),
  ];
  for (const run of [first, other]) run.look(NOW);
  first.leave(NOW + 700);
  const [name = ""] = readdirSync(folder).filter((one) => one.includes(".used."));
  assert.match(name, /^[0-9a-f]{24}\.used\.[0-9a-f]{8}\.\d+\.[0-9a-f]{16}$/);
  assert.deepEqual(other.takeOver(NOW), []);
  for (const run of [second, third]) assert.deepEqual(run.look(NOW + 200).others, run === third ? ["reads"] : []);
  assert.deepEqual([second.takeOver(NOW + 200), third.takeOver(NOW + 200)], [[500], []]);
  third.leave(NOW + 700);
  assert.deepEqual(second.takeOver(NOW + 701), [], "what is there again");
  assert.deepEqual(
    readdirSync(folder).filter((one) => one.includes(".used.")),
    [],
  );
  assert.deepEqual(troubles, []);
});

test("runs one after the other are no faster than one run: no 429", async (t) => {
  const { open } = openPlace(t);
  const clock = new SimulatedClock();
  const shared = { clock, limits: { requestsPerSecond: 20, burst: 20, concurrency: 8 }, latencyMs: 20, jitterMs: 5 };
  const bucket = tokenBucket(20);
  for (const requests of [30, 30, 3, 30]) {
    const run = simulate({ ...shared, answer: bucket, neighbours: open("reads") });
    await clock.until(run.send(requests));
    run.quota.close();
    assert.ok(
      run.events.every((event) => event.type !== "request" || event.status === 200),
      String(requests),
    );
  }
});

test("what no run can have used is nothing to wait for", async (t) => {
  const { open, folder } = openPlace(t);
  const clock = new SimulatedClock();
  const before = open("reads");
  before.look(clock.now());
  before.leave(clock.now() + 3_600_000);
  const limits = { requestsPerSecond: 20, burst: 20, concurrency: 8 };
  const run = simulate({ clock, limits, answer: tokenBucket(20), neighbours: open("reads") });
  assert.equal(await clock.until(run.send(16)), 0);
  assert.equal(readdirSync(folder).length, 1, "and it is gone");
});

test("what killed runs have left about any quota goes after a day, what others have used once it is there again", (t) => {
  const { open, folder } = openPlace(t);
  const killed = [open("writes", { clientId: "forgotten" }), open("reads", { baseUrl: "https://other.test" })];
  for (const run of killed) run.look(NOW);
  const names = readdirSync(folder);
  const ended = open("reads", { clientId: "ended" });
  ended.look(NOW);
  ended.leave(NOW + 500);
  writeFileSync(join(folder, "notes"), "");
  utimesSync(join(folder, "notes"), 0, 0);
  const day = 24 * 3_600_000;
  const isUsedThere = () => readdirSync(folder).some((name) => name.includes(".used."));
  open("reads").look(NOW + 500);
  assert.ok(isUsedThere());
  open("reads").look(NOW + day);
  assert.ok(!isUsedThere());
  assert.equal(names.filter((name) => readdirSync(folder).includes(name)).length, 2);
  open("reads").look(NOW + day + 1);
  assert.equal(names.filter((name) => readdirSync(folder).includes(name)).length, 0);
  assert.ok(readdirSync(folder).includes("notes"));
});

test("the folder is in the user's runtime directory, or one of the user's own among temporary files", () => {
  assert.equal(neighbourFolder({ XDG_RUNTIME_DIR: "/run/user/1000" }), "/run/user/1000/cxone-gitops");
  const other = neighbourFolder({});
  assert.ok(other.endsWith(`cxone-gitops-${process.getuid?.() ?? ""}`), other);
  assert.equal(neighbourFolder({ XDG_RUNTIME_DIR: "relative" }), other);
});
