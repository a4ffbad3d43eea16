// For tests: a checked configuration from the text of a zoo.cfg. Without an AdminServer, unless a line says so: all would
// want one port.

import { ok } from '#shared/base/result.ts'
import { type MemberConfig, parseConfig } from '../config/config.ts'

export function testConfig(lines: readonly string[], myid = '1'): MemberConfig {
  const parsed = parseConfig(['admin.enableServer=false', ...lines].join('\n'), () => ok(myid))
  if (!parsed.ok) throw new Error(parsed.error.join('\n'))
  return parsed.value
}
