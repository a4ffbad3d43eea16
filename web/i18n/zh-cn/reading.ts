// Chinese words for reading rounds.

import type { Messages } from '../languages.ts'

export const reading: Messages['reading'] = {
  forms: { list: '列表', time: '时空图', logs: '日志' },
  form: '显示方式',
  find: 'zxid、路径、会话、操作、slow、uncommitted、>10ms',
  found: (n, of) => `${of} 个中的 ${n} 个`,
  noMatch: (find) => `没有提案匹配 ${find}`,
  noMatchText: '所有词都必须出现。slow（慢）、uncommitted（未提交）、failed（失败）和 >10ms 按性质查找。',
  clear: '显示全部提案',

  flow: '全部提案的时空图',
  flowHint: '滚轮或 + − 缩放，拖动或方向键移动，0 跟随最新，点击选择提案。',
  zoomIn: '放大',
  zoomOut: '缩小',
  follow: '跟随最新',
  following: '跟随中',
  span: (time) => `显示 ${time}`,
  flowSingle: (n, from, to) => `${from} 至 ${to} 之间有 ${n} 个提案，逐个画出。`,
  flowBinned: (n, bin) => `${n} 次写入，按 ${bin} 分组精确计数。放大可见单个提案。`,
  flowBinnedFine: (n) => `${n} 个提案，空间不足以逐个画出；请放大。`,
  flowNone: '这段时间没有提案。',
  flowMarks:
    '实心箭头：提案。空心箭头：确认。双线：提交。横条：落盘。菱形：达成法定人数的确认。叉：丢失。无箭头：仍在途中，或到达时间没有记录。',
  slowestKept: '所保留提案中最慢的提交',
  writesPerSecond: '每秒写入',

  logs: '各成员的日志',
  logsHint: '每列一个事务，左边较旧。方向键移动，Enter 选择提案。',
  logsOlder: '较旧',
  logsNewer: '较新',
  logsNewest: '最新',
  logsCaption: (n, first, last) => `${n} 个事务，从 ${first} 到 ${last}。`,
  logsCut: (n) => `${n} 个条目后来被截去（TRUNC）。`,
  logsGhost: (n) => `${n} 个事务所在的 epoch 在有人提交之前就结束了。`,
  logsBehind: (sid, n) => `成员 ${sid} 还有 ${n} 个未应用。`,
  logsEven: '所有成员都已全部应用。',
  cut: '已被 TRUNC 截去',
  column: (zxid, cells) => `${zxid}：${cells}`,

  agreement: '达成一致',
  agreementHint: '已落盘的投票者所占比例：(1/n) · Σ 确认。折线越过一半时即达成一致。',
  half: '1/2',
  agreed: (sid, time, k, n) => `成员 ${sid} 在 ${time} 后确认，${n} 个中已有 ${k} 个：超过半数。`,
  notAgreed: (k, n) => `目前 ${n} 个中有 ${k} 个：未过半数。`,
  stragglers: (sids, time) => `法定人数没有等待 ${sids}：${time} 后才到。`,

  split: '时间花在哪里',
  splitHint: (sid) => `沿着达成法定人数的成员 ${sid} 的确认。`,
  parts: { queue: '排队', there: '网络（去）', flush: '落盘', back: '网络（回）', decide: '提交', apply: '应用' },
  partHints: {
    queue: '从客户端请求到提案：没有成员报告',
    there: '从提案到抵达该成员',
    flush: '从抵达到该成员落盘',
    back: '从其确认到 leader 得知达成法定人数',
    decide: '从达成法定人数到 leader 提交：较早的提案在前',
    apply: '从提交到进入 leader 的树',
  },
  unknown: '未知',

  why: '为什么还没有提交？',
  needs: (n) => `还需要 ${n} 个确认。`,
  enough: '法定人数已落盘；没有听到 leader 提交它。',
  hindrances: {
    down: (sid) => `成员 ${sid} 已停。`,
    paused: (sid) => `成员 ${sid} 已暂停：提案在其套接字中等待。`,
    elsewhere: (sid) => `成员 ${sid} 没有跟随这个 leader。`,
    flushing: (sid, time) => `成员 ${sid} 收到它已有 ${time}，还没有落盘。`,
    unseen: (sid) => `在成员 ${sid} 上没有见到它。`,
  },
  leaderGone: (sid) => `提出它的成员 ${sid} 已不是 leader：下一个 leader 若有它就会保留。`,
  overtaken: '较新的 epoch 已经开始，其中没有见到它：它被截去了，或在未被看到时提交了。',

  textbook: '教科书的说法',
  textbookHint: 'Paxos 有三个步骤；Zab 每个 epoch 做一次第一步，每次写入做后两步。',
  steps: [
    ['准备（Prepare）', 'Zab：选举与发现。每个 epoch 一次：法定人数承诺只跟随这个 leader。'],
    ['接受（Accept）', 'Zab：PROPOSAL 与 ACK。leader 提案，每个成员写入日志并确认。'],
    ['学习（Learn）', 'Zab：COMMIT。leader 宣布法定人数已有；每个成员按序应用。'],
  ],
}
