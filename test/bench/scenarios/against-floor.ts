import { count, type Figure, type Letter, seconds } from "../figures.ts";
import { type Conditions, countTraffic, floorMs, type Traffic } from "../floor.ts";
import type { Measured } from "../measure.ts";
import type { Server } from "../server.ts";

/** What the specification asks of every run against a server with a limit. */
const TARGET = 1.1;

export interface Run {
  readonly ran: Measured;
  readonly traffic: Traffic;
  /** Milliseconds of the server's processor, where the system tells. */
  readonly serverCpuMs: number | undefined;
}

/** Lets a command run against a server, and looks up what it has asked there. */
export async function watch(server: Server, run: () => Promise<Measured>): Promise<Run> {
  await server.forget();
  const before = server.cpuMs();
  const ran = await run();
  const after = server.cpuMs();
  const traffic = countTraffic(await server.log());
  return { ran, traffic, serverCpuMs: before === undefined || after === undefined ? undefined : after - before };
}

/** From the first request, a login or not, to the end of the process. */
export function timeOnline({ ran, traffic }: Run): number {
  return ran.endedAt - traffic.beganAt;
}

/** The two figures of a run that is held to the floor: its time from the first request to its end, and the 429s that it provoked. */
export function compareWithFloor(
  letter: Letter,
  what: string,
  run: Run,
  conditions: Conditions,
): readonly [time: Figure, refused: Figure] {
  const { requests, logins, pages, refusedByQuota } = run.traffic;
  const floor = floorMs(requests, conditions);
  const asked = `${count(requests)} requests (${pages} list pages) and ${logins} logins`;
  const time: Figure = {
    id: `${letter}.time`,
    what: `${what}, against the floor`,
    value: timeOnline(run) / floor,
    target: TARGET,
    noise: 0.1,
    detail: `${seconds(timeOnline(run))} of ${seconds(floor)}; ${asked}; whole process ${describeProcess(run)}`,
  };
  const refused: Figure = {
    id: `${letter}.refused`,
    what: "429 provoked",
    value: refusedByQuota,
    isCount: true,
    target: 0,
    noise: 0,
    detail: `of ${asked}`,
  };
  return [time, refused];
}

export function describeProcess({ ran, serverCpuMs }: Run): string {
  const server = serverCpuMs === undefined ? "" : `, server ${seconds(serverCpuMs)} CPU`;
  return `${seconds(ran.wallMs)}, ${seconds(ran.cpuMs)} CPU, ${ran.peakMb.toFixed(0)} MB${server}`;
}
