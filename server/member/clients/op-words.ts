// The words by which the text command `cons` names operations. Source: Request.op2String, operations.md §1.1.

import type { ClientRequest } from '#shared/zk/request.ts'

const OP_WORDS: Readonly<Partial<Record<ClientRequest['type'], string>>> = {
  create: 'CREA',
  create2: 'CREA',
  createContainer: 'CREA',
  createTTL: 'CREA',
  delete: 'DELE',
  exists: 'EXIS',
  getData: 'GETD',
  setData: 'SETD',
  getACL: 'GETA',
  setACL: 'SETA',
  getChildren: 'GETC',
  getChildren2: 'GETC',
  getEphemerals: 'GETE',
  getAllChildrenNumber: 'GETACN',
  sync: 'SYNC',
  multi: 'MULT',
  multiRead: 'MLTR',
  reconfig: 'RECO',
  setWatches: 'SETW',
  setWatches2: 'STW2',
  addWatch: 'ADDW',
  checkWatches: 'CHKW',
  removeWatches: 'REMW',
  whoAmI: 'HOMI',
  closeSession: 'CLOS',
  ping: 'PING',
}

/** `NA` for what has no word. */
export function lastOpWord(type: ClientRequest['type'] | 'sasl'): string {
  if (type === 'sasl') return 'SASL'
  return OP_WORDS[type] ?? 'NA'
}
