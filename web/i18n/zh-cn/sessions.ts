// Chinese words of the Sessions view.

import type { Messages } from '../languages.ts'

export const sessions: Messages['sessions'] = {
  label: '会话',
  find: '会话、地址或成员',
  summary: (connected, away) => `${connected} 个已连接，${away} 个离开`,
  capped: (all) => `成员共有 ${all} 个会话；这里只列出逐个报告过的连接。`,
  columns: {
    session: '会话',
    state: '状态',
    address: '客户端',
    member: '成员',
    timeout: '超时',
    left: '剩余时间',
    heard: '最近见到',
    ephemerals: '临时节点',
    watches: '监听',
    locks: '锁',
  },
  states: { connected: '已连接', away: '离开', over: '已关闭' },
  expired: '已过期',
  stateHints: {
    connected: '客户端已连接；每次发送都会重新计时',
    away: '连接已断开。若不回来，时间用尽后就会过期',
    over: '由客户端关闭，或由 leader 判定过期',
  },
  leftFull: '连接期间不断续期',
  leftHint: (left, timeout) => `${timeout} 中还剩 ${left}`,
  heardHint: '最近一次见到的写入或监听。心跳和读取不会报告。',
  never: '未见',
  atLeast: '只计见到其创建的，实际不少于此数',
  own: 'Zabscope',
  close: '关闭会话',
  closeTitle: (session) => `关闭会话 ${session}？`,
  closeMeans: (ephemerals, watches, locks) =>
    `这并非其客户端所求：它至少会失去 ${ephemerals} 个临时节点（其中 ${locks} 个是锁队列中的位置）和 ${watches} 个监听，并发现会话已过期。`,
  closeDo: '关闭',
  emptyTitle: '没有会话',
  emptyText: '还没有客户端连接。连接一个试试，例如用 zkCli：',
  noMatch: (needle) => `没有会话匹配 ${needle}`,
  its: {
    ephemerals: '它的临时节点（本页所见）',
    noEphemerals: '没有见到它创建临时节点。',
    locks: '它在锁队列中的位置',
    more: (n) => `另有 ${n} 个`,
    away: (time) => `连接已断开。若不回来，大约 ${time} 后过期。`,
    due: '连接已断开且时间已用尽：leader 会在下一个 tick 判定其过期。',
    over: '已结束：由客户端关闭，或由 leader 判定过期。',
  },
}
