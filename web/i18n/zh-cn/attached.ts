// Chinese words about an ensemble that Zabscope did not start.

import type { Messages } from '../languages.ts'

export const attached: Messages['attached'] = {
  cost: (requests, watches, words, http) =>
    `本页及其他页面给集群带来的负担：一个会话的 ${requests} 次请求和 ${watches} 个监视；最近一分钟 ${words} 个四字命令和 ${http} 次 HTTP 请求。`,
  noRounds: '此处看不到轮次',
  insteadOfRounds: '每秒写入数在下方和“指标”中；写入的内容在“节点树”中。',
  whoWatches: '当前谁在监视什么',
  watchers: '会话',
  noWatches: '当前没有任何监视。',
  notAllWatches: '还有更多未列出。',
  silentServers: (servers) => `未告知的服务器：${servers}。`,
  untold: '已接入的集群不告知此项',
  lacking: '此处看不到的内容',
  fix: '加上这一行即可看到：',
  fixes: '加上其中任意一行即可看到：',
  capabilities: {
    servers: '服务器。',
    figures: '指标。',
    sessions: '会话。',
    watches: '监视。',
    configuration: '配置。',
    rounds: '轮次。',
    elections: '选举。',
    latencies: '延迟。',
    writes: '修改。',
    faults: '故障。',
  },
}
