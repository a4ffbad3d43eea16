// Verbs about the members of the ensemble. Source: GetConfigCommand, ReconfigCommand, ConfigUtils, 3.8.0.

import { readFileSync } from 'node:fs'
import { parseQuorumConfig } from '#shared/zk/config-text.ts'
import { formatZxid, parseZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { EnsembleConfig } from '../client/answers.ts'
import type { ReconfigOptions } from '../client/zookeeper.ts'
import { escapeText, formatStat } from './format.ts'
import { type Input, UsageError } from './options.ts'
import type { Verbs } from './verb.ts'

export const CONFIG_VERBS: Verbs = {
  config: {
    usage: '[-c] [-w] [-s]',
    flags: ['c', 'w', 's'],
    args: [0, 0],
    run: async (host, { flags }) => {
      if (flags.has('w')) host.requireStay()
      const watch = flags.has('w') ? { watch: host.onWatch.bind(host) } : {}
      const config = await host.zk.getConfig(watch)
      host.print(flags.has('c') ? clientLine(config) : escapeText(config.config))
      if (flags.has('s')) host.print(formatStat(config.stat))
    },
  },
  reconfig: {
    usage:
      '[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]',
    flags: ['s'],
    values: ['v', 'file', 'members', 'add', 'remove'],
    oneOf: [
      ['file', 'members'],
      ['file', 'add'],
      ['file', 'remove'],
      ['members', 'add'],
      ['members', 'remove'],
    ],
    args: [0, 0],
    run: async (host, input) => {
      const config = await host.zk.reconfig(changeOf(input))
      host.print(`Committed new configuration:\n${escapeText(config.config)}`)
      if (input.flags.has('s')) host.print(formatStat(config.stat))
    },
  },
}

/** `version host:port,host:port`: where clients find the members; those that do not say are left out. */
function clientLine({ config, version }: EnsembleConfig): string {
  const read = parseQuorumConfig(config)
  const servers = read.ok ? [...read.value.servers.values()] : []
  const addresses = servers.flatMap(({ host, client }) => {
    if (!client) return []
    const at = client.host === '0.0.0.0' || client.host === '::' ? host : client.host
    return [`${at.includes(':') ? `[${at}]` : at}:${client.port}`]
  })
  return `${version === null ? '' : formatZxid(version).slice(2)} ${addresses.join(',')}`
}

function changeOf(input: Input): ReconfigOptions {
  const list = (name: string) => (input.values.get(name) ?? []).flatMap((text) => text.split(','))
  const [add, remove] = [list('add'), list('remove')]
  const version = versionOf(input.values.get('v')?.at(-1))
  const from = version === null ? {} : { fromConfig: version }
  const file = input.values.get('file')?.at(-1)
  if (file !== undefined) return { ...from, members: readMembers(file) }
  if (input.values.has('members')) return { ...from, members: list('members').map(withServer) }
  if (add.length + remove.length === 0) throw new UsageError('Say who joins, who leaves, or who all the members are.')
  const leaving = remove.map((text) => {
    if (!/^\d{1,10}$/.test(text)) throw new UsageError(`-remove takes server ids, not ${JSON.stringify(text)}.`)
    return Number(text)
  })
  return {
    ...from,
    ...(add.length > 0 ? { joining: add.map(withServer) } : {}),
    ...(leaving.length > 0 ? { leaving } : {}),
  }
}

/** zkCli takes `5=host:…` and `server.5=host:…`. */
function withServer(spec: string): string {
  return spec.startsWith('server.') ? spec : `server.${spec}`
}

function versionOf(text: string | undefined): Zxid | null {
  if (text === undefined) return null
  const version = parseZxid(`0x${text}`)
  if (version === null) throw new UsageError('-v takes the version of a configuration, in hex, as `config` prints it.')
  return version
}

/** The `server.N=…` lines of a dynamic configuration file. */
function readMembers(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/)
  const members = lines.map((line) => line.trim()).filter((line) => line.startsWith('server.'))
  if (members.length === 0) throw new UsageError(`${file} holds no server.N=… line.`)
  return members
}
