import type { Notification, NotificationFormat } from "../model/notification.ts";
import { toSlack } from "./slack.ts";

/** What is sent. `mask` hides the secrets in every text, before anything is escaped. */
export function writeBody(
  notification: Notification,
  format: NotificationFormat,
  mask: (text: string) => string,
): string {
  if (format === "slack") return JSON.stringify(toSlack(notification, mask));
  const { type, timestamp, data } = notification;
  return JSON.stringify({ type, timestamp, data }, (_key, value: unknown) =>
    typeof value === "string" ? mask(value) : value,
  );
}
