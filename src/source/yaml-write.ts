import { dump } from "js-yaml";
import type { Json } from "../model/json.ts";

const COLUMNS = 120;

/**
 * A value as YAML text that reads back as the same value. Keys stay in their order, nothing is an alias, and the same value gives the same
 * bytes.
 */
export function writeYaml(value: Json): string {
  return dump(value, { lineWidth: COLUMNS, noRefs: true });
}
