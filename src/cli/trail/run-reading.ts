import { TrailReading } from "../../audit/trail-reading.ts";
import type { ResolvedConfig } from "../../config/resolved.ts";

/** A run loads its configuration once. */
const READINGS = new WeakMap<ResolvedConfig, TrailReading>();

/** The trail as this run reads it: the same for every tenant and every step, so that no byte of it is judged twice. */
export function trailReadingOf(config: ResolvedConfig): TrailReading {
  const reading = READINGS.get(config) ?? new TrailReading(config.audit.file);
  READINGS.set(config, reading);
  return reading;
}
