import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Session } from "../session.ts";

/** Where `init` puts the schema of manifests, for editors. */
const SCHEMA = join("schemas", "manifest.json");

/** How a manifest file names the schema beside the configuration; undefined where there is none. */
export async function findSchema({ io, config }: Session): Promise<((file: string) => string) | undefined> {
  const schema = join(config.directory, SCHEMA);
  const found = await stat(schema).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  return (file) =>
    relative(dirname(resolve(io.cwd, file)), schema)
      .split(sep)
      .join("/");
}
