// The entries of an ACL as rows of fields: scheme, id, and a box for each permission.

import type { AclJson } from '#shared/events/tree-requests.ts'
import { Icon } from '../../ui/icon.tsx'
import { useMessages } from '../../ui/words.ts'

const LETTERS = ['c', 'd', 'r', 'w', 'a'] as const
const SCHEMES = ['world', 'auth', 'digest', 'ip', 'x509', 'sasl', 'super']
export const OPEN: AclJson = { scheme: 'world', id: 'anyone', perms: 'cdrwa' }
export const READ_ONLY: AclJson = { scheme: 'world', id: 'anyone', perms: 'r' }

/** An entry and a key that stays with it while others come and go. */
export interface AclRow extends AclJson {
  readonly key: number
}

let lastKey = 0
export function aclRow(entry: AclJson): AclRow {
  lastKey += 1
  return { ...entry, key: lastKey }
}

/** Without the rows' own keys, as requests want it. */
export function entriesOf(rows: readonly AclRow[]): AclJson[] {
  return rows.map(({ perms, scheme, id }) => ({ perms, scheme, id }))
}

/** What is wrong with it, in words; null when it can be written. */
export function useAclProblem(rows: readonly AclJson[]): string | null {
  const { edit: words } = useMessages()
  if (!rows.some(({ perms }) => perms !== '')) return words.aclEmpty
  return rows.some(({ scheme, id }) => scheme === 'digest' && id.endsWith(':…')) ? words.aclMasked : null
}

interface AclRowsProps {
  readonly rows: readonly AclRow[]
  readonly onChange: (rows: readonly AclRow[]) => void
}

export function AclRows({ rows, onChange }: AclRowsProps) {
  const { edit: words } = useMessages()
  const change = (at: number, patch: Partial<AclJson>) =>
    onChange(rows.map((row, i) => (i === at ? { ...row, ...patch } : row)))
  return (
    <div className="acl-rows">
      {rows.map((row, i) => (
        <fieldset key={row.key} className="acl-row">
          <legend className="hidden">{words.entry(i + 1)}</legend>
          <select
            className="field"
            aria-label={words.scheme}
            value={row.scheme}
            onChange={(event) => {
              const scheme = event.target.value
              change(
                i,
                scheme === 'world' ? { scheme, id: 'anyone' } : { scheme, id: row.id === 'anyone' ? '' : row.id },
              )
            }}
          >
            {[...new Set([...SCHEMES, row.scheme])].map((scheme) => (
              <option key={scheme}>{scheme}</option>
            ))}
          </select>
          <input
            className="field mono"
            aria-label={words.id}
            disabled={row.scheme === 'world' || row.scheme === 'auth'}
            value={row.id}
            onChange={(event) => change(i, { id: event.target.value })}
          />
          <PermBoxes perms={row.perms} onChange={(perms) => change(i, { perms })} />
          <button
            type="button"
            className="button quiet icon"
            aria-label={words.removeEntry(i + 1)}
            onClick={() => onChange(rows.filter((each) => each.key !== row.key))}
          >
            <Icon name="close" />
          </button>
        </fieldset>
      ))}
      <button type="button" className="button small" onClick={() => onChange([...rows, aclRow(READ_ONLY)])}>
        {words.addEntry}
      </button>
    </div>
  )
}

function PermBoxes({ perms, onChange }: { readonly perms: string; readonly onChange: (perms: string) => void }) {
  const { tree } = useMessages()
  return (
    <span className="perm-boxes">
      {LETTERS.map((letter) => (
        <label key={letter}>
          <input
            type="checkbox"
            checked={perms.includes(letter)}
            onChange={(event) =>
              onChange(
                LETTERS.filter((each) => (each === letter ? event.target.checked : perms.includes(each))).join(''),
              )
            }
          />
          {tree.perms[letter]}
        </label>
      ))}
    </span>
  )
}
