// The sentences of "why is this waiting?" by id, with their English texts. The page has its own texts in each
// language, for the same ids and parameters. Which one is true of whom is why.ts.

/** Sessions as `0x…`, paths, counts, and milliseconds under names that end in Ms. */
export type Params = Readonly<Record<string, string | number>>

const s = (params: Params, name: string): string => String(params[name] ?? '')
const n = (params: Params, name: string): number => Number(params[name] ?? 0)
const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`

/** `250 ms`, `3.2 s`, `4 min`, `2 h`. */
function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}
const time = (params: Params, name: string, otherwise: string): string =>
  params[name] === undefined ? otherwise : `for ${span(n(params, name))}`
const me = (p: Params): string => (s(p, 'me') === '0x0' ? s(p, 'name') : `Session ${s(p, 'me')}`)
const holder = (p: Params): string => (s(p, 'holder') === '0x0' ? s(p, 'holderName') : `session ${s(p, 'holder')}`)
const held = (p: Params): string => time(p, 'heldMs', 'since before we looked')
const behind = (p: Params): string =>
  n(p, 'ahead') === 0 ? 'It is next.' : `${many(n(p, 'ahead'), 'other')} ${n(p, 'ahead') === 1 ? 'goes' : 'go'} first.`

export const ENGLISH = {
  holds: (p) => `${me(p)} does not wait: it has held the lock ${held(p)}.`,
  'holds.acknowledged': (p) => `${me(p)} does not wait: it leads, and has said that it knows.`,
  'holds.leads': (p) => `${me(p)} does not wait: it has led ${held(p)}.`,
  'holds.reads': (p) =>
    `${me(p)} does not wait: it reads${n(p, 'others') === 0 ? '' : ` together with ${many(n(p, 'others'), 'other')}`}.`,
  'holds.downgraded': (p) => `${me(p)} does not wait: it holds the write lock too, so it may read.`,
  'holds.permit': (p) =>
    `${me(p)} does not wait: it has ${n(p, 'permits') === 1 ? 'the only permit' : `one of ${n(p, 'permits')} permits`}.`,
  'holds.lease': (p) =>
    `${me(p)} does not wait: it has a lease, ${n(p, 'granted') === 1 ? 'the only one granted' : `one of ${n(p, 'granted')}`}.`,
  'holds.disconnected': (p) =>
    `${me(p)} holds the lock but has no connection to a member that we hear: it keeps it until its session expires.`,
  'holds.persistent': (p) => `${s(p, 'name')} holds the lock and is not ephemeral: it stays until somebody deletes it.`,
  'holds.mixed': (p) =>
    `${me(p)} holds the lock by the rules of ${s(p, 'family')}, and ${many(n(p, 'others'), 'other holds', 'others hold')} it by other rules: they do not exclude each other.`,
  'holds.single': (p) =>
    `${me(p)} does not wait: the node is its own. ${many(n(p, 'crowd'), 'session')} ${n(p, 'crowd') === 1 ? 'watches' : 'watch'} it.`,
  'holds.clock': (p) =>
    `${s(p, 'holderName')} has the lease until ${s(p, 'end')} by the clocks of the clients, whatever becomes of its session.`,
  'holds.claim': (p) => `${me(p)} works on this item: nobody else takes it while its claim exists.`,
  'holds.probably': (p) => `${me(p)} is first in the line. We do not know the library, so it probably holds.`,
  'blocks.foreign': (p) =>
    `${s(p, 'name')} is no contender, but Curator takes it for one: whoever stands behind it waits until somebody deletes it.`,
  'asleep.eligible': (p) =>
    `Nothing stands in the way of session ${s(p, 'me')}, but it sleeps on ${s(p, 'other')}, which stays. It finds out when that ends.`,
  'waits.next': (p) => `${me(p)} waits for ${holder(p)}, which has held the lock ${held(p)}. It is next.`,
  'waits.line': (p) => `${me(p)} waits for ${holder(p)}, which has held the lock ${held(p)}. ${behind(p)}`,
  'waits.election': (p) => `${me(p)} waits to lead: session ${s(p, 'holder')} has led ${held(p)}. ${behind(p)}`,
  'waits.read': (p) =>
    `${me(p)} wants to read and waits for ${holder(p)}, which writes and has held the lock ${held(p)}.`,
  'waits.read.queued': (p) =>
    `${me(p)} wants to read. Only readers hold the lock, but ${many(n(p, 'writers'), 'writer')} came first, and readers do not overtake.`,
  'waits.write.readers': (p) =>
    `${me(p)} wants to write and waits for ${many(n(p, 'holders'), 'reader')} to finish. ${behind(p)}`,
  'waits.write.writer': (p) =>
    `${me(p)} wants to write and waits for ${holder(p)}, which writes and has held the lock ${held(p)}. ${behind(p)}`,
  'waits.ambiguous': (p) =>
    `If session ${s(p, 'me')} uses kazoo's WriteLock, it waits for ${many(n(p, 'holders'), 'reader')}; if it uses kazoo's plain Lock, it does not look at readers and holds.`,
  'waits.update': (p) => `${me(p)} wants to update: readers may go on, but it waits for ${holder(p)}.`,
  'waits.permits': (p) =>
    `${n(p, 'permits') === 1 ? 'The only permit is' : `All ${n(p, 'permits')} permits are`} taken, so session ${s(p, 'me')} waits. ${behind(p)}`,
  'waits.permits.unknown': (p) =>
    `${me(p)} waits for a permit; how many there are is not stored in ZooKeeper, and ${many(n(p, 'holders'), 'session holds', 'sessions hold')} one. ${behind(p)}`,
  'waits.permits.free': (p) =>
    `${many(n(p, 'free'), 'permit')} ${n(p, 'free') === 1 ? 'is' : 'are'} free: session ${s(p, 'me')} takes one as soon as its turn in the queue comes. ${behind(p)}`,
  'waits.lease': (p) =>
    `${me(p)} has made its lease already, but ${many(n(p, 'granted'), 'other is', 'others are')} granted and no more fit: it waits until one ends.`,
  'waits.foreign': (p) =>
    `${me(p)} waits for ${s(p, 'other')}, which is no lock: Curator takes every child for a contender. It waits until somebody deletes it.`,
  'waits.persistent': (p) =>
    `${me(p)} waits for ${s(p, 'holderName')}, which is not ephemeral: no session's end frees the lock, only a delete.`,
  'waits.disconnected': (p) =>
    `${me(p)} waits for session ${s(p, 'holder')}, which has no connection to a member that we hear: the lock is free when that session expires or comes back and releases it. ${behind(p)}`,
  'waits.itself': (p) =>
    `${me(p)} waits for itself: it stands in this line more than once, and holds with the earlier node.`,
  'waits.orphan': (p) =>
    `${me(p)} waits, but watches nothing that would wake it: probably its client lost the answer to its create and does not know that it stands here. Those behind it wait until its session ends.`,
  'waits.lost': (p) =>
    `${me(p)} was woken, or should have been, and has not looked since: a lost wake-up. It waits until something else makes it look.`,
  'waits.self-watch': (p) => `${me(p)} sleeps on its own node, so it never wakes while its session lives.`,
  'waits.wrong': (p) =>
    `${me(p)} should sleep on ${s(p, 'expected')} and sleeps on ${s(p, 'other')}: it wakes at the wrong time.`,
  'waits.polls': (p) =>
    `${me(p)} conflicts with ${holder(p)}. Its library keeps no line: it will delete its node, sleep and try again.`,
  'waits.probably': (p) =>
    `${me(p)} stands behind ${many(n(p, 'ahead') + 1, 'other')}. We do not know the library, so it probably waits for session ${s(p, 'holder')}.`,
  'waits.free': (p) => `Nothing stands in the way of session ${s(p, 'me')} any more: it has only to look.`,
  item: (p) => `${s(p, 'name')} is an item of a queue: it waits for a consumer, behind ${many(n(p, 'ahead'), 'item')}.`,
  member: (p) => `${me(p)} is a member of a group: nobody waits for anybody here.`,
  'member.barrier.enter': (p) =>
    `${me(p)} is at the barrier with ${many(n(p, 'others'), 'other')}; they go on when ready exists.`,
  'member.barrier.leave': (p) =>
    `${me(p)} is inside the barrier with ${many(n(p, 'others'), 'other')}; they leave together, when the last of them is done.`,
  gone: () => 'It is not there any more.',
} satisfies Record<string, (params: Params) => string>

export type SentenceId = keyof typeof ENGLISH

export interface Sentence {
  readonly id: SentenceId
  readonly params: Params
}

/** The sentence in English. */
export function inEnglish({ id, params }: Sentence): string {
  return ENGLISH[id](params)
}
