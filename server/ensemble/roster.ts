// DIR/ensemble.json: which members an ensemble has, what they are, and their ports. It is written whole at every change,
// so that a crash leaves the old list or the new one. What is in the members' directories is layout.ts's business.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { EnsembleError } from './ensemble-error.ts'
import type { MemberPorts, MemberRole } from './zoo-cfg.ts'

const FILE = 'ensemble.json'
const PORT_NAMES = ['clientPort', 'quorumPort', 'electionPort', 'eventPort', 'adminPort'] as const

export interface RosterEntry extends MemberPorts {
  readonly sid: number
  readonly role: MemberRole
}

/** Sorted by sid; null: there is no such file, as in directories of earlier versions. Throws EnsembleError BAD_DIRECTORY. */
export function readRoster(dataDir: string): readonly RosterEntry[] | null {
  const path = join(dataDir, FILE)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  const entries = parse(text)
  if (entries === null || entries.length === 0)
    throw new EnsembleError(
      'BAD_DIRECTORY',
      `${path} is damaged: it should list the members. Delete it if there never was a member added or removed.`,
    )
  return entries
}

/** Durable when it returns. */
export function writeRoster(dataDir: string, members: readonly RosterEntry[]): void {
  const path = join(dataDir, FILE)
  const list = members.map(({ sid, role, ...rest }) => ({
    ...{ sid, role },
    ...Object.fromEntries(PORT_NAMES.map((name) => [name, rest[name]])),
  }))
  const file = openSync(`${path}.new`, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify({ version: 1, members: list }, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.new`, path)
}

function parse(text: string): RosterEntry[] | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('members' in value) || !Array.isArray(value.members))
      return null
    const entries = value.members.map(readEntry)
    return entries.every((entry) => entry !== null) ? entries.sort((a, b) => a.sid - b.sid) : null
  } catch {
    return null
  }
}

function readEntry(value: unknown): RosterEntry | null {
  if (typeof value !== 'object' || value === null) return null
  const found = new Map(Object.entries(value))
  const number = (name: string): number => {
    const is: unknown = found.get(name)
    return typeof is === 'number' && Number.isInteger(is) && is > 0 && is < 65536 ? is : 0
  }
  const role = found.get('role')
  if (role !== 'participant' && role !== 'observer') return null
  const entry: RosterEntry = {
    sid: number('sid'),
    role,
    clientPort: number('clientPort'),
    quorumPort: number('quorumPort'),
    electionPort: number('electionPort'),
    eventPort: number('eventPort'),
    adminPort: number('adminPort'),
  }
  return entry.sid >= 1 && entry.sid <= 9 && PORT_NAMES.every((name) => entry[name] > 0) ? entry : null
}
