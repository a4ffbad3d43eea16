// Writes down what happens in a world, one line an event, as a person wants to read it: repeated votes and pings are
// left out, and what a server does in one go stands in one line.

import type { PeerEffect, PeerInput } from '../../peer/contract.ts'
import { errorName } from '../../zk/errors.ts'
import type { Sid } from '../../zk/ids.ts'
import type { Notification } from '../../zk/vote.ts'
import { formatEpochCounter } from '../../zk/zxid.ts'
import type { SimClient } from '../clients/sim-client.ts'
import type { Stage } from '../scenarios/stage.ts'
import type { SimServer, WorldObserver } from '../world/contract.ts'
import { serverOf } from '../world/world.ts'
import { answerWords, configWords, durableWords, packetWords, txnWords } from './words.ts'

export interface Narrator {
  readonly observer: WorldObserver
  showPings: boolean
  /** Takes a line of somebody else's. */
  say(line: string): void
  /** To be called after each event of the world: clients tell no observer. */
  lookAtClients(): void
  /** How many lines there are since the last `take`. */
  count(): number
  take(): string[]
}

interface Told {
  readonly lines: string[]
  /** Lines that begin alike are one: `1 durable 1/3, 1/4`. */
  foldable: string | null
}

export function createNarrator(stage: Stage): Narrator {
  const told: Told = { lines: [], foldable: null }
  const say = (line: string): void => {
    told.lines.push(line)
    told.foldable = null
  }
  const servers = createServerNarrator(stage, told, say)
  const narrator: Narrator = {
    observer: servers.observer,
    showPings: false,
    say,
    lookAtClients: createClientNarrator(stage, say),
    count: () => told.lines.length,
    take() {
      told.foldable = null
      return told.lines.splice(0)
    },
  }
  servers.of(narrator)
  return narrator
}

function createServerNarrator(stage: Stage, told: Told, say: (line: string) => void) {
  let narrator: Narrator | null = null
  /** Who is at the other end of a server's link. */
  const ends = new Map<string, Sid>()
  const states = new Map<Sid, string>()
  /** What a server said last, to whom it said it. */
  const votes = new Map<Sid, string>()
  const configs = new Map<Sid, string>()
  const notified = new Map<string, string>()

  const fold = (head: string, item: string): void => {
    if (told.foldable === head) told.lines.push(`${told.lines.pop() ?? head}, ${item}`)
    else told.lines.push(`${head} ${item}`)
    told.foldable = head
  }

  const whose = (sessionId: bigint): string => {
    for (const [name, { client }] of stage.scripted) if (client.sessionId === sessionId) return name
    for (const [name, { client }] of stage.scripted) {
      if (stage.world.recorder.connections.some((c) => c.client === client.number && c.sessionId === sessionId))
        return name
    }
    return 'a new client'
  }

  const hear = (server: SimServer, input: PeerInput): void => {
    const { sid } = server
    if (input.type === 'linkUp') {
      const wire = serverOf(stage.world, sid).links.get(input.link)
      if (wire) ends.set(`${sid}/${input.link}`, wire.learner.sid === sid ? wire.leader.sid : wire.learner.sid)
    } else if (input.type === 'packet') {
      if (input.packet.type === 'PING' && !narrator?.showPings) return
      say(`${ends.get(`${sid}/${input.link}`)}->${sid} ${packetWords(input.packet, whose)}`)
    } else if (input.type === 'notification') {
      hearNotification(sid, input.from, input.notification)
    }
  }

  /** Of the votes of an election only the changes are told, where they are given. Here: who answers a newcomer. */
  const hearNotification = (sid: Sid, from: Sid, n: Notification): void => {
    if (n.state === 'LOOKING' || states.get(sid) !== 'LOOKING') return
    const words = `${n.state} leader=${n.leader} epoch=${n.peerEpoch} round=${n.electionEpoch}`
    if (notified.get(`${from}>${sid}`) === words) return
    notified.set(`${from}>${sid}`, words)
    say(`${from}->${sid} ${words}`)
  }

  const perform = (sid: Sid, effect: PeerEffect, all: readonly PeerEffect[]): void => {
    switch (effect.type) {
      case 'append': {
        const zxid = formatEpochCounter(effect.entry.zxid)
        if (states.get(sid) === 'LEADING') return say(`${sid} append ${zxid} ${txnWords(effect.entry.txn)}`)
        return fold(`${sid} append`, zxid)
      }
      case 'truncate':
        return say(`${sid} truncate after ${formatEpochCounter(effect.zxid)}`)
      case 'installSnapshot':
        return say(`${sid} install snapshot ${formatEpochCounter(effect.zxid)}`)
      case 'saveEpoch':
        return say(`${sid} save ${effect.which}Epoch=${effect.epoch}`)
      case 'configured': {
        const words = `${configWords(effect.active)} (version ${formatEpochCounter(effect.active.version)})`
        if (configs.get(sid) === words || effect.active.version === 0) return
        configs.set(sid, words)
        return say(`${sid} activate ${words}`)
      }
      case 'state': {
        const before = states.get(sid) ?? 'LOOKING'
        states.set(sid, effect.state)
        const { role } = serverOf(stage.world, sid).peer?.zab ?? {}
        if (effect.state === 'LOOKING') {
          for (const other of stage.world.servers.keys()) notified.delete(`${other}>${sid}`)
          return say(`${sid} ${before} -> LOOKING (${effect.reason})`)
        }
        const leader = role && 'leader' in role ? ` leader=${role.leader}` : ''
        return say(`${sid} ${before} -> ${effect.state}${leader}`)
      }
      case 'notify': {
        const n = effect.notification
        if (n.state !== 'LOOKING') return
        const words = voteWords(sid, n)
        if (votes.get(sid) === words) return
        votes.set(sid, words)
        return say(`${sid} ${words}`)
      }
      case 'committed': {
        const by = effect.by === sid ? 'its own ack' : `the ack of ${effect.by}`
        return say(`${sid} commit ${formatEpochCounter(effect.zxid)} (${by} makes the quorum)`)
      }
      case 'applied':
        if (effect.err !== 0)
          return say(`${sid} apply ${formatEpochCounter(effect.entry.zxid)} -> ${errorName(effect.err)}`)
        return fold(`${sid} apply`, formatEpochCounter(effect.entry.zxid))
      case 'reload':
        return say(`${sid} reload its tree from disk`)
      case 'serving':
        return say(`${sid} serve clients in epoch ${effect.epoch}`)
      case 'diverged':
        return say(`${sid} leave service: its tree differs at ${formatEpochCounter(effect.zxid)}`)
      case 'close': {
        // Who looks for a leader again says so in its own line.
        const other = ends.get(`${sid}/${effect.link}`)
        if (all.some((one) => one.type === 'state') || other === undefined) return
        return say(`${sid} cut off ${other} (${effect.reason})`)
      }
      default:
    }
  }

  const observer: WorldObserver = {
    stepped(server, input, effects) {
      hear(server, input)
      for (const effect of effects) perform(server.sid, effect, effects)
    },
    durable(server, effect) {
      fold(`${server.sid} durable`, durableWords(effect))
    },
    started(server, recovered) {
      states.set(server.sid, 'LOOKING')
      votes.delete(server.sid)
      const { currentEpoch, acceptedEpoch, lastZxid } = recovered
      const epochs = `acceptedEpoch=${acceptedEpoch} currentEpoch=${currentEpoch}`
      say(`${server.sid} starts: ${epochs} lastZxid=${formatEpochCounter(lastZxid)}`)
    },
    crashed(server) {
      say(`${server.sid} ends${server.ended ? `: ${server.ended}` : ''}`)
    },
  }
  return {
    observer,
    of(one: Narrator): void {
      narrator = one
    },
  }
}

/** Observers have no vote: they only ask, in their own way. */
function voteWords(sid: Sid, { leader, peerEpoch, zxid, electionEpoch }: Notification): string {
  if (leader < 0) return 'asks who leads'
  const whom = leader === sid ? 'itself' : leader
  return `votes for ${whom} (epoch ${peerEpoch}, zxid ${formatEpochCounter(zxid)}) in round ${electionEpoch}`
}

/** What a client has seen of the world so far. */
interface Seen {
  conn: number | null
  server: Sid | null
  open: boolean
}

function createClientNarrator(stage: Stage, say: (line: string) => void): () => void {
  const seen = new Map<SimClient, Seen>()
  let operations = 0
  let events = 0
  const answered = new Set<number>()
  return () => {
    const { recorder } = stage.world
    for (const [name, { client }] of stage.scripted) {
      const before = seen.get(client) ?? { conn: null, server: null, open: false }
      const open = client.phase === 'open'
      const conn = client.record?.conn ?? null
      const resumed = client.record?.resumes ?? false
      const server = client.wire?.server.sid ?? null
      if (before.open && (!open || conn !== before.conn)) say(`client ${name}@${before.server} is disconnected`)
      if (open && (!before.open || conn !== before.conn)) {
        say(
          `client ${name}@${server} ${resumed ? 'resumes its session' : `has a new session of ${client.timeoutMs} ms`}`,
        )
      }
      seen.set(client, { conn, server, open })
    }
    const nameOf = (number: number): string => {
      for (const [name, { client }] of stage.scripted) if (client.number === number) return name
      return '?'
    }
    const frames: { readonly conn: number; readonly arrival: number; readonly line: string }[] = []
    for (; events < recorder.events.length; events += 1) {
      const one = recorder.events[events]
      const from = recorder.connections.find((c) => c.conn === one?.conn)
      if (!one || !from) continue
      const zxid = one.zxid === null ? '' : ` ${formatEpochCounter(one.zxid)}`
      const line = `client ${nameOf(from.client)}@${from.server} watch ${one.event.type} ${one.event.path}${zxid}`
      frames.push({ conn: one.conn, arrival: one.arrival, line })
    }
    for (let i = operations; i < recorder.operations.length; i += 1) {
      const one = recorder.operations[i]
      if (!one || one.doneAtMs === null || answered.has(i)) continue
      answered.add(i)
      const line = `client ${nameOf(one.client)}@${one.server} ${answerWords(one)}`
      if (one.request.type !== 'setWatches2') frames.push({ conn: one.conn, arrival: one.arrival, line })
    }
    while (answered.has(operations)) {
      answered.delete(operations)
      operations += 1
    }
    for (const frame of frames.sort((a, b) => a.arrival - b.arrival)) say(frame.line)
  }
}
