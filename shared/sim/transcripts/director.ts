// Carries out a story: its commands on a stage, with the safety checkers watching, and lets the world run until it
// has become quiet. README.md lists the commands.

import { assert } from '../../base/assert.ts'
import { utf8Encode } from '../../base/text.ts'
import { OPEN_ACL } from '../../zk/acl.ts'
import { asSid } from '../../zk/ids.ts'
import { CREATE_FLAGS } from '../../zk/op.ts'
import type { QuorumPacket } from '../../zk/packet.ts'
import { formatServer } from '../../zk/quorum-config.ts'
import type { ClientRequest } from '../../zk/request.ts'
import { NO_ZXID } from '../../zk/zxid.ts'
import { createSafetyChecker } from '../check/safety.ts'
import { moveTo, nudge, stopClient } from '../clients/sim-client.ts'
import { nearlyExhaust } from '../scenarios/counter.ts'
import {
  boot,
  clientOf,
  createStage,
  disk,
  doNow,
  gate,
  heal,
  kill,
  type Stage,
  server,
  split,
} from '../scenarios/stage.ts'
import { addScripted } from '../scenarios/stage-clients.ts'
import type { DiskMode, WorldOptions } from '../world/contract.ts'
import { nextEvent, specOf } from '../world/world.ts'
import { createNarrator, type Narrator } from './narrator.ts'
import { isComment, type Story } from './story.ts'

/** Nothing worth a line for so long: the block is over. Longer than syncLimit, so that silence is noticed in it. */
const QUIET_US = 1_600_000
const BLOCK_US_MAX = 60_000_000

interface Scene {
  readonly stage: Stage
  readonly narrator: Narrator
}

/** Runs a story anew: the same commands, with what they cause now. */
export function runStory({ blocks }: Story): Story {
  let scene: Scene | null = null
  const done = blocks.map(({ commands }) => {
    if (commands.every(isComment)) return { commands, outcome: [] }
    for (const command of commands.filter((line) => !isComment(line))) {
      if (command.startsWith('world')) {
        assert(scene === null, 'the world comes first, and once')
        scene = openScene(worldOptions(command), blocks)
      } else {
        scene ??= openScene({}, blocks)
        obey(scene, command)
      }
    }
    const { stage, narrator } = scene ?? openScene({}, blocks)
    runUntilQuiet(stage, narrator)
    return { commands, outcome: narrator.take() }
  })
  return { blocks: done }
}

function openScene(options: Partial<WorldOptions>, blocks: Story['blocks']): Scene {
  // Moving all counters on is nothing that a server could do.
  const checked = !blocks.some(({ commands }) => commands.some((line) => line.includes('exhaust')))
  const stage = createStage({ ...options, start: false }, (world) =>
    checked ? [createSafetyChecker(world).observer] : [],
  )
  const narrator = createNarrator(stage)
  stage.world.observers.push(narrator.observer)
  return { stage, narrator }
}

function worldOptions(command: string): Partial<WorldOptions> {
  const pairs = command.split(' ').slice(1)
  const { reconfigEnabled = 0, ...numbers } = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), numberOf(pair.slice(pair.indexOf('=') + 1))]),
  )
  return { ...numbers, reconfigEnabled: reconfigEnabled === 1 }
}

function numberOf(word: string | undefined): number {
  const number = Number(word)
  assert(word !== undefined && word !== '' && Number.isFinite(number), `${word} is a number`)
  return number
}

function runUntilQuiet(stage: Stage, narrator: Narrator): void {
  const { world } = stage
  const endUs = world.nowUs + BLOCK_US_MAX
  let saidAtUs = world.nowUs
  for (let count = -1; world.nowUs - saidAtUs < QUIET_US && world.nowUs < endUs; ) {
    if (narrator.count() !== count) saidAtUs = world.nowUs
    count = narrator.count()
    if (!moveOn(stage, narrator)) return
  }
}

function moveOn(stage: Stage, narrator: Narrator): boolean {
  const moved = nextEvent(stage.world)
  narrator.lookAtClients()
  return moved
}

function obey(scene: Scene, command: string): void {
  const { stage, narrator } = scene
  const [verb, ...words] = command.split(' ')
  assert(verb !== undefined, 'a command is a word')
  const at = (): number => numberOf(words[0])
  switch (verb) {
    case 'quietly': {
      for (const one of words.join(' ').split('; ')) obey(scene, one)
      runUntilQuiet(stage, narrator)
      narrator.take()
      return
    }
    case 'start':
      return boot(stage, ...words.map(numberOf))
    case 'kill':
      return killAt(stage, at(), words)
    case 'pause':
      return doNow(stage, { type: 'pause', at: asSid(at()), forUs: numberOf(words[2]) * 1000 })
    case 'split':
      return split(stage, ...groupsOf(words))
    case 'heal':
      return heal(stage, words[0] === 'reset')
    case 'disk':
      return disk(stage, at(), words[1] as DiskMode) // a word that is none changes nothing, and the story shows it
    case 'connect':
    case 'move':
      return connect(stage, words)
    case 'vanish':
      return stopClient(stage.world, clientNamed(stage, words[0]).client)
    case 'ask':
      return ask(stage, words)
    case 'hold':
      return hold(scene, words)
    case 'release':
      return gate(stage, null)
    case 'wait':
      return wait(scene, at())
    case 'show':
    case 'hide':
      narrator.showPings = verb === 'show'
      return
    case 'exhaust':
      return void nearlyExhaust(stage, at())
    default:
      assert(false, `there is a command ${verb}`)
  }
}

/** `kill 3` leaves on its disk what it was asked for; `kill 3 keeping 1` only so many operations of it. */
function killAt(stage: Stage, sid: number, words: readonly string[]): void {
  const { queue } = server(stage, sid).disk
  if (words[1] !== 'keeping') return kill(stage, sid)
  const kept = numberOf(words[2])
  assert(kept <= queue.length, `${kept} operations of ${sid} are unsynced`)
  kill(stage, sid, queue.length === 0 ? 0 : kept / queue.length)
}

/** `3 | 1 2` */
function groupsOf(words: readonly string[]): [number[], number[]] {
  const [left = '', right = ''] = words.join(' ').split('|')
  return [left.trim().split(' ').map(numberOf), right.trim().split(' ').map(numberOf)]
}

/** `a@1`, with the session that it has, or a new one: `a@1 timeout=2000`. */
function connect(stage: Stage, words: readonly string[]): void {
  const [name = '', sid] = (words[0] ?? '').split('@')
  const known = stage.scripted.get(name)
  if (known) return moveTo(stage.world, known.client, asSid(numberOf(sid)))
  if (words[1] === 'super') return void addScripted(stage, name, numberOf(sid), 4000, [{ scheme: 'super', id: '' }])
  const timeout = words[1]?.startsWith('timeout=') ? numberOf(words[1].slice('timeout='.length)) : 4000
  clientOf(stage, name, numberOf(sid), timeout)
}

function clientNamed(stage: Stage, name: string | undefined) {
  const found = stage.scripted.get(name ?? '')
  assert(found !== undefined, `there is a client ${name}`)
  return found
}

/** `a create /x ephemeral`, `a set /x data`, `a get /x watch`, `a sync`, `a close` … */
function ask(stage: Stage, [name, verb = '', path = '/', more]: readonly string[]): void {
  const scripted = clientNamed(stage, name)
  scripted.todo.push(requestOf(verb, path, more))
  nudge(stage.world, scripted.client)
}

const RECONFIG = {
  type: 'reconfig',
  joiningServers: null,
  leavingServers: null,
  newMembers: null,
  curConfigId: NO_ZXID,
} as const

function requestOf(verb: string, path: string, more: string | undefined): ClientRequest {
  const watch = more === 'watch'
  switch (verb) {
    case 'create': {
      const flags = more === 'ephemeral' ? CREATE_FLAGS.ephemeral : CREATE_FLAGS.persistent
      return { type: 'create', path, data: utf8Encode(path), acl: OPEN_ACL, flags }
    }
    case 'set':
      return { type: 'setData', path, data: utf8Encode(more ?? ''), version: -1 }
    case 'delete':
      return { type: 'delete', path, version: -1 }
    case 'get':
      return { type: 'getData', path, watch }
    case 'exists':
      return { type: 'exists', path, watch }
    case 'list':
      return { type: 'getChildren', path, watch }
    case 'sync':
      return { type: 'sync', path }
    case 'close':
      return { type: 'closeSession' }
    case 'join':
      return { ...RECONFIG, joiningServers: formatServer(specOf(numberOf(path), more === 'observer')) }
    case 'leave':
      return { ...RECONFIG, leavingServers: path }
    default:
      throw new Error(`there is no request ${verb}`)
  }
}

/** `PROPOSAL 3->1 3->2`: packets of that type, and all that is behind them, wait until `release`. */
function hold({ stage, narrator }: Scene, [type, ...ways]: readonly string[]): void {
  const held = new WeakSet<QuorumPacket>()
  gate(stage, (from, to, packet) => {
    if (packet.type !== type || !ways.includes(`${from}->${to}`)) return false
    if (!held.has(packet)) narrator.say(`${from}->${to} ${packet.type} is held up`)
    held.add(packet)
    return true
  })
}

function wait({ stage, narrator }: Scene, ms: number): void {
  const endUs = stage.world.nowUs + ms * 1000
  while (stage.world.nowUs < endUs && moveOn(stage, narrator));
}
