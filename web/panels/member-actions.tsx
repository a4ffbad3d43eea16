// Buttons for a member's process, and the question that comes before anything destructive: it says exactly
// what will happen, and cancel is the default.

import { memo } from 'react'
import type { MemberView } from '#shared/events/cluster-view.ts'
import { askFirst, type MemberAction, neverMind, order, useOrders } from '../stores/member-actions.ts'
import { useCluster, useOwnSessions, useViewStore } from '../stores/view-store.ts'
import { Dialog } from '../ui/dialog.tsx'
import { useMessages } from '../ui/words.ts'
import { clientsOf, ensembleAnswer, isServing } from '../viz/ensemble-answer.ts'
import { GuardedButton } from './tree/guarded-button.tsx'

const HARMLESS: ReadonlySet<MemberAction> = new Set(['start', 'resume'])

function actionsFor(process: MemberView['process'], all: boolean): MemberAction[] {
  switch (process) {
    case 'running':
    case 'starting':
      return all ? ['kill', 'pause', 'stop'] : ['kill', 'pause']
    case 'paused':
      return ['kill', 'resume']
    default:
      return ['start']
  }
}

interface MemberActionsProps {
  readonly member: MemberView
  /** With the rarer ones. */
  readonly all?: boolean
}

export function MemberActions({ member, all = false }: MemberActionsProps) {
  return <Buttons sid={member.sid} process={member.process} all={all} />
}

type ButtonsProps = Pick<MemberView, 'sid' | 'process'> & { readonly all: boolean }

/** Members are told anew ten times a second, what can be done with them changes rarely. */
const Buttons = memo(ButtonsNow)

function ButtonsNow({ sid, process, all }: ButtonsProps) {
  const words = useMessages().ensemble
  const busy = useOrders((state) => state.busy.has(sid))
  const live = useViewStore((state) => state.status.type === 'live')
  const ours = useViewStore((state) => state.about?.cluster.kind === 'embedded')
  // Servers of others have no process here, and those of a recording none at all.
  if (!ours) return null
  return (
    <span className="member-actions">
      {actionsFor(process, all).map((action) => (
        <GuardedButton
          key={action}
          needs={`member:${action}`}
          className={`small ${action === 'kill' ? 'danger' : ''}`}
          label={words.actionOn[action](String(sid))}
          disabled={busy || !live}
          onClick={(event) => {
            event.stopPropagation()
            if (HARMLESS.has(action)) void order(sid, action)
            else askFirst(sid, action)
          }}
        >
          {words.actions[action]}
        </GuardedButton>
      ))}
    </span>
  )
}

export function ActionDialog() {
  const confirming = useOrders((state) => state.confirming)
  return confirming ? <Question sid={confirming.sid} action={confirming.action} /> : null
}

function Question({ sid, action }: { readonly sid: number; readonly action: MemberAction }) {
  const { ensemble, frame } = useMessages()
  const answer = useCluster(ensembleAnswer)
  const members = useCluster((view) => view.members)
  const own = useOwnSessions()
  const member = members[String(sid)]
  const clients = useCluster((view) => (member ? clientsOf(view, member, own) : 0))
  const left = answer.votersServing - (member && member.role === 'participant' && isServing(member) ? 1 : 0)
  return (
    <Dialog title={ensemble.confirm[action](String(sid))} onClose={neverMind}>
      <p>
        {answer.leader === sid && `${ensemble.leadsExpectElection} `}
        {ensemble.clientsMove(clients)}{' '}
        {left >= answer.quorum
          ? ensemble.stillServes(left, answer.voters)
          : ensemble.noQuorumAfter(left, answer.quorum)}
      </p>
      <div className="buttons">
        {/* The first focusable element of a modal gets the focus: cancel is the default. */}
        <button type="button" className="button" onClick={neverMind}>
          {frame.cancel}
        </button>
        <button
          type="button"
          className="button danger primary"
          onClick={() => {
            neverMind()
            void order(sid, action)
          }}
        >
          {ensemble.confirmDo[action]}
        </button>
      </div>
    </Dialog>
  )
}
