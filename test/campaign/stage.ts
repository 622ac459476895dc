import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Seed } from "../../src/emulator/seed.ts";
import { configFor } from "../helpers/world.ts";
import { findDefects, findShownSecrets } from "./output-check.ts";
import { type Ended, type Running, startCommand } from "./process.ts";
import { Tally, type ViolationKind } from "./tally.ts";
import { openTenant, type Tenant } from "./tenant.ts";

/** Where a run takes place: its tenant, its folder, the processes in it, and what is noted about them. */
export class Stage {
  readonly tally = new Tally();
  readonly folder: string;
  readonly trailFile: string;
  readonly tenant: Tenant;
  readonly #seed: number;
  readonly #tell: (line: string) => void;

  private constructor(seed: number, folder: string, trailFile: string, tenant: Tenant, tell: (line: string) => void) {
    this.#seed = seed;
    this.folder = folder;
    this.trailFile = trailFile;
    this.tenant = tenant;
    this.#tell = tell;
  }

  /** `tell` gets a line about everything that happens. */
  static async open(seed: number, tenantSeed: Seed, tell: (line: string) => void): Promise<Stage> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), `campaign-${seed}-`)));
    const trailFile = join(folder, ".cxone-gitops", "audit.jsonl");
    mkdirSync(dirname(trailFile), { mode: 0o700 });
    const tenant = await openTenant(tenantSeed, trailFile);
    writeFileSync(join(folder, "cxone-gitops.yaml"), configFor(tenant.url));
    return new Stage(seed, folder, trailFile, tenant, tell);
  }

  async close(): Promise<void> {
    await this.tenant.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  start(args: readonly string[]): Running {
    this.tally.add("processes");
    return startCommand(args, this.folder);
  }

  /** Starts the command, waits for its end and looks at what it printed. */
  async run(args: readonly string[]): Promise<Ended> {
    const ended = await this.start(args).ended;
    this.checkOutput(ended);
    return ended;
  }

  /** Check e, and what else no output may show. */
  checkOutput(ended: Ended): void {
    const command = ended.args.join(" ");
    this.tell(`${command} → ${ended.code ?? "stopped by a signal"}\n${ended.stdout}${ended.stderr}`);
    this.note("secrets shown", findShownSecrets(ended, this.tenant.tokens));
    this.note("defects shown", findDefects(ended));
    if (ended.hung) this.note("not settled", [`${command} hung`]);
  }

  note(kind: ViolationKind, details: readonly string[]): void {
    for (const detail of details) {
      this.tally.addViolation({ seed: this.#seed, kind, detail });
      this.tell(`VIOLATION ${kind}: ${detail}`);
    }
  }

  tell(line: string): void {
    this.#tell(line);
  }
}
