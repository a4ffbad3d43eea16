// Operation codes. Source: ZooDefs.OpCode.

export const OP_CODES = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getACL: 6,
  setACL: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  deleteContainer: 20,
  createTTL: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  createSession: -10,
  closeSession: -11,
  error: -1,
} as const

export type OpName = keyof typeof OP_CODES

const NAMES = new Map<number, OpName>(Object.entries(OP_CODES).map(([name, code]) => [code, name as OpName]))

export function opName(code: number): OpName | null {
  return NAMES.get(code) ?? null
}

/** Special xids of client frames. Source: ClientCnxn. */
export const XIDS = { notification: -1, ping: -2, auth: -4, setWatches: -8 } as const

/** The flags of create. Source: CreateMode. */
export const CREATE_FLAGS = {
  persistent: 0,
  ephemeral: 1,
  persistentSequential: 2,
  ephemeralSequential: 3,
  container: 4,
  persistentWithTtl: 5,
  persistentSequentialWithTtl: 6,
} as const
