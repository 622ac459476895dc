import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FaultRule } from "../../src/emulator/faults.ts";
import type { JsonObject } from "../../src/emulator/json.ts";
import type { RequestLogEntry } from "../../src/emulator/log.ts";
import type { Product } from "./product.ts";

/** What the emulator begins with; the fields of docs/emulator.md. */
export interface SeedData {
  readonly flows?: readonly JsonObject[];
  readonly workflows?: readonly JsonObject[];
  readonly templates?: readonly JsonObject[];
  readonly attachments?: readonly JsonObject[];
}

export interface ServerOptions {
  readonly folder: string;
  readonly seed: SeedData;
  readonly latencyMs: number;
  /** Requests per second; without it there is no limit. */
  readonly rateLimit?: number;
}

/** The emulator as a process of its own, so that serving takes no time from the client that is measured. */
export class Server {
  readonly url: string;
  readonly #child: ReturnType<typeof spawn>;

  private constructor(url: string, child: ReturnType<typeof spawn>) {
    this.url = url;
    this.#child = child;
  }

  static async start(product: Product, { folder, seed, latencyMs, rateLimit }: ServerOptions): Promise<Server> {
    const file = join(folder, "seed.json");
    await writeFile(file, JSON.stringify(seed));
    const words = [product.start, "emulator", "--port", "0", "--seed", file, "--latency", String(latencyMs)];
    if (rateLimit !== undefined) words.push("--rate-limit", String(rateLimit));
    const child = spawn(process.execPath, [...words, "--output", "json"], { stdio: ["ignore", "pipe", "ignore"] });
    let said = "";
    for await (const chunk of child.stdout) {
      said += chunk;
      if (said.endsWith("}\n")) break;
    }
    if (said === "") throw new Error("the emulator did not start");
    const { url }: { readonly url: string } = JSON.parse(said);
    return new Server(url, child);
  }

  /** Every request since the start or the last `forget`, in order of arrival. */
  async log(): Promise<readonly RequestLogEntry[]> {
    const { entries }: { readonly entries: readonly RequestLogEntry[] } = await this.#admin("GET", "log");
    return entries;
  }

  async forget(): Promise<void> {
    await this.#admin("DELETE", "log");
  }

  async edit(type: "flow" | "workflow", id: string, edit: JsonObject): Promise<void> {
    await this.#admin("POST", "edit", { type, id, edit });
  }

  async addFaults(rules: readonly FaultRule[]): Promise<void> {
    await this.#admin("POST", "faults", rules);
  }

  async clearFaults(): Promise<void> {
    await this.#admin("DELETE", "faults");
  }

  /** Milliseconds of processor time that it has used, where the system tells (Linux). */
  cpuMs(): number | undefined {
    try {
      const words = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return (Number(words[11]) + Number(words[12])) * 10;
    } catch {
      return undefined;
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }

  async #admin<Answer>(method: string, call: string, body?: unknown): Promise<Answer> {
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await fetch(`${this.url}/__emulator/${call}`, { method, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${call}: ${answer.status} ${text.slice(0, 500)}`);
    return JSON.parse(text === "" ? "null" : text);
  }
}

/** Starts a server for as long as a piece of work takes. */
export async function withServer<Result>(
  product: Product,
  options: ServerOptions,
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  const server = await Server.start(product, options);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}
