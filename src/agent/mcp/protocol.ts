// What an MCP server answers, as far as we rely on it (modelcontextprotocol.io, tools); everything unknown is let through, nothing is run.

import { z } from 'zod';
import { deeperThan } from '../../store/shape.ts';

const MOST_SCHEMA_LEVELS = 50;

/** A page of tools. Each tool is checked by itself, so that one that is malformed does not take the others along. */
export const toolPage = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().nullish() });

export const listedTool = z.looseObject({
  name: z.string().min(1).max(1000),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()).refine((schema) => !deeperThan(schema, MOST_SCHEMA_LEVELS)),
  annotations: z.looseObject({ readOnlyHint: z.boolean().optional() }).optional(),
});
/** A tool under its own name, as the server describes it. */
export type ListedTool = z.infer<typeof listedTool>;

/** What a call came to. Each block is read by itself: an unknown kind is told, not refused. */
export const callResult = z.looseObject({
  content: z.array(z.unknown()).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});
export type CallResult = z.infer<typeof callResult>;

const resource = z.looseObject({
  uri: z.string(),
  mimeType: z.string().nullish(),
  text: z.string().optional(),
  blob: z.string().optional(),
});

/** A block of a result. */
export const resultBlock = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({ type: z.literal('image'), data: z.string(), mimeType: z.string() }),
  z.looseObject({ type: z.literal('audio'), data: z.string(), mimeType: z.string() }),
  z.looseObject({ type: z.literal('resource'), resource }),
  z.looseObject({
    type: z.literal('resource_link'),
    uri: z.string(),
    name: z.string().optional(),
    description: z.string().optional(),
  }),
]);
export type ResultBlock = z.infer<typeof resultBlock>;
