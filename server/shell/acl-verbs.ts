// Verbs about rights and identities.

import { joinPath } from '#shared/zk/path.ts'
import { parseAcl } from './acl-text.ts'
import { escapeText, formatAcl, formatStat } from './format.ts'
import { numberOf } from './options.ts'
import type { Verbs } from './verb.ts'

export const ACL_VERBS: Verbs = {
  getAcl: {
    usage: '[-s] path',
    flags: ['s'],
    args: [1, 1],
    run: async (host, { args: [path = ''], flags }) => {
      const { acl, stat } = await host.zk.getAcl(path)
      host.print(formatAcl(acl))
      if (flags.has('s')) host.print(formatStat(stat))
    },
  },
  setAcl: {
    usage: '[-s] [-v version] [-R] path acl',
    flags: ['s', 'R'],
    values: ['v'],
    args: [2, 2],
    run: async (host, input) => {
      const [top = '', text = ''] = input.args
      const acl = parseAcl(text)
      const version = numberOf(input, 'v') ?? -1
      const paths = [top]
      for (const path of paths) {
        if (input.flags.has('R')) {
          const { children } = await host.zk.getChildren(path)
          for (const name of children) paths.push(joinPath(path, name))
        }
        const stat = await host.zk.setAcl(path, acl, version)
        if (input.flags.has('s')) host.print(formatStat(stat))
      }
    },
  },
  addauth: {
    usage: 'scheme auth',
    args: [1, 2],
    run: (host, { args: [scheme = '', auth = ''] }) => host.zk.addAuth(scheme, auth),
  },
  whoami: {
    usage: '',
    args: [0, 0],
    run: async (host) => {
      const ids = await host.zk.whoAmI()
      host.print(
        ['Auth scheme: User', ...ids.map(({ scheme, id }) => `${escapeText(scheme)}: ${escapeText(id)}`)].join('\n'),
      )
    },
  },
}
