// 保存图片的中文词条。

import type { Messages } from '../languages.ts'

export const picture: Messages['picture'] = {
  title: '保存图片',
  hint: '将此视图中的图保存为 SVG 或 PNG',
  intro: '附有标题、时间与图例，采用当前主题的颜色。',
  saveAs: (title, form) => `${title}，存为 ${form}`,
  saved: (file) => `已保存为 ${file}`,
  about: (cluster, time) => `${cluster} · ${time}（协调世界时）· Zabscope`,
  round: (zxid) => `提案 ${zxid}`,
  lockLanes: '锁：排队与持有的时间',
  waits: '谁在等谁',
  ringLegend:
    '带环的圆：leader。圆：follower。虚线环：observer。空心环：正在寻找 leader，内为其投票。叉：已停止。连线上：ack 时间的中位数；胶囊内：尚未确认的提案数。',
  lanesLegend: '浅色：等待。实色：持有。条纹：持有但沉默。',
}
