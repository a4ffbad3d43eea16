// Which question about a znode is open: one at a time, each about one path.

import { create } from 'zustand'

export type NodeQuestion = 'edit' | 'create' | 'delete' | 'acl' | 'copy' | 'export' | 'import'

interface NodeDialogState {
  readonly open: { readonly question: NodeQuestion; readonly path: string } | null
}

export const useNodeDialog = create<NodeDialogState>(() => ({ open: null }))

export function askAbout(question: NodeQuestion, path: string): void {
  useNodeDialog.setState({ open: { question, path } })
}

export function closeQuestion(): void {
  useNodeDialog.setState({ open: null })
}
