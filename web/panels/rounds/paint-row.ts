// A row of the list of rounds, painted by hand: at a thousand rounds a second every row shows another one ten times a
// second, and React would take longer for that than everything else the page does. Here only what differs is written.
// Words and looks are those of ui/tags.tsx; text from the ensemble goes in as text (B-6).

import { type RoundView, UNKNOWN_OP } from '#shared/events/cluster-view.ts'
import { formatClock, formatDuration, formatExact } from '../../i18n/format.ts'
import type { Messages } from '../../i18n/languages.ts'
import { visibleRuns, visibleText } from '../../i18n/visible-text.ts'
import { hover } from '../../stores/hover-store.ts'
import { type Selection, selectionKey } from '../../stores/route.ts'
import { commitLatency, furthestStage } from '../../viz/round-facts.ts'
import type { StageMark } from '../../viz/stage-shapes.ts'
import { sequenceStart } from '../../viz/tree-rows.ts'
import { zxidParts } from '../../viz/zxid-parts.ts'
import { stageRow } from './stage-row.ts'

export interface RowLook {
  readonly sids: readonly number[]
  readonly words: Messages['rounds']
  readonly units: Messages['units']
  /** Keys of what the pointer is over, anywhere, and of what is chosen. */
  readonly lit: string | null
  readonly chosen: string | null
}

/** A name longer than this keeps its sequence number when it is cut. */
const WORTH_CUTTING = 24
/** Drawings of stages that a row keeps. */
const DRAWN_MAX = 16

export class RoundRowPainter {
  readonly #zxid = cell('')
  readonly #op = cell('')
  readonly #path = cell('')
  readonly #session = cell('wide-only')
  readonly #stages = cell('')
  readonly #latency = cell('number')
  readonly #clock = cell('number tertiary wide-only')
  /** By what it was made from: what is the same is not made again. */
  readonly #shown = new Map<Element, string>()
  /** Texts that may be written over as they stand. */
  readonly #texts = new Map<Element, Text>()
  readonly #drawn = new Map<string, SVGElement>()
  readonly #keys = new Map<Element, string | null>()
  #round: RoundView | null = null
  #look: RowLook | null = null
  #over: Element | null = null

  /** Puts its cells into `host`, which is to have no box of its own. */
  constructor(host: HTMLElement) {
    const cells = [this.#zxid, this.#op, this.#path, this.#session, this.#stages, this.#latency, this.#clock]
    host.replaceChildren(...cells)
    for (const each of [this.#zxid, this.#path, this.#session]) {
      each.addEventListener('pointerover', () => this.#onOver(each))
      each.addEventListener('pointerleave', () => this.#onOver(null))
    }
    host.addEventListener('pointerover', () => this.#tellTitles())
  }

  show(round: RoundView, look: RowLook): void {
    const { txn } = round
    const { words, units, sids } = look
    const isOther = this.#round !== round
    this.#round = round
    this.#look = look
    const unknown = txn.op === UNKNOWN_OP
    this.#makeZxid(txn.zxid)
    this.#make(this.#op, `${txn.op} ${txn.error} ${words.unknownOp}`, () => [
      unknown ? span('tertiary', words.unknownOp) : span(txn.error === null ? '' : 'behind', txn.error ?? txn.op),
    ])
    this.#make(
      this.#path,
      txn.path ?? ` ${txn.op} ${txn.error} ${words.unknownOp}`,
      () =>
        txn.path === null
          ? [noPath(unknown ? words.unknownOp : (txn.error ?? txn.op))]
          : [tag('path', nameNodes(txn.path))],
      plainName(txn.path),
    )
    const session = txn.session === '0x0' ? null : txn.session
    this.#make(
      this.#session,
      txn.session,
      () => [session === null ? span('tertiary', '–') : tag('session', [session])],
      session,
    )
    const marks = sids.map((sid) => ({
      stage: furthestStage(round.members[String(sid)]),
      quorum: round.quorumBy === sid,
    }))
    const stamp = `${words.unknownOp} ${marks.map(({ stage, quorum }) => `${stage}${quorum}`).join()}`
    this.#make(this.#stages, stamp, () => [this.#stagesOf(stamp, marks)])
    const latency = commitLatency(round)
    const took = latency === null ? (unknown ? '–' : '…') : formatDuration(latency, units)
    this.#make(
      this.#latency,
      took,
      () => [latency === null ? span('tertiary', took) : took],
      latency === null ? null : took,
    )
    const clock = formatClock(round.proposedAt)
    this.#make(this.#clock, clock, () => [clock], clock)
    this.#mark(this.#zxid, { type: 'round', zxid: txn.zxid })
    this.#mark(this.#path, txn.path === null ? null : { type: 'znode', path: txn.path })
    this.#mark(this.#session, txn.session === '0x0' ? null : { type: 'session', session: txn.session })
    if (isOther && this.#over) this.#onOver(this.#over)
    if (isOther && this.#zxid.title !== '') this.#tellTitles()
  }

  /** `plain`: the only text that `make` would give; where such a text stands already, it alone is written. */
  #make(into: HTMLElement, from: string, make: () => (Node | string)[], plain: string | null = null): void {
    if (this.#shown.get(into) === from) return
    this.#shown.set(into, from)
    const text = plain === null ? undefined : this.#texts.get(into)
    if (text && plain !== null) {
      text.data = plain
      return
    }
    into.replaceChildren(...make())
    const only = plain === null ? null : lastText(into)
    if (only) this.#texts.set(into, only)
    else this.#texts.delete(into)
  }

  /** Of most rounds in a row only the counter differs. */
  #makeZxid(zxid: string): void {
    const parts = zxidParts(zxid)
    const text = this.#texts.get(this.#zxid)
    const epoch = parts && parts.epoch > 0 ? parts.epochHex : null
    if (text && parts && epoch !== null && epoch === this.#shown.get(this.#zxid)) {
      if (text.data !== parts.counterHex) text.data = parts.counterHex
      return
    }
    this.#shown.set(this.#zxid, epoch ?? '')
    this.#zxid.replaceChildren(...zxidTag(zxid))
    const only = epoch === null ? null : lastText(this.#zxid)
    if (only) this.#texts.set(this.#zxid, only)
    else this.#texts.delete(this.#zxid)
  }

  /** A row has few combinations in turn: each is drawn once. */
  #stagesOf(stamp: string, marks: readonly StageMark[]): SVGElement {
    const known = this.#drawn.get(stamp)
    if (known) return known
    if (this.#drawn.size >= DRAWN_MAX) this.#drawn.clear()
    const made = stageRow(marks, this.#sentences().join('; '))
    this.#drawn.set(stamp, made)
    return made
  }

  /** Lights up what the pointer is over anywhere, and shows what is chosen. */
  #mark(into: HTMLElement, selection: Selection | null): void {
    const look = this.#look
    const key = selection === null ? null : selectionKey(selection)
    this.#keys.set(into, key)
    const element = into.firstElementChild
    if (!element || !look) return
    element.toggleAttribute('data-lit', key !== null && look.lit === key)
    element.toggleAttribute('data-chosen', key !== null && look.chosen === key)
  }

  #onOver(element: Element | null): void {
    this.#over = element
    hover(element === null ? null : (this.#keys.get(element) ?? null))
  }

  /** What only shows while somebody points at it is written only then. */
  #tellTitles(): void {
    if (!this.#round || !this.#look) return
    const { txn, proposedAt } = this.#round
    const parts = zxidParts(txn.zxid)
    this.#zxid.title = parts ? `${parts.epoch}/${parts.counter}` : txn.zxid
    this.#op.title = txn.op === UNKNOWN_OP ? this.#look.words.unknownHint : (txn.error ?? '')
    this.#path.title = txn.path === null ? '' : visibleText(txn.path)
    this.#stages.title = this.#sentences().join('\n')
    this.#clock.title = formatExact(proposedAt)
  }

  #sentences(): string[] {
    const [round, look] = [this.#round, this.#look]
    if (!round || !look) return []
    const { words, sids } = look
    return sids.map((sid) => {
      const say = round.quorumBy === sid ? words.cellQuorum : words.cell
      return say(String(sid), words.stages[furthestStage(round.members[String(sid)])])
    })
  }
}

function cell(className: string): HTMLElement {
  return span(className, '')
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span')
  if (className !== '') element.className = className
  if (text !== '') element.textContent = text
  return element
}

function tag(kind: string, content: readonly (Node | string)[]): HTMLElement {
  const element = span(`tag ${kind}`, '')
  element.append(...content)
  return element
}

function zxidTag(zxid: string): (Node | string)[] {
  const parts = zxidParts(zxid)
  if (!parts) return [span('mono', zxid)]
  const element = tag('zxid', [])
  element.dataset.tint = String(parts.tint)
  if (parts.epoch === 0) element.append(zxid)
  else {
    const epoch = document.createElement('b')
    epoch.textContent = parts.epochHex
    element.append(epoch, parts.counterHex)
  }
  return [element]
}

/** With the operation, for where its column has no room. */
function noPath(op: string): HTMLElement {
  const element = span('tertiary no-path', '')
  const instead = span('', op)
  instead.setAttribute('aria-hidden', 'true')
  element.append(span('', '–'), instead)
  return element
}

/** A name that stands as one text: nothing to escape, nothing to keep from being cut. */
function plainName(path: string | null): string | null {
  if (path === null || (path.length > WORTH_CUTTING && sequenceStart(path) !== null)) return null
  return visibleText(path) === path ? path : null
}

function lastText(element: Element): Text | null {
  let node: Node | null = element
  while (node && !(node instanceof Text)) node = node.lastChild
  return node
}

/** As ui/name-text.tsx does it. */
function nameNodes(path: string): Node[] {
  const at = path.length > WORTH_CUTTING ? sequenceStart(path) : null
  const head = span('name-head', '')
  head.append(...visibleNodes(at === null ? path : path.slice(0, at)))
  if (at === null) return [head]
  const end = span('', '')
  end.append(...visibleNodes(path.slice(at)))
  const whole = span('name-text', '')
  whole.append(head, end)
  return [whole]
}

function visibleNodes(text: string): (Node | string)[] {
  return visibleRuns(text).map((run) => (run.escaped ? span('escape', run.text) : run.text))
}
