// zkCli.sh where members want to know who is there: a SASL login by DIGEST-MD5, and TLS with a client certificate.
// What either brings must be seen: an identity that owns a znode which others cannot read.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority, opensslMissing } from '../../testing/certificates.ts'
import { run } from '../harness/child.ts'
import { needsFiles, type Peer, type PeerRun } from './peer.ts'
import type { Result } from './program.ts'

const ZKCLI = '/usr/share/zookeeper/bin/zkCli.sh'
const JAVA = '/usr/bin/java'
/** zkCli.sh without its script: Debian's leaves out the part of Netty that TLS needs. */
const WITH_NETTY = ['zookeeper', 'netty-resolver', 'netty-codec'].map((name) => `/usr/share/java/${name}.jar`)
const MAIN = 'org.apache.zookeeper.ZooKeeperMain'
const TIMEOUT_MS = 60_000
const DIGEST_MODULE = 'org.apache.zookeeper.server.auth.DigestLoginModule'

export const zkCliSasl: Peer = {
  name: 'zkCli.sh with SASL',
  missing: () => needsFiles([ZKCLI], 'zookeeper'),
  configure(directory) {
    const jaas = join(directory, 'server.jaas')
    writeFileSync(jaas, `Server {\n  ${DIGEST_MODULE} required user_bob="bobsecret";\n};\n`)
    return {
      'zabscope.jaasFile': jaas,
      sessionRequireClientSASLAuth: 'true',
      'authProvider.1': 'org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
    }
  },
  async run({ ensemble, scratch, own }: PeerRun): Promise<readonly Result[]> {
    const login = (name: string, password: string): string => {
      const file = join(own, `${name}.jaas`)
      writeFileSync(file, `Client {\n  ${DIGEST_MODULE} required username="bob" password="${password}";\n};\n`)
      return `-Djava.security.auth.login.config=${file}`
    }
    const path = `/sasl-${process.pid}`
    const commands = [`create ${path} secret sasl:bob:cdrwa`, `getAcl ${path}`, 'whoami', `get ${path}`]
    const right = await typed([ZKCLI], ensemble.connectString, commands, scratch, login('right', 'bobsecret'))
    const wrong = await typed([ZKCLI], ensemble.connectString, [`get ${path}`], scratch, login('wrong', 'guessed'))
    return [
      judged('zkCli.sh with SASL', right, [/Created \/sasl/, /'sasl,'bob\n: cdrwa/, /sasl: bob/, /^secret$/m]),
      judged('zkCli.sh with a wrong SASL password', wrong, [/AUTH_FAILED|AuthFailed|SASL.*fail/i], /^secret$/m),
    ]
  },
}

export const zkCliTls: Peer = {
  name: 'zkCli.sh over TLS',
  missing: () => needsFiles([JAVA, ...WITH_NETTY], 'zookeeper libnetty-java') ?? opensslMissing(),
  configure(directory) {
    const authority = createAuthority('peers', directory)
    authority.issue('client', '/CN=ann')
    return {
      'client.portUnification': 'true',
      'ssl.keyStore.location': authority.issue('server', '/CN=server', 'IP:127.0.0.1,DNS:localhost'),
      'ssl.trustStore.location': authority.trust,
    }
  },
  async run({ ensemble, scratch, own }: PeerRun): Promise<readonly Result[]> {
    const properties = {
      clientCnxnSocket: 'org.apache.zookeeper.ClientCnxnSocketNetty',
      'client.secure': 'true',
      'ssl.keyStore.location': join(own, 'client.pem'),
      'ssl.trustStore.location': join(own, 'ca.pem'),
    }
    const flags = Object.entries(properties).map(([key, value]) => `-Dzookeeper.${key}=${value}`)
    const path = `/tls-${process.pid}`
    const commands = [`create ${path} secret x509:CN=ann:cdrwa`, 'whoami', `get ${path}`]
    const java = [JAVA, ...flags, '-cp', WITH_NETTY.join(':'), MAIN]
    const secure = await typed(java, ensemble.connectString, commands, scratch)
    const plain = await typed([ZKCLI], ensemble.connectString, [`get ${path}`], scratch)
    return [
      judged('zkCli.sh over TLS', secure, [/Created \/tls/, /x509: CN=ann/, /^secret$/m]),
      judged('zkCli.sh without TLS on the same port', plain, [/Insufficient permission/], /^secret$/m),
    ]
  },
}

/** What a command line prints for these lines. `flags`: for its virtual machine, where a script starts that. */
async function typed(
  [program = '', ...args]: readonly string[],
  servers: string,
  commands: readonly string[],
  cwd: string,
  flags = '',
): Promise<string> {
  const input = `${commands.join('\n')}\nquit\n`
  const env = { ZOO_LOG_DIR: cwd, CLIENT_JVMFLAGS: flags }
  const { output } = await run(program, [...args, '-server', servers], { timeoutMs: TIMEOUT_MS, input, cwd, env })
  return output
}

function judged(name: string, output: string, wanted: readonly RegExp[], forbidden?: RegExp): Result {
  const missing = wanted.filter((pattern) => !pattern.test(output))
  if (missing.length === 0 && !forbidden?.test(output)) return { name, outcome: 'passed', note: '' }
  return { name, outcome: 'failed', note: `not printed: ${missing.join(' ')}\n${output.slice(-3000)}` }
}
