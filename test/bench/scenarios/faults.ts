import { join } from "node:path";
import { flowManifest, liveSeed, mailManifest } from "../documents.ts";
import { count, seconds } from "../figures.ts";
import { floorMs } from "../floor.ts";
import { withServer } from "../server.ts";
import { byName, makeWorld, range, readPlan } from "../world.ts";
import { describeProcess, timeOnline, watch } from "./against-floor.ts";
import type { Scenario } from "./scenario.ts";

const FLOWS = 450;
const MAILS = 50;
const CONDITIONS = { latencyMs: 20, concurrency: 32 };
/** One request in forty each: five in a hundred together. */
const EVERY = 40;
const PAUSE_SECONDS = 0.05;

/** A tenant that pushes back and breaks: the plan must be the one of a quiet tenant, and each fault may cost one request more. */
export const faults: Scenario = async ({ product, folder }) => {
  const seed = liveSeed({ flows: FLOWS, mails: MAILS });
  return withServer(product, { folder, seed, ...CONDITIONS }, async (server) => {
    const flows = byName("line", range(0, FLOWS), (index) => flowManifest(index, { changed: index % 50 === 0 }));
    const mails = byName("mail", range(0, MAILS), mailManifest);
    const tenant = { url: server.url, conditions: CONDITIONS };
    // Each in a folder of its own, so that neither finds what the other has learnt.
    const planIn = (place: string) => {
      const manifests = new Map([...flows, ...mails]);
      const world = makeWorld({ product, folder: join(folder, place), manifests, tenant });
      return watch(server, () => world.run("plan", "--output", "json"));
    };
    const expected = { update: FLOWS / 50, unchanged: FLOWS + MAILS - FLOWS / 50, unknown: 0 };
    const quiet = await planIn("quiet");
    const { fingerprint } = readPlan(quiet.ran, expected);
    const answers = { match: { path: "/api/**" }, times: "always", every: EVERY } as const;
    await server.addFaults([
      { ...answers, fault: { type: "status", status: 429, retryAfter: PAUSE_SECONDS } },
      { ...answers, after: EVERY / 2, fault: { type: "status", status: 500 } },
    ]);
    const troubled = await planIn("troubled");
    const isSame = readPlan(troubled.ran, expected).fingerprint === fingerprint;
    const failed = (await server.log()).filter(({ fault }) => fault !== null).length;
    const least = quiet.traffic.requests + failed;
    const floor = floorMs(troubled.traffic.requests, CONDITIONS);
    return [
      {
        id: "g.wrong",
        what: "plans that came out otherwise with 5 % of answers 429 or 500",
        value: isSame ? 0 : 1,
        isCount: true,
        target: 0,
        noise: 0,
        detail: `${failed} of ${count(troubled.traffic.requests)} answers failed`,
      },
      {
        id: "g.requests",
        what: "its requests, against those of a quiet tenant and one more for each failure",
        value: troubled.traffic.requests / least,
        target: 1,
        noise: 0.02,
        detail: `${count(troubled.traffic.requests)} of ${count(least)}`,
      },
      {
        id: "g.time",
        what: "its time, against the floor",
        value: timeOnline(troubled) / floor,
        noise: 0.25,
        detail: `${seconds(timeOnline(troubled))} of ${seconds(floor)}, quiet ${seconds(timeOnline(quiet))}; whole process ${describeProcess(troubled)}`,
      },
    ];
  });
};
