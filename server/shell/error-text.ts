// What went wrong, in zkCli's words where it has some. Source: CliWrapperException.getMessage, 3.8.0.

import {
  BadVersionError,
  InvalidAclError,
  NoAuthError,
  NoChildrenForEphemeralsError,
  NodeExistsError,
  NoNodeError,
  NotEmptyError,
  QuotaExceededError,
  ZooKeeperError,
} from '../client/errors.ts'
import { escapeText } from './format.ts'

/** One line or more for the person who typed the command. */
export function errorText(error: unknown): string {
  return escapeText(sentence(error))
}

function sentence(error: unknown): string {
  if (!(error instanceof ZooKeeperError)) return error instanceof Error ? error.message : String(error)
  const { path } = error
  if (path === null) return error.message
  if (error instanceof NoNodeError) return `Node does not exist: ${path}`
  if (error instanceof NoChildrenForEphemeralsError) return `Ephemerals cannot have children: ${path}`
  if (error instanceof NodeExistsError) return `Node already exists: ${path}`
  if (error instanceof NotEmptyError) return `Node not empty: ${path}`
  if (error instanceof BadVersionError) return `version No is not valid : ${path}`
  if (error instanceof NoAuthError) return `Insufficient permission : ${path}`
  if (error instanceof InvalidAclError) return `Acl is not valid : ${path}`
  if (error instanceof QuotaExceededError) return `Quota has exceeded : ${path}`
  return error.message
}
