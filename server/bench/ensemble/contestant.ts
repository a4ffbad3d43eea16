// Who is measured: ours from this checkout, ours of an earlier commit, Apache's of Debian's package. All get the same
// zoo.cfg; what differs is the command that starts a server.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
}

export interface Contestant {
  /** Short, for tables: `ours`, `apache`, `628aafc`. */
  readonly name: string
  /** One line for the report. */
  readonly about: string
  /** The command of one server; `dir` is its own folder. */
  command(configFile: string, dir: string): Command
}

const JAVA = '/usr/bin/java'
const APACHE_JAR = '/usr/share/java/zookeeper.jar'
const APACHE_MAIN = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
/** Debian's own logging configuration, as its start script has it. */
const APACHE_CLASSPATH = `/etc/zookeeper/conf:${APACHE_JAR}`

/** @param entry dist/server/main.js of a build */
export function ourContestant(name: string, about: string, entry: string): Contestant {
  return { name, about, command: (configFile) => ({ file: process.execPath, args: [entry, 'server', configFile] }) }
}

/** Why there can be no Apache server on this machine, or null. */
export function apacheMissing(): string | null {
  const missing = [JAVA, APACHE_JAR].filter((file) => !existsSync(file))
  return missing.length === 0 ? null : `${missing.join(' and ')} missing; apt-get install zookeeper, then it takes part`
}

/** @param jvm options of the Java virtual machine: ['-Xmx1g'] */
export function apacheContestant(jvm: readonly string[]): Contestant {
  return {
    name: 'apache',
    about: `Apache ZooKeeper of ${APACHE_JAR}, java ${jvm.join(' ')}`,
    command: (configFile, dir) => ({
      file: JAVA,
      args: [
        ...jvm,
        `-Dzookeeper.log.dir=${join(dir, 'logs')}`,
        '-Dzookeeper.root.logger=INFO,ROLLINGFILE',
        '-Dcom.sun.management.jmxremote',
        '-Dcom.sun.management.jmxremote.local.only=true',
        ...['-cp', APACHE_CLASSPATH, APACHE_MAIN, configFile],
      ],
    }),
  }
}
