// Dots that run from the leader to its followers when a new round went that way. They lie over the drawing as elements of
// their own that only move: within it each frame of theirs would style, lay out and paint the whole ring again.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import { useCluster } from '../stores/view-store.ts'
import { isServing, leaderOf, membersInOrder } from '../viz/ensemble-answer.ts'
import { layoutLink, layoutRing, type RingBox } from '../viz/ring.ts'

/** More writes than this in a second are not told by dots. */
const WRITES_PER_S_MAX = 20

interface Running {
  /** Each new one sets the dots off once. */
  readonly round: string
  readonly leader: number
  readonly followers: readonly number[]
  readonly all: readonly number[]
}

function running(view: ClusterView): Running | null {
  const round = view.rounds.at(-1)?.txn.zxid
  const leader = leaderOf(view)?.sid
  if (round === undefined || leader === undefined || (view.writeRate.at(-1)?.[1] ?? 0) > WRITES_PER_S_MAX) return null
  const members = membersInOrder(view)
  const followers = members.filter((each) => each.sid !== leader && each.leader === leader && isServing(each))
  return { round, leader, followers: followers.map(({ sid }) => sid), all: members.map(({ sid }) => sid) }
}

/** `box`: that of the ring below. */
export function RingDots({ box }: { readonly box: RingBox }) {
  const now = useCluster(running)
  if (!now) return null
  const nodes = layoutRing(now.all, box)
  const from = nodes.find(({ sid }) => sid === now.leader)
  return (
    <div className="ring-dots" aria-hidden="true">
      {now.followers.map((sid) => {
        const to = nodes.find((node) => node.sid === sid)
        if (!from || !to) return null
        const { x1, y1, x2, y2 } = layoutLink(from, to, box.discPx)
        const way = { '--from': `${x1}px, ${y1}px`, '--to': `${x2}px, ${y2}px` }
        return (
          <span key={`${sid} ${now.round}`} style={way as React.CSSProperties /* variables are not in its type */} />
        )
      })}
    </div>
  )
}
