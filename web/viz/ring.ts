// Where the members of an ensemble stand: on a circle, in the order of their ids, the first at the top.
// Links run from rim to rim, bundled lines never cross a disc they do not concern more than they must.

export interface RingNode {
  readonly sid: number
  readonly x: number
  readonly y: number
  /** Where its words go: outside of the ring. */
  readonly labelX: number
  readonly labelY: number
  readonly anchor: 'start' | 'middle' | 'end'
  readonly side: 'beside' | 'above' | 'below'
}

export interface RingLink {
  readonly from: number
  readonly to: number
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  readonly middleX: number
  readonly middleY: number
}

export interface RingBox {
  readonly width: number
  readonly height: number
  readonly discPx: number
  /** Room kept for words: at the left and right of a disc, or above and below when `labels` is outside. */
  readonly labelPx: number
  readonly labels: 'beside' | 'outside'
}

/** Coordinates of `sids` in a box; two members stand side by side, one stands alone in the middle. */
export function layoutRing(sids: readonly number[], box: RingBox): RingNode[] {
  const { width, height, discPx, labelPx, labels } = box
  const n = sids.length
  const outside = labels === 'outside'
  const sines = n < 3 ? [0] : sids.map((_, i) => Math.sin(angleAt(i, n)))
  const [highest, lowest] = [Math.min(...sines), Math.max(...sines)]
  const roomX = width / 2 - discPx - (outside ? MARGIN_PX : labelPx)
  const roomY =
    (height - 2 * discPx - 2 * MARGIN_PX - (outside ? labelPx * (n > 2 ? 2 : 1) : 0)) / Math.max(1, lowest - highest)
  const radius = n === 1 ? 0 : Math.max(0, n === 2 ? roomX : Math.min(roomX, roomY))
  // Words below neighbours would touch on a small circle: where there is more room across than down, it is made wider.
  const radiusX = outside && n > 2 ? Math.max(radius, Math.min(roomX - LABEL_HALF_PX, radius * WIDEST)) : radius
  const centreY = (height - (outside && n < 3 ? labelPx : 0)) / 2 - ((lowest + highest) / 2) * radius
  return sids.map((sid, i) => {
    const angle = angleAt(i, n)
    const x = width / 2 + Math.cos(angle) * radiusX
    const y = centreY + (n < 3 ? 0 : Math.sin(angle) * radius)
    if (outside) {
      const above = n > 2 && Math.sin(angle) < -0.01
      const labelY = above ? y - discPx - LABEL_GAP_PX : y + discPx + LABEL_GAP_PX
      return { sid, x, y, labelX: x, labelY, anchor: 'middle', side: above ? 'above' : 'below' }
    }
    const anchor = Math.cos(angle) < -0.01 ? 'end' : 'start'
    const away = discPx + LABEL_GAP_PX
    return { sid, x, y, labelX: anchor === 'start' ? x + away : x - away, labelY: y, anchor, side: 'beside' }
  })
}

const MARGIN_PX = 12
const LABEL_GAP_PX = 14
/** Half of what words below a disc take. */
const LABEL_HALF_PX = 48
const WIDEST = 2

function angleAt(i: number, n: number): number {
  return n === 2 ? Math.PI * (1 - i) : -Math.PI / 2 + (i * 2 * Math.PI) / n
}

/** A line between two discs, from rim to rim with a gap. */
export function layoutLink(from: RingNode, to: RingNode, discPx: number): RingLink {
  const dx = to.x - from.x
  const dy = to.y - from.y
  const length = Math.hypot(dx, dy) || 1
  const gap = Math.min(discPx + 8, length / 2)
  const ux = dx / length
  const uy = dy / length
  const [x1, y1] = [from.x + ux * gap, from.y + uy * gap]
  const [x2, y2] = [to.x - ux * gap, to.y - uy * gap]
  return { from: from.sid, to: to.sid, x1, y1, x2, y2, middleX: (x1 + x2) / 2, middleY: (y1 + y2) / 2 }
}
