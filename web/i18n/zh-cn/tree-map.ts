// Chinese words of the map of the tree, and of going to a name.

import type { Messages } from '../languages.ts'

export const treeMap: Messages['treeMap'] = {
  form: '显示方式',
  forms: { outline: '大纲', map: '图' },
  label: '节点树的图',
  width: '各部分的宽度',
  measures: { nodes: 'znode 数', bytes: '字节', changes: '10 分钟内的变化' },
  only: (path) => `测量 ${path}`,
  whole: '整棵树',
  failed: '无法测量',
  about: (nodes, visited, complete) =>
    complete
      ? `共 ${nodes} 个 znode，已全部查看。`
      : `共 ${nodes} 个 znode，从整棵树中均匀查看了 ${visited} 个。斜线部分由其兄弟节点推算。`,
  heat: (committed, told) =>
    told === null
      ? `自打开本页以来（最多最近十分钟）有 ${committed} 次写入，逐一计数。`
      : `自打开本页以来（最多最近十分钟）有 ${committed} 次写入，总数精确；其中 ${told} 次被逐一告知，各路径按其占比推算。`,
  cell: (what, nodes, bytes, changes) => `${what}：${nodes} 个 znode，${bytes} 字节，${changes} 次变化`,
  others: (_n, text, path) => `${path} 的另外 ${text} 个子节点（推算）`,
  hint: '指向某一部分，或使用方向键；按 Enter 选中。',
  seldom: '无变化',
  often: '变化最多',
  reckoned: '未查看',
  asTable: '以表格显示',
  columns: { path: '路径' },
  goTo: (path) => `转到 ${path} 中以此开头的子节点`,
  wentTo: (position, total) => `第 ${position} 个子节点，共 ${total} 个`,
  noSuch: (text, position, total) => `没有以“${text}”开头的子节点；它会是第 ${position} 个，共 ${total} 个。`,
  behind: '这个 znode 变化太快，来不及列出；所示内容是数秒之前的。',
}
