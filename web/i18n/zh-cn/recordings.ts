// Chinese words about recordings.

import type { Messages } from '../languages.ts'

export const recordings: Messages['recordings'] = {
  badge: '录像',
  badgeHint: '您看到的是过去：这里的一切都不能修改，也不会变化',
  label: '录像',
  what: (name, from, to) => `${name} 的录像，从 ${from} 到 ${to}。`,
  made: (events, when, version) =>
    `${events} 个事件，由 Zabscope ${version} 于 ${when} 导出。下方的一切都是所示时刻的样子。`,
  moment: '时刻',
  play: '播放',
  pause: '暂停',
  speed: '速度',
  open: '打开录像…',
  opening: '正在打开…',
  file: '录像：导出的时间窗口',
  close: '关闭录像',
  nothing: '录像中没有',
  nothingText: '“集群”、“轮次”、“监视”、“会话”和“指标”可以显示此录像。',
}
