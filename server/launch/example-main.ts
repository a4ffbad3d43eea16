// `npm run example -- <name> [--servers host:port]`, built as dist/server/example.js: runs one of the client's examples,
// against a throw-away member when no servers are given. Exit codes: 0 done, 1 failed, 2 misused.

import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { configuration } from '../client/examples/configuration.ts'
import { lock } from '../client/examples/lock.ts'
import { membership } from '../client/examples/membership.ts'
import { naiveLock } from '../client/examples/naive-lock.ts'
import { startThrowAwayMember } from './throw-away-member.ts'

const EXAMPLES: Readonly<Record<string, (servers: string, print: (line: string) => void) => Promise<void>>> = {
  lock,
  'naive-lock': naiveLock,
  configuration,
  membership,
}
const USAGE = `npm run example -- ${Object.keys(EXAMPLES).join('|')} [--servers host:port,host:port/chroot]`

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { servers: { type: 'string' } },
    allowPositionals: true,
  })
  const [name = '', more] = positionals
  const example = Object.hasOwn(EXAMPLES, name) && more === undefined ? EXAMPLES[name] : undefined
  if (!example) throw new TypeError(`There is no example ${JSON.stringify(positionals.join(' '))}.`)
  const print = (line: string) => console.log(line)
  if (values.servers !== undefined) {
    await example(values.servers, print)
    return 0
  }
  const member = await startThrowAwayMember(fileURLToPath(new URL('member.js', import.meta.url)), ['tickTime=500'])
  try {
    await example(member.connectString, print)
  } finally {
    await member.close()
  }
  return 0
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    // What parseArgs and main throw for arguments that cannot be meant.
    const misused = error instanceof TypeError
    if (misused) console.error(USAGE)
    process.exit(misused ? 2 : 1)
  },
)
