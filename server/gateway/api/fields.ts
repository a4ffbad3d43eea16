// Fields that several operations take, each checked before anything acts on it.

import { z } from 'zod'
import type { AclJson, CreateModeName } from '#shared/events/tree-requests.ts'
import { pathProblem } from '#shared/zk/path.ts'
import { MEMBERS_MAX } from '../../ensemble/layout.ts'
import { DATA_BASE64_MAX } from '../limits.ts'

/** Characters; a path travels in a frame of at most 1 MiB anyway. */
const PATH_MAX = 4096
/** Entries; a server takes more, a person does not write them. */
const ACL_MAX = 64

/** A path of a znode, by ZooKeeper's rules. */
export const pathField = z
  .string()
  .max(PATH_MAX)
  .superRefine((text, context) => {
    const problem = pathProblem(text)
    if (problem) context.addIssue({ code: 'custom', message: problem })
  })
  .meta({ description: 'Path of a znode, for example `/app/config`.' })

/** For a create: a sequential one may leave the whole name to the server, as in `/queue/`. */
export const newPathField = z
  .string()
  .max(PATH_MAX)
  .superRefine((text, context) => {
    const problem = pathProblem(text.endsWith('/') ? `${text}0` : text)
    if (problem) context.addIssue({ code: 'custom', message: problem })
  })
  .meta({ description: 'Path of the new znode; with a sequential mode the number is put behind it.' })

/** Of a member of the ensemble that this process started. */
export const sidField = z.int().min(1).max(MEMBERS_MAX).meta({ description: 'Server id of a member.' })

export const dataField = z
  .base64()
  .max(DATA_BASE64_MAX)
  .nullable()
  .meta({ description: 'Data in base64; null for none at all.' })

export const versionField = z.int().min(-1).meta({ description: 'The version that the znode must have; -1 for any.' })

export const aclField: z.ZodType<readonly AclJson[]> = z
  .array(
    z.strictObject({
      perms: z
        .string()
        .regex(/^[cdrwa]{1,5}$/)
        .meta({ description: 'Letters of `cdrwa`: create, delete, read, write, admin.' }),
      scheme: z.string().regex(/^[a-z][a-z0-9]{0,31}$/),
      id: z.string().max(1024),
    }),
  )
  .min(1)
  .max(ACL_MAX)

const MODES = {
  persistent: true,
  persistentSequential: true,
  ephemeral: true,
  ephemeralSequential: true,
  container: true,
  persistentWithTtl: true,
  persistentSequentialWithTtl: true,
} satisfies Record<CreateModeName, true>
export const modeField = z
  .enum(Object.keys(MODES) as CreateModeName[])
  .meta({ description: 'Ephemerals belong to the gateway’s own session, and go with it.' })

export const jobField = z
  .int()
  .min(0)
  .optional()
  .meta({ description: 'On a socket: a number of your choice, for `job:progress` and `job:cancel`.' })

export const nothing = z.strictObject({})
export const onlyPath = z.strictObject({ path: pathField })
export const onlySid = z.strictObject({ sid: sidField })
