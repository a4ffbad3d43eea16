import { expect, test } from 'vitest'
import { EXPENSIVE_PER_SECOND_MAX } from '../four-letter/four-letter.ts'
import { SESSION, testFacts } from '../testing/test-facts.ts'
import { createAdmin } from './admin-port.ts'
import { fields, jsonText } from './json-text.ts'

const request = (path: string, authorization: string | null = null) => {
  return { url: new URL(`http://h${path}`), address: '127.0.0.1', authorization }
}
const ask = async (facts: ReturnType<typeof testFacts>, path: string) =>
  String((await createAdmin(facts, '/commands')(request(path))).body)

test('JSON looks as ZooKeeper prints it', () => {
  const value = fields({
    empty: new Map(),
    none: [],
    list: [1, 'two', null],
    deep: [fields({ id: -(2n ** 63n), average: { double: 2 } }), fields({ yes: true })],
  })
  expect(jsonText(value)).toBe(`{
  "empty" : { },
  "none" : [ ],
  "list" : [ 1, "two", null ],
  "deep" : [ {
    "id" : -9223372036854775808,
    "average" : 2.0
  }, {
    "yes" : true
  } ]
}`)
})

test('a command, its other names, one that does not exist, and the list', async () => {
  const facts = testFacts()
  const ruok = '{\n  "command" : "ruok",\n  "error" : null\n}'
  expect(await ask(facts, '/commands/ruok')).toBe(ruok)
  expect(await ask(facts, '/commands/%72uok?x=1')).toBe(ruok)
  expect(await ask(facts, '/commands/isro')).toBe(
    '{\n  "read_only" : false,\n  "command" : "is_read_only",\n  "error" : null\n}',
  )
  expect(await ask(facts, '/commands/Ruok')).toBe('{\n  "command" : "Ruok",\n  "error" : "Unknown command: Ruok"\n}')
  expect(await ask(facts, '/commands')).toMatch(/^<a href="\/commands\/configuration">configuration<\/a>\n<br\/>\n/)
  const { status } = await createAdmin(facts, '/commands')(request('/commandsruok'))
  expect(status).toBe(404)
})

test('an error of the command’s own stands first', async () => {
  const error = '{\n  "error" : "setTraceMask requires long traceMask argument",\n  "command" : "set_trace_mask"\n}'
  const facts = testFacts()
  expect(await ask(facts, '/commands/stmk')).toBe(error)
  expect(await ask(facts, `/commands/stmk?traceMask=${2n ** 63n}`)).toBe(error)
  expect(JSON.parse(await ask(facts, '/commands/stmk?traceMask=8'))).toMatchObject({ tracemask: 8, error: null })
  expect(facts.trace.mask).toBe(8n)
})

test('while not serving, only what does not need the server is answered', async () => {
  const facts = testFacts()
  facts.notes.serving = false
  const refused = 'This ZooKeeper instance is not currently serving requests'
  expect(JSON.parse(await ask(facts, '/commands/srvr'))).toEqual({ command: 'server_stats', error: refused })
  expect(JSON.parse(await ask(facts, '/commands/gtmk'))).toMatchObject({ tracemask: 306, error: null })
})

test('connections: ids are Java’s longs, never rounded', async () => {
  const text = await ask(testFacts(), '/commands/cons')
  expect(text).toContain(`"session_id" : ${SESSION},\n    "last_operation" : "ADDW",`)
  expect(text).toContain('"remote_socket_address" : "127.0.0.1:40802",\n    "interest_ops" : 1,')
})

test('who votes, and how far Zab is, in an ensemble', async () => {
  const facts = testFacts([
    'initLimit=10',
    'syncLimit=5',
    'server.1=h:2888:3888',
    'server.2=[::1]:2889:3889:observer',
    'standaloneEnabled=false',
  ])
  expect(JSON.parse(await ask(facts, '/commands/voting_view')).current_config).toEqual({
    1: {
      server_addresses: ['h:2888'],
      election_addresses: ['h:3888'],
      client_address: '0.0.0.0:2181',
      learner_type: 'participant',
    },
  })
  const state = JSON.parse(await ask(facts, '/commands/zabstate'))
  expect(state).toMatchObject({ myid: 1, voting: true, last_zxid: '0x91', zab_counter: 145, zabstate: 'broadcast' })
})

test('expensive commands are answered a few times a second', async () => {
  const facts = testFacts()
  const answer = createAdmin(facts, '/commands')
  const url = request('/commands/dump')
  for (let i = 0; i < EXPENSIVE_PER_SECOND_MAX; i += 1) expect((await answer(url)).body).toContain('"error" : null')
  expect((await answer(url)).body).toContain('dump is asked for too often')
})
