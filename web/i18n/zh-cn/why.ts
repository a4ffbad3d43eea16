// Why a contender waits, in Chinese: the same ids and parameters as shared/recipes/explain/sentence.ts.

import type { Messages } from '../languages.ts'

type Params = Parameters<Messages['why']['holds']>[0]

const s = (params: Params, name: string): string => String(params[name] ?? '')
const n = (params: Params, name: string): number => Number(params[name] ?? 0)

function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} 毫秒`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} 秒`
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} 分钟` : `${Math.round(ms / 3_600_000)} 小时`
}
const held = (p: Params): string => (p.heldMs === undefined ? '从我们查看之前就持有' : `已持有 ${span(n(p, 'heldMs'))}`)
const led = (p: Params): string => (p.heldMs === undefined ? '从我们查看之前就领导' : `已领导 ${span(n(p, 'heldMs'))}`)
const me = (p: Params): string => (s(p, 'me') === '0x0' ? s(p, 'name') : `会话 ${s(p, 'me')}`)
const holder = (p: Params): string => (s(p, 'holder') === '0x0' ? s(p, 'holderName') : `会话 ${s(p, 'holder')}`)
const behind = (p: Params): string => (n(p, 'ahead') === 0 ? '下一个就是它。' : `前面还有 ${n(p, 'ahead')} 个。`)

export const why: Messages['why'] = {
  holds: (p) => `${me(p)} 不在等待：锁${held(p)}。`,
  'holds.acknowledged': (p) => `${me(p)} 不在等待：它在领导，并已表明知道。`,
  'holds.leads': (p) => `${me(p)} 不在等待：它${led(p)}。`,
  'holds.reads': (p) =>
    `${me(p)} 不在等待：它在读${n(p, 'others') === 0 ? '' : `，另有 ${n(p, 'others')} 个一同在读`}。`,
  'holds.downgraded': (p) => `${me(p)} 不在等待：它也持有写锁，因此可以读。`,
  'holds.permit': (p) =>
    `${me(p)} 不在等待：它有${n(p, 'permits') === 1 ? '唯一的许可' : ` ${n(p, 'permits')} 个许可之一`}。`,
  'holds.lease': (p) =>
    `${me(p)} 不在等待：它有租约，${n(p, 'granted') === 1 ? '是唯一授予的' : `是已授予的 ${n(p, 'granted')} 个之一`}。`,
  'holds.disconnected': (p) => `${me(p)} 持有锁，但与我们所知的成员都没有连接：它会一直持有到会话过期。`,
  'holds.persistent': (p) => `${s(p, 'name')} 持有锁且不是临时节点：要等有人删除它。`,
  'holds.mixed': (p) =>
    `按 ${s(p, 'family')} 的规则 ${me(p)} 持有锁，另有 ${n(p, 'others')} 个按别的规则持有：它们互不排斥。`,
  'holds.single': (p) => `${me(p)} 不在等待：节点是它自己的。有 ${n(p, 'crowd')} 个会话在监听。`,
  'holds.clock': (p) => `按客户端的时钟，${s(p, 'holderName')} 的租约到 ${s(p, 'end')} 为止，与其会话如何无关。`,
  'holds.claim': (p) => `${me(p)} 在处理这一项：声明存在期间别人不会取走它。`,
  'holds.probably': (p) => `${me(p)} 排在第一。我们不认识这个库，因此它很可能持有锁。`,
  'blocks.foreign': (p) => `${s(p, 'name')} 不是竞争者，但 Curator 把它当成竞争者：排在它后面的要等到有人删除它。`,
  'asleep.eligible': (p) =>
    `会话 ${s(p, 'me')} 前面已无阻碍，但它监听着 ${s(p, 'other')}，而那个还在；那个结束时它才会发现。`,
  'waits.next': (p) => `${me(p)} 在等 ${holder(p)}，后者${held(p)}锁。下一个就是它。`,
  'waits.line': (p) => `${me(p)} 在等 ${holder(p)}，后者${held(p)}锁。${behind(p)}`,
  'waits.election': (p) => `${me(p)} 在等待领导：会话 ${s(p, 'holder')} ${led(p)}。${behind(p)}`,
  'waits.read': (p) => `${me(p)} 想读，在等 ${holder(p)}，后者在写，${held(p)}锁。`,
  'waits.read.queued': (p) => `${me(p)} 想读。现在只有读者持有锁，但有 ${n(p, 'writers')} 个写者先来，读者不会超车。`,
  'waits.write.readers': (p) => `${me(p)} 想写，在等 ${n(p, 'holders')} 个读者结束。${behind(p)}`,
  'waits.write.writer': (p) => `${me(p)} 想写，在等 ${holder(p)}，后者在写，${held(p)}锁。${behind(p)}`,
  'waits.ambiguous': (p) =>
    `如果会话 ${s(p, 'me')} 用的是 kazoo 的 WriteLock，它在等 ${n(p, 'holders')} 个读者；如果是普通 Lock，它不看读者，已持有锁。`,
  'waits.update': (p) => `${me(p)} 想更新：读者可以继续，但它在等 ${holder(p)}。`,
  'waits.permits': (p) => `${n(p, 'permits')} 个许可都被占用，会话 ${s(p, 'me')} 在等。${behind(p)}`,
  'waits.permits.unknown': (p) =>
    `${me(p)} 在等许可；总数没有保存在 ZooKeeper 中，现有 ${n(p, 'holders')} 个会话持有。${behind(p)}`,
  'waits.permits.free': (p) => `有 ${n(p, 'free')} 个许可空闲：轮到会话 ${s(p, 'me')} 时它就取得。${behind(p)}`,
  'waits.lease': (p) => `${me(p)} 已创建租约，但已授予 ${n(p, 'granted')} 个，容不下更多：要等其中一个结束。`,
  'waits.foreign': (p) =>
    `${me(p)} 在等 ${s(p, 'other')}，而那不是锁：Curator 把每个子节点都当竞争者。要等有人删除它。`,
  'waits.persistent': (p) => `${me(p)} 在等 ${s(p, 'holderName')}，它不是临时节点：会话结束不会释放锁，只能删除。`,
  'waits.disconnected': (p) =>
    `${me(p)} 在等会话 ${s(p, 'holder')}，后者与我们所知的成员都没有连接：待其过期，或回来释放，锁才空闲。${behind(p)}`,
  'waits.itself': (p) => `${me(p)} 在等它自己：它在队中出现多次，用较早的节点持有锁。`,
  'waits.orphan': (p) =>
    `${me(p)} 在等，却没有监听会唤醒它的节点：很可能它的客户端丢失了创建的应答，不知道自己在排队。后面的要等到它的会话结束。`,
  'waits.lost': (p) => `${me(p)} 已被（或应被）唤醒，却一直没有查看：丢失的唤醒。要等别的事让它查看。`,
  'waits.self-watch': (p) => `${me(p)} 监听自己的节点，因此会话存续期间永远不会醒。`,
  'waits.wrong': (p) => `${me(p)} 应监听 ${s(p, 'expected')}，却监听 ${s(p, 'other')}：会在错误的时刻醒来。`,
  'waits.polls': (p) => `${me(p)} 与 ${holder(p)} 冲突。它的库不排队：会删除节点，睡一会儿再试。`,
  'waits.probably': (p) =>
    `${me(p)} 排在 ${n(p, 'ahead') + 1} 个之后。我们不认识这个库，因此它很可能在等会话 ${s(p, 'holder')}。`,
  'waits.free': (p) => `会话 ${s(p, 'me')} 前面已无阻碍：只要它去查看。`,
  item: (p) => `${s(p, 'name')} 是队列中的一项：在等消费者，前面有 ${n(p, 'ahead')} 项。`,
  member: (p) => `${me(p)} 是组的成员：这里没有人等别人。`,
  'member.barrier.enter': (p) => `${me(p)} 与另外 ${n(p, 'others')} 个在屏障前；ready 出现时一起继续。`,
  'member.barrier.leave': (p) => `${me(p)} 与另外 ${n(p, 'others')} 个在屏障内；最后一个完成时一起离开。`,
  gone: () => '它已经不在了。',
}
