// HC-12: recipes that clients built on what was promised: numbers, sets, queues, ids and accounts. Locks and
// latches are recipe-locks.ts. All by what was answered and by zxids; none needs an L, some say more with one.

import { unreachable } from '../base/assert.ts'
import { tryUtf8Decode } from '../base/text.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import { parentPath } from '../zk/path.ts'
import { type Answered, at, type Case, isAnswered, isWrite, named, report, zxidOfWrite } from './case.ts'
import type { Operation, Recipe } from './history.ts'
import { checkLatch, checkLock } from './recipe-locks.ts'
import { sequenceOf } from './sequence-name.ts'

export function checkRecipes(c: Case): void {
  for (const recipe of c.options.recipes ?? []) checkRecipe(c, recipe)
}

function checkRecipe(c: Case, recipe: Recipe): void {
  switch (recipe.type) {
    case 'lock':
      return checkLock(c, recipe.path)
    case 'latch':
      return checkLatch(c, recipe.path)
    case 'counter':
      return checkCounter(c, recipe.path)
    case 'set':
      return checkSet(c, recipe.path)
    case 'queue':
      return checkQueue(c, recipe.path)
    case 'ids':
      return checkIds(c, recipe.path)
    case 'bank':
      return checkBank(c, recipe.paths, recipe.sum)
    default:
      return unreachable(recipe)
  }
}

/** What happened to the data of one node, in the order of zxids. */
interface Writing {
  readonly index: number
  readonly zxid: number
  readonly text: string
}

function textOf(data: Uint8Array | null): string {
  return data === null ? '' : (tryUtf8Decode(data) ?? '')
}

/** The writes of a node's data that happened. */
function writings(c: Case, path: string): Writing[] {
  return c.history.operations
    .flatMap((op, index): Writing[] => {
      const { request } = op
      if (request.type !== 'setData' && request.type !== 'create' && request.type !== 'create2') return []
      if (request.path !== path || !(op.err === E.OK || isKnownDone(c, op, index))) return []
      return [{ index, zxid: zxidOfWrite(c, index) ?? op.zxid ?? 0, text: textOf(request.data) }]
    })
    .sort((a, b) => a.zxid - b.zxid)
}

/** Unanswered, but L says that it happened and succeeded. */
function isKnownDone(c: Case, op: Operation, index: number): boolean {
  const txn = c.txnOf[index]?.txn
  return op.doneAtMs === null && txn !== undefined && txn.type !== 'error'
}

function readings(c: Case, path: string): Writing[] {
  return c.history.operations.flatMap((op, index): Writing[] => {
    if (op.request.type !== 'getData' || op.request.path !== path || op.body?.type !== 'data') return []
    return [{ index, zxid: op.body.stat.mzxid, text: textOf(op.body.data) }]
  })
}

/** No increment is lost: numbers grow by one from write to write, but where an unknown one may stand between. */
function checkCounter(c: Case, path: string): void {
  const done = writings(c, path)
  const wrong = (a: Writing, b: Writing, what: string) =>
    report(
      c,
      'HC-12',
      null,
      `counter ${path}: ${named(c, b.index)} ${what} ${b.text}, ${named(c, a.index)} had written ${a.text}`,
      {
        operations: [a.index, b.index],
      },
    )
  const gapMax = c.log ? 0 : unknownWrites(c, path)
  for (const [i, writing] of done.entries()) {
    const before = done[i - 1]
    if (!before) continue
    const step = Number(writing.text) - Number(before.text)
    if (!(step >= 1 && step <= 1 + gapMax)) wrong(before, writing, 'wrote')
  }
  for (const reading of readings(c, path)) {
    const last = done.findLast((writing) => writing.zxid <= reading.zxid)
    if (!last) continue
    const more = Number(reading.text) - Number(last.text)
    if (!(more >= 0 && more <= gapMax)) wrong(last, reading, 'read')
  }
}

function unknownWrites(c: Case, path: string): number {
  return c.history.operations.filter(
    ({ request, doneAtMs }) => doneAtMs === null && request.type === 'setData' && request.path === path,
  ).length
}

/** No word is lost, and none comes from nowhere. */
function checkSet(c: Case, path: string): void {
  const words = (text: string) => new Set(text.split(',').filter((word) => word !== ''))
  const asked = new Set(
    c.history.operations.flatMap(({ request }) =>
      (request.type === 'setData' || request.type === 'create') && request.path === path
        ? [...words(textOf(request.data))]
        : [],
    ),
  )
  const all = [...writings(c, path), ...readings(c, path)].sort((a, b) => a.zxid - b.zxid)
  let held: ReadonlySet<string> = new Set()
  for (const { index, text } of all) {
    const now = words(text)
    const lost = [...held].find((word) => !now.has(word))
    const strange = [...now].find((word) => !asked.has(word))
    if (lost !== undefined)
      report(c, 'HC-12', null, `set ${path}: ${named(c, index)} has lost ${lost}`, { operations: [index] })
    if (strange !== undefined)
      report(c, 'HC-12', null, `set ${path}: ${named(c, index)} has ${strange}, which nobody added`, {
        operations: [index],
      })
    held = now
  }
}

/** Sequential children of a path that were created for sure, with the names that they got. */
function createdBelow(
  c: Case,
  path: string,
): { readonly op: Answered; readonly index: number; readonly name: string }[] {
  return c.history.operations.flatMap((op, index) => {
    if (!isAnswered(op) || op.err !== E.OK) return []
    const name = op.body?.type === 'path' || op.body?.type === 'pathStat' ? op.body.path : null
    return isWrite(op.request) && name !== null && parentPath(name) === path ? [{ op, index, name }] : []
  })
}

/** Each element is consumed at most once; at the end, what was put in was taken, may have been, or is still there. */
function checkQueue(c: Case, path: string): void {
  const consumer = new Map<string, number>()
  const maybe = new Set<string>()
  for (const [index, op] of c.history.operations.entries()) {
    if (op.request.type !== 'delete' || parentPath(op.request.path) !== path) continue
    if (op.doneAtMs === null) maybe.add(op.request.path)
    if (op.err !== E.OK) continue
    const other = consumer.get(op.request.path)
    if (other !== undefined)
      report(c, 'HC-12', null, `queue ${path}: ${named(c, other)} and ${named(c, index)} both took it`, {
        operations: [other, index],
      })
    else consumer.set(op.request.path, index)
  }
  const final = c.options.finals?.[0]
  if (!final) return
  for (const { index, name } of createdBelow(c, path)) {
    const isThere = final.tree.nodes.has(name)
    const taken = consumer.get(name)
    if (isThere && taken !== undefined)
      report(c, 'HC-12', null, `queue ${path}: ${name} was taken by ${named(c, taken)} and is still there`, {
        operations: [index, taken],
      })
    if (!isThere && taken === undefined && !maybe.has(name))
      report(c, 'HC-12', null, `queue ${path}: ${name} was put in, not taken, and is gone`, { operations: [index] })
  }
}

/** All different, and growing with the zxid. */
function checkIds(c: Case, path: string): void {
  const created = createdBelow(c, path).map((one) => ({ ...one, zxid: zxidOfWrite(c, one.index) ?? one.op.zxid }))
  let last: (typeof created)[number] | null = null
  for (const one of created.sort((a, b) => a.zxid - b.zxid)) {
    if (last && sequenceOf(one.name) <= sequenceOf(last.name))
      report(
        c,
        'HC-12',
        null,
        `ids ${path}: ${one.name} at ${at(one.zxid)} comes after ${last.name} at ${at(last.zxid)}`,
        {
          operations: [last.index, one.index],
          zxids: [last.zxid, one.zxid],
        },
      )
    last = one
  }
}

function checkBank(c: Case, paths: readonly string[], sum: number): void {
  for (const [index, op] of c.history.operations.entries()) {
    const { request, body } = op
    if (request.type !== 'multiRead' || body?.type !== 'multi') continue
    if (!paths.every((path, i) => request.ops[i]?.path === path)) continue
    const found = body.results.reduce((all, one) => all + (one.type === 'getData' ? Number(textOf(one.data)) : 0), 0)
    if (found !== sum)
      report(c, 'HC-12', null, `bank: ${named(c, index)} adds up to ${found}, and not to ${sum}`, {
        operations: [index],
        zxids: op.zxid === null ? [] : [op.zxid],
      })
  }
}
