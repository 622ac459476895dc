// Loaded into a measured process by `--import`: says at its end, on descriptor 3, what it has used. Plain JavaScript, so that it costs nothing.
import { writeSync } from "node:fs";

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ peakKb: maxRSS, cpuUs: userCPUTime + systemCPUTime }));
});
