import { describe, expect, test } from 'vitest'
import { formatZooCfg, type MemberPlan, portsOfZooCfg, type Settings } from './zoo-cfg.ts'

const plan = (sid: number, dir = `/data/member-${sid}`): MemberPlan => {
  return {
    sid,
    role: 'participant',
    dir,
    clientPort: 2180 + sid,
    quorumPort: 2887 + sid,
    electionPort: 3887 + sid,
    eventPort: 4887 + sid,
    adminPort: 8880 + sid,
  }
}
const plans = [plan(1), plan(2), plan(3)]
const common = (secretFile: string, settings: Settings = {}) => ({ secretFile, superDigest: 'super:x', settings })

describe('zoo.cfg', () => {
  test('lists every member, and what is this one’s own', () => {
    const lines = formatZooCfg(plan(2), plans, common('/data/ensemble.secret'), null).split('\n')
    expect(lines).toContain('server.1=127.0.0.1:2888:3888:participant;127.0.0.1:2181')
    expect(lines).toContain('server.3=127.0.0.1:2890:3890:participant;127.0.0.1:2183')
    expect(lines).toContain('dataDir=/data/member-2')
    expect(lines).toContain('clientPort=2182')
    expect(lines).toContain('clientPortAddress=127.0.0.1')
    expect(lines).toContain('zabscope.eventPort=4889')
    expect(lines).toContain('admin.serverAddress=127.0.0.1')
    expect(lines).toContain('admin.serverPort=8882')
    expect(lines).toContain('zabscope.secretFile=/data/ensemble.secret')
  })

  test('its ports can be read back', () => {
    const { clientPort, quorumPort, electionPort, eventPort, adminPort } = plan(3)
    const text = formatZooCfg(plan(3), plans, common('/s'), null)
    expect(portsOfZooCfg(text, 3)).toEqual({ clientPort, quorumPort, electionPort, eventPort, adminPort })
    const older = text.replace(/^admin.*\n/gm, '')
    expect(portsOfZooCfg(older, 3)).toEqual({ clientPort, quorumPort, electionPort, eventPort, adminPort: 8883 })
  })

  test.each(['', 'clientPort=2181\n', 'server.1=example.org:2888:3888\nclientPort=1\nzabscope.eventPort=2'])(
    'a file of another form gives no ports: %j',
    (text) => expect(portsOfZooCfg(text, 1)).toBeNull(),
  )

  test('a list of servers of its own takes the place of the server lines', () => {
    const lines = formatZooCfg(plan(1), plans, common('/s'), '/d/zoo.cfg.dynamic.1').split('\n')
    expect(lines).toContain('dynamicConfigFile=/d/zoo.cfg.dynamic.1')
    expect(lines.some((line) => line.startsWith('server.'))).toBe(false)
  })

  test('a backslash in a path survives the properties syntax', () => {
    expect(formatZooCfg(plan(1, '/a\\b'), plans, common('/s'), null)).toContain('dataDir=/a\\\\b\n')
  })

  test('settings take the place of a line, add one, or leave one out; server lines stay', () => {
    const settings = { tickTime: '250', 'zabscope.faults': 'true', 'autopurge.purgeInterval': '' }
    const lines = formatZooCfg(plan(1), plans, common('/s', settings), null).split('\n')
    expect(lines.filter((line) => line.startsWith('tickTime='))).toEqual(['tickTime=250'])
    expect(lines).toContain('zabscope.faults=true')
    expect(lines.some((line) => line.startsWith('autopurge.purgeInterval'))).toBe(false)
    expect(lines).toContain('server.3=127.0.0.1:2890:3890:participant;127.0.0.1:2183')
  })
})
