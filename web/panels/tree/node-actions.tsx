// What can be done to a znode, as buttons in the inspector, and the dialog that is open for it.

import { unreachable } from '#shared/base/assert.ts'
import type { AskName } from '../../feeds/feed.ts'
import { askAbout, closeQuestion, type NodeQuestion, useNodeDialog } from '../../stores/tree/node-dialog.ts'
import { useMessages } from '../../ui/words.ts'
import { AclDialog } from './acl-dialog.tsx'
import { CreateDialog } from './create-dialog.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { EditDialog } from './edit-dialog.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { GuardedButton } from './guarded-button.tsx'
import { CopyDialog, ImportDialog } from './transfer-dialog.tsx'

const NEEDS: Record<NodeQuestion, AskName> = {
  edit: 'node:set',
  create: 'node:create',
  acl: 'node:set-acl',
  copy: 'tree:import',
  export: 'tree:export',
  import: 'tree:import',
  delete: 'tree:delete',
}
const QUESTIONS = ['edit', 'create', 'acl', 'copy', 'export', 'import', 'delete'] as const

/** The root and what is ZooKeeper's own cannot be deleted. */
function fits(question: NodeQuestion, path: string): boolean {
  return question !== 'delete' || (path !== '/' && path !== '/zookeeper')
}

export function NodeActions({ path }: { readonly path: string }) {
  const { edit: words } = useMessages()
  return (
    <div className="node-actions">
      {QUESTIONS.filter((question) => fits(question, path)).map((question) => (
        <GuardedButton
          key={question}
          needs={NEEDS[question]}
          className={`small ${question === 'delete' ? 'danger' : ''}`}
          onClick={() => askAbout(question, path)}
        >
          {words.actions[question]}
        </GuardedButton>
      ))}
    </div>
  )
}

export function NodeDialog() {
  const open = useNodeDialog((state) => state.open)
  if (open === null) return null
  const props = { path: open.path, onClose: closeQuestion }
  switch (open.question) {
    case 'edit':
      return <EditDialog {...props} />
    case 'create':
      return <CreateDialog {...props} />
    case 'delete':
      return <DeleteDialog {...props} />
    case 'acl':
      return <AclDialog {...props} />
    case 'copy':
      return <CopyDialog {...props} />
    case 'export':
      return <ExportDialog {...props} />
    case 'import':
      return <ImportDialog {...props} />
    default:
      return unreachable(open.question)
  }
}

export interface NodeDialogProps {
  readonly path: string
  readonly onClose: () => void
}
