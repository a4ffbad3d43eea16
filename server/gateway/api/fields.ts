// Fields that several operations take, each checked before anything acts on it.

import { z } from 'zod'
import { pathProblem } from '#shared/zk/path.ts'
import { MEMBERS_MAX } from '../../ensemble/layout.ts'

/** Characters; a path travels in a frame of at most 1 MiB anyway. */
const PATH_MAX = 4096

/** A path of a znode, by ZooKeeper's rules. */
export const pathField = z
  .string()
  .max(PATH_MAX)
  .superRefine((text, context) => {
    const problem = pathProblem(text)
    if (problem) context.addIssue({ code: 'custom', message: problem })
  })
  .meta({ description: 'Path of a znode, for example `/app/config`.' })

/** Of a member of the ensemble that this process started. */
export const sidField = z.int().min(1).max(MEMBERS_MAX).meta({ description: 'Server id of a member.' })

export const nothing = z.strictObject({})
export const onlyPath = z.strictObject({ path: pathField })
export const onlySid = z.strictObject({ sid: sidField })
