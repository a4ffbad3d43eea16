// The ring: members as marks, links from the leader to whoever follows it, each with the time its acks take.
// Dots that run along links are ring-dots.tsx's. Everything here is also in the table below it.

import { useId } from 'react'
import type { ClusterView, MemberView } from '#shared/events/cluster-view.ts'
import { formatBytes, formatCount } from '../i18n/format.ts'
import type { Messages } from '../i18n/languages.ts'
import { currentChronicle } from '../stores/chronicle-store.ts'
import { hover, useHover } from '../stores/hover-store.ts'
import { selectionKey } from '../stores/route.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { serverNow, useCluster, useOwnSessions } from '../stores/view-store.ts'
import { MemberGlyph, memberColour } from '../ui/member-glyph.tsx'
import { useDuration } from '../ui/times.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { currentVote } from '../viz/elections.ts'
import {
  clientsOf,
  isServing,
  type Lag,
  lagOf,
  leaderOf,
  type MemberRole,
  membersInOrder,
  roleOf,
} from '../viz/ensemble-answer.ts'
import { layoutLink, layoutRing, type RingBox, type RingLink, type RingNode } from '../viz/ring.ts'
import { harmedLinks } from '../viz/ring-faults.ts'
import { type LinkLoad, linkLoad } from '../viz/ring-traffic.ts'
import { ackTime } from '../viz/round-facts.ts'
import { RingFaultLinks } from './ring-fault-links.tsx'

const ACK_ROUNDS = 50
/** Fewer have a dot that travels. */
const BUNDLE_FROM = 2
const BUNDLE_AT = 0.76
const BUNDLE_PX = 10
const BUNDLE_LETTER_PX = 6.5

interface RingMember {
  readonly member: MemberView
  readonly role: MemberRole
  readonly vote: number | null
  readonly lag: Lag
  /** Without the gateway's own. */
  readonly clients: number
}

interface RingState {
  readonly members: readonly RingMember[]
  readonly leader: number | null
  readonly acks: ReadonlyMap<number, { readonly medianMs: number; readonly rounds: number }>
  readonly loads: ReadonlyMap<number, LinkLoad>
}

function ringState(view: ClusterView, own: ReadonlySet<string>): RingState {
  const leader = leaderOf(view)?.sid ?? null
  const acks = new Map<number, { medianMs: number; rounds: number }>()
  const loads = new Map<number, LinkLoad>()
  const now = serverNow()
  const members = membersInOrder(view).map((member): RingMember => {
    const role = roleOf(member)
    const ack = leader === null ? null : ackTime(view.rounds, leader, member.sid, ACK_ROUNDS)
    if (ack) acks.set(member.sid, ack)
    if (leader !== null && leader !== member.sid)
      loads.set(member.sid, linkLoad(view, currentChronicle().links, leader, member.sid, now))
    return {
      member,
      role,
      vote: role === 'LOOKING' ? (currentVote(view.votes, member.sid)?.leader ?? null) : null,
      lag: lagOf(member, view),
      clients: clientsOf(view, member, own),
    }
  })
  return { members, leader, acks, loads }
}

interface MemberRingProps {
  readonly box: RingBox
  /** Somebody chose the link between two members. */
  readonly onLink?: (a: number, b: number) => void
}

export function MemberRing({ box, onLink }: MemberRingProps) {
  const { ensemble: words } = useMessages()
  const own = useOwnSessions()
  const { members, leader, acks, loads } = useCluster((view) => ringState(view, own))
  const harmed = useCluster((view) => harmedLinks(view.faults))
  const duration = useDuration()
  const isHarmed = (sid: number) =>
    harmed.some(({ a, b }) => (a === leader && b === sid) || (a === sid && b === leader))
  const ackLabel = (a: number, b: number): string | null => {
    const ack = leader === a ? acks.get(b) : leader === b ? acks.get(a) : undefined
    return ack ? duration(ack.medianMs) : null
  }
  const titleId = useId()
  const nodes = layoutRing(
    members.map(({ member }) => member.sid),
    box,
  )
  const leaderNode = nodes.find((node) => node.sid === leader)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand for a drawing
    <svg className="ring" width={box.width} height={box.height} role="group" aria-labelledby={titleId}>
      <title id={titleId}>{words.ring}</title>
      {leaderNode &&
        members
          .filter(({ member }) => member.sid !== leader && member.leader === leader && isServing(member))
          .map(({ member }) => {
            const node = nodes.find((each) => each.sid === member.sid)
            const ack = acks.get(member.sid)
            return (
              node && (
                <Link
                  key={member.sid}
                  from={leaderNode}
                  to={node}
                  discPx={box.discPx}
                  ack={isHarmed(member.sid) ? null : (ack ?? null)}
                  load={loads.get(member.sid) ?? null}
                  {...(onLink && { onLink })}
                />
              )
            )
          })}
      {leaderNode &&
        members
          .filter(({ member }) => member.sid !== leader && !(member.leader === leader && isServing(member)))
          .map(({ member }) => {
            const node = nodes.find((each) => each.sid === member.sid)
            return node && <MissingLink key={member.sid} from={leaderNode} to={node} discPx={box.discPx} />
          })}
      <RingFaultLinks links={harmed} nodes={nodes} discPx={box.discPx} labelOf={ackLabel} />
      {nodes.map((node, i) => {
        const state = members[i]
        return state && <Node key={node.sid} node={node} state={state} box={box} />
      })}
    </svg>
  )
}

interface LinkProps {
  readonly from: RingNode
  readonly to: RingNode
  readonly discPx: number
  readonly ack: { readonly medianMs: number; readonly rounds: number } | null
  readonly load: LinkLoad | null
  readonly onLink?: (a: number, b: number) => void
}

function Link({ from, to, discPx, ack, load, onLink }: LinkProps) {
  const { ensemble: words, playground } = useMessages()
  const duration = useDuration()
  const link = layoutLink(from, to, discPx)
  const loadWords = useLoadWords(to.sid, load)
  const choose = () => onLink?.(from.sid, to.sid)
  const asButton = onLink && {
    role: 'button',
    tabIndex: 0,
    'aria-label': playground.faults.linkButton(String(from.sid), String(to.sid)),
    onClick: choose,
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      event.stopPropagation()
      choose()
    },
  }
  return (
    <g className="ring-link" {...asButton}>
      <title>
        {ack
          ? words.ackTimeHint(String(to.sid), duration(ack.medianMs), ack.rounds)
          : words.followsLink(String(to.sid), String(from.sid))}
        {loadWords && `. ${loadWords}`}
      </title>
      <line className="link-target" x1={link.x1} y1={link.y1} x2={link.x2} y2={link.y2} />
      <line className="link" x1={link.x1} y1={link.y1} x2={link.x2} y2={link.y2} />
      {ack && (
        <text className="link-label" x={link.middleX} y={link.middleY} textAnchor="middle" dy="0.36em">
          {duration(ack.medianMs)}
        </text>
      )}
      {load && load.inFlight >= BUNDLE_FROM && <Bundle link={link} load={load} />}
    </g>
  )
}

/** Many proposals on their way are one mark with their number: nearer to who has to ack them. */
function Bundle({ link, load }: { readonly link: RingLink; readonly load: LinkLoad }) {
  const { ensemble: words } = useMessages()
  const language = useLanguage()
  const text = words.inFlight(formatCount(load.inFlight, language), load.exact)
  const [x, y] = [link.x1 + (link.x2 - link.x1) * BUNDLE_AT, link.y1 + (link.y2 - link.y1) * BUNDLE_AT]
  const width = BUNDLE_PX + text.length * BUNDLE_LETTER_PX
  return (
    <g className="link-bundle" transform={`translate(${x} ${y})`}>
      <rect x={-width / 2} y={-8} width={width} height={16} rx={8} />
      <text textAnchor="middle" dy="0.36em">
        {text}
      </text>
    </g>
  )
}

function useLoadWords(sid: number, load: LinkLoad | null): string {
  const { ensemble: words } = useMessages()
  const language = useLanguage()
  if (!load) return ''
  const parts = [
    ...(load.inFlight > 0 ? [words.loadHint(String(sid), formatCount(load.inFlight, language), load.exact)] : []),
    ...(load.queuedBytes > 0 ? [words.queued(formatBytes(load.queuedBytes))] : []),
    ...(load.bytesPerS !== null ? [words.traffic(formatBytes(Math.round(load.bytesPerS)))] : []),
  ]
  return parts.join(' · ')
}

/** Where a follower would be heard: a gap in the middle. */
function MissingLink({ from, to, discPx }: Pick<LinkProps, 'from' | 'to' | 'discPx'>) {
  const { ensemble: words } = useMessages()
  const link = layoutLink(from, to, discPx)
  const part = (at: number) => [link.x1 + (link.x2 - link.x1) * at, link.y1 + (link.y2 - link.y1) * at] as const
  const [a, b] = [part(0.4), part(0.6)]
  return (
    <g className="link-missing">
      <title>{words.noLink(String(to.sid), String(from.sid))}</title>
      <line x1={link.x1} y1={link.y1} x2={a[0]} y2={a[1]} />
      <line x1={b[0]} y1={b[1]} x2={link.x2} y2={link.y2} />
    </g>
  )
}

interface NodeProps {
  readonly node: RingNode
  readonly state: RingMember
  readonly box: RingBox
}

function nodeLines(
  { member, role, vote, lag, clients }: RingMember,
  words: Messages['ensemble'],
): { text: string; className: string }[] {
  const lines = [{ text: words.roles[role], className: `ring-role ${role}` }]
  if (role === 'down') return lines
  if (role === 'LOOKING' && vote !== null) lines.push({ text: words.votesFor(String(vote)), className: 'ring-line' })
  else if (lag.type === 'older-epoch') lines.push({ text: words.lagEpoch, className: 'ring-line behind-ink' })
  else if (lag.type === 'txns') {
    lines.push({ text: words.lagTxns(lag.count, String(lag.count)), className: 'ring-line behind-ink' })
  } else lines.push({ text: member.lastZxid, className: 'ring-line mono' })
  if (member.phase !== null && member.phase !== 'BROADCAST' && member.phase !== 'ELECTION')
    lines.push({ text: words.phases[member.phase], className: 'ring-line phase' })
  else if (role !== 'LOOKING')
    lines.push({ text: words.epochAndClients(String(member.epoch), clients), className: 'ring-line load' })
  return lines
}

const LINE_PX = 18

/** Baseline of the name above its `lines`. */
function labelTop(node: RingNode, lines: number): number {
  if (node.side === 'below') return node.labelY + 8
  if (node.side === 'above') return node.labelY - lines * LINE_PX - 4
  return node.labelY - (lines * LINE_PX) / 2 + 5
}

function Node({ node, state, box }: NodeProps) {
  const { ensemble: words } = useMessages()
  const { member, role, vote } = state
  const selection = { type: 'member', sid: member.sid } as const
  const key = selectionKey(selection)
  const chosen = useRoute((route) => route.selection !== null && selectionKey(route.selection) === key)
  const lit = useHover((hovered) => hovered.key === key)
  const sid = String(member.sid)
  const lines = nodeLines(state, words)
  const top = labelTop(node, lines.length)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand inside a drawing
    <g
      className="ring-node"
      role="button"
      tabIndex={0}
      aria-label={words.describe(sid, words.roles[role], String(member.epoch), member.lastZxid)}
      aria-pressed={chosen}
      onClick={() => select(selection)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        event.stopPropagation()
        select(selection)
      }}
      onPointerEnter={() => hover(key)}
      onPointerLeave={() => hover(null)}
    >
      <g transform={`translate(${node.x} ${node.y})`}>
        {(chosen || lit) && (
          <circle className="ring-chosen" data-chosen={chosen ? '' : undefined} r={box.discPx * 1.45} />
        )}
        <circle className="ring-target" r={box.discPx * 1.3} />
        <MemberGlyph sid={member.sid} role={role} radius={box.discPx} vote={vote} />
      </g>
      <g className="ring-label" data-member={memberColour(member.sid)} textAnchor={node.anchor}>
        <text className="ring-name" x={node.labelX} y={top}>
          {words.member(sid)}
        </text>
        {lines.map((line, i) => (
          <text key={line.className} className={line.className} x={node.labelX} y={top + LINE_PX * (i + 1)}>
            {line.text}
          </text>
        ))}
      </g>
    </g>
  )
}
