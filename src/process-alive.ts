import { systemCodeOf } from "./errors.ts";

/** Whether a process of this machine is there, whoever it belongs to. Its id may have been given to another since. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) !== "ESRCH";
  }
}
