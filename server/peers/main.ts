// What the scripts of this folder share: the name of one, its arguments, and an exit code. Built by
// server/launch/peers.mjs together with the member that the scripts run.

import { peersMain } from './clients/peers-main.ts'
import { conformanceMain } from './conformance/conformance-main.ts'
import { differentialMain } from './differential/differential-main.ts'
import { fuzzMain } from './fuzz/fuzz-main.ts'
import { UsageError } from './harness/arguments.ts'
import { mixedMain } from './mixed/mixed-main.ts'

/** `memberEntry`: one of our members, built. `programs`: the folder of what other clients run. */
type Script = (args: readonly string[], memberEntry: string, programs: string) => Promise<number>

const SCRIPTS: Readonly<Record<string, Script>> = {
  peers: peersMain,
  mixed: mixedMain,
  differential: differentialMain,
  conformance: conformanceMain,
  'fuzz-ports': fuzzMain,
}

/** Exit code: 0 all well, 1 not, 2 misused, 3 what it needs is not installed. */
export async function runScript(
  name: string,
  args: readonly string[],
  memberEntry: string,
  programs: string,
): Promise<number> {
  const script = Object.hasOwn(SCRIPTS, name) ? SCRIPTS[name] : undefined
  if (!script) {
    console.error(`there is no script ${name}; there are ${Object.keys(SCRIPTS).join(', ')}`)
    return 2
  }
  try {
    return await script(args, memberEntry, programs)
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof UsageError ? 2 : 1
  }
}
