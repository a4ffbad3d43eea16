// Who runs this process, as text commands and the audit log name it.

import { userInfo } from 'node:os'

/** The operating system's name for the user; the number where it has none, as in many containers. */
export function processUser(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
