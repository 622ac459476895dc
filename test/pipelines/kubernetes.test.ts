/** The examples for Kubernetes: shapes, what they may do, and that the command understands what they ask of it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { z } from "zod";
import { loadConfig } from "../../src/config/load.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { readProgram } from "../helpers/silent-program.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { ROOT } from "./workflow.ts";

const volume = z.object({ name: z.string() });
const container = z.object({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal("ALL")]) }),
  }),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
  livenessProbe: z.unknown().optional(),
  readinessProbe: z.unknown().optional(),
});
const pod = z.object({
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.number().min(60),
  securityContext: z.object({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().min(1),
    seccompProfile: z.strictObject({ type: z.literal("RuntimeDefault") }),
  }),
  containers: z.tuple([container]),
  volumes: z.array(volume),
});
const cronJob = z.object({
  kind: z.literal("CronJob"),
  spec: z.object({
    schedule: z.string(),
    concurrencyPolicy: z.literal("Forbid"),
    startingDeadlineSeconds: z.number(),
    jobTemplate: z.object({
      spec: z.object({
        backoffLimit: z.literal(0),
        template: z.object({ spec: pod.extend({ restartPolicy: z.literal("Never") }) }),
      }),
    }),
  }),
});
const deployment = z.object({
  kind: z.literal("Deployment"),
  spec: z.object({
    replicas: z.literal(1),
    strategy: z.strictObject({ type: z.literal("Recreate") }),
    template: z.object({ spec: pod }),
  }),
});
const configMap = z.object({ kind: z.literal("ConfigMap"), data: z.strictObject({ "cxone-gitops.yaml": z.string() }) });

function read(name: string): readonly unknown[] {
  const { documents, problems } = parseYaml(readFileSync(join(ROOT, "docs/kubernetes", name), "utf8"), { file: name });
  assert.deepEqual(problems, []);
  return documents.map(({ value }) => value);
}

const [config, job] = read("cronjob.yaml");
const cronPod = cronJob.parse(job).spec.jobTemplate.spec.template.spec;
const daemonPod = deployment.parse(read("deployment.yaml")[0]).spec.template.spec;

describe("docs/kubernetes", () => {
  for (const [name, { containers, volumes }] of [
    ["cronjob.yaml", cronPod],
    ["deployment.yaml", daemonPod],
  ] as const) {
    it(`${name}: writes only to volumes that are there, and the command understands its arguments`, () => {
      const [{ args, volumeMounts }] = containers;
      const names = volumes.map((one) => one.name);
      assert.deepEqual(
        volumeMounts.filter((mount) => !names.includes(mount.name)),
        [],
      );
      for (const path of ["/work", "/tmp"])
        assert.ok(
          volumeMounts.some(({ mountPath }) => mountPath === path),
          path,
        );
      const [word, ...flags] = args;
      const command = readProgram().commands.find((one) => one.name() === word);
      assert.deepEqual(command?.parseOptions(flags), { operands: [], unknown: [] });
      assert.equal(command?.opts()["tenant"], "prod");
    });
  }

  it("the daemon listens where its probes ask, and stays", () => {
    const [{ args, livenessProbe, readinessProbe }] = daemonPod.containers;
    assert.ok(args.includes("--listen=0.0.0.0:9464") && args.includes("--every=10m"));
    const asks = (path: string) => ({ httpGet: { path, port: "health" } });
    assert.partialDeepStrictEqual([livenessProbe, readinessProbe], [asks("/healthz"), asks("/readyz")]);
    assert.equal(
      cronPod.containers[0].args.some((word) => word.startsWith("--every")),
      false,
    );
  });

  it("the configuration in the ConfigMap has the tenant, and its credentials lie where the secret is mounted", async (t) => {
    const text = configMap.parse(config).data["cxone-gitops.yaml"];
    const mounts = cronPod.containers[0].volumeMounts.map(({ mountPath }) => mountPath);
    const files = [...text.matchAll(/file: (\/\S+)/g)].map(([, file]) => file ?? "");
    assert.equal(files.length, 2);
    for (const file of files)
      assert.ok(
        mounts.some((mount) => file.startsWith(`${mount}/`)),
        file,
      );
    const cwd = makeFolder(t, { "cxone-gitops.yaml": text });
    const loaded = await loadConfig({ file: undefined, cwd, env: {}, needCredentials: false, secrets: new Secrets() });
    assert.deepEqual(loaded.tenantNames, ["prod"]);
  });
});
