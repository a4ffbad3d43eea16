// Linearizability by search: is there an order of the calls that keeps real time and that a sequential model
// accepts? Wing and Gong's depth-first search over a list of calls and returns, with Lowe's memory of what was
// tried: the same calls done and the same state reached need not be tried twice.

/** One call of a client on the object. */
export interface Call<O> {
  readonly input: O
  readonly from: number
  /** Infinite for an unknown outcome: it may take effect at any time after `from`, or never. */
  readonly to: number
}

export interface Model<S, O> {
  readonly initial: S
  /** The state after the call, null if its answer is impossible there. */
  readonly step: (state: S, input: O) => S | null
  /** The same text for the same state. */
  readonly key: (state: S) => string
}

export interface Budget {
  /** Calls tried. */
  readonly stepsMax: number
  /** States remembered. */
  readonly memoryMax: number
}

export const DEFAULT_BUDGET: Budget = { stepsMax: 2_000_000, memoryMax: 500_000 }

export type Verdict =
  | { readonly verdict: 'linearizable' }
  /** `longest`: calls of the longest order found, in that order; `stuck`: the answered call that did not fit behind it. */
  | { readonly verdict: 'violation'; readonly longest: readonly number[]; readonly stuck: number }
  /** The budget was used up. Nothing is known, which is not good enough. */
  | { readonly verdict: 'unknown'; readonly longest: readonly number[] }

/** A call, or the return of one, in a doubly linked list that lets go and takes back in constant time. */
interface Link {
  readonly call: number
  readonly isReturn: boolean
  previous: Link | null
  next: Link | null
  /** Of a call: its return; null for an unknown outcome. */
  partner: Link | null
}

export function searchOrder<S, O>(calls: readonly Call<O>[], model: Model<S, O>, budget = DEFAULT_BUDGET): Verdict {
  const head = linkUp(calls)
  const done = new Uint32Array(Math.ceil(calls.length / 32))
  const tried = new Set<string>()
  const path: { readonly link: Link; readonly state: S }[] = []
  let longest: number[] = []
  let stuck = -1
  let state = model.initial
  let open = calls.filter((call) => Number.isFinite(call.to)).length
  let steps = 0
  let link = head.next
  while (open > 0) {
    steps += 1
    if (steps > budget.stepsMax || tried.size > budget.memoryMax) return { verdict: 'unknown', longest }
    if (link && !link.isReturn) {
      const call = calls[link.call]
      const after = call ? model.step(state, call.input) : null
      if (after !== null && remember(tried, done, link.call, model.key(after))) {
        path.push({ link, state })
        state = after
        if (link.partner) open -= 1
        lift(link)
        link = head.next
      } else link = link.next
      continue
    }
    // A call returned before any order could place it: undo the last choice and try what comes after it.
    if (link && path.length >= longest.length) {
      longest = path.map((one) => one.link.call)
      stuck = link.call
    }
    const last = path.pop()
    if (!last) return { verdict: 'violation', longest, stuck }
    state = last.state
    flip(done, last.link.call)
    if (last.link.partner) open += 1
    unlift(last.link)
    link = last.link.next
  }
  return { verdict: 'linearizable' }
}

function linkUp(calls: readonly Call<unknown>[]): Link {
  const links: { readonly time: number; readonly link: Link }[] = []
  for (const [call, { from, to }] of calls.entries()) {
    const start: Link = { call, isReturn: false, previous: null, next: null, partner: null }
    links.push({ time: from, link: start })
    if (!Number.isFinite(to)) continue
    const end: Link = { call, isReturn: true, previous: null, next: null, partner: null }
    start.partner = end
    links.push({ time: to, link: end })
  }
  // At one moment calls come first: they are concurrent with what returns then.
  links.sort((a, b) => a.time - b.time || Number(a.link.isReturn) - Number(b.link.isReturn))
  const head: Link = { call: -1, isReturn: false, previous: null, next: null, partner: null }
  let last = head
  for (const { link } of links) {
    last.next = link
    link.previous = last
    last = link
  }
  return head
}

function unhook(link: Link): void {
  if (link.previous) link.previous.next = link.next
  if (link.next) link.next.previous = link.previous
}

function hook(link: Link): void {
  if (link.previous) link.previous.next = link
  if (link.next) link.next.previous = link
}

/** Takes a call and its return out; they still know where they were. */
function lift(link: Link): void {
  unhook(link)
  if (link.partner) unhook(link.partner)
}

function unlift(link: Link): void {
  if (link.partner) hook(link.partner)
  hook(link)
}

function flip(done: Uint32Array, call: number): void {
  const word = call >>> 5
  done[word] = (done[word] ?? 0) ^ (1 << (call & 31))
}

/** Marks the call as done; false, and not marked, when this set of calls has led to this state before. */
function remember(tried: Set<string>, done: Uint32Array, call: number, state: string): boolean {
  flip(done, call)
  const key = `${done.join(' ')}|${state}`
  if (!tried.has(key)) {
    tried.add(key)
    return true
  }
  flip(done, call)
  return false
}
