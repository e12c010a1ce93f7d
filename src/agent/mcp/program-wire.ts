// The wire to an MCP server that is a program: a message a line over stdin and stdout; takes no line for a message that is none.
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { clip, safeForTerminal } from '../../base/text.ts';
import { keepOutput } from '../../host/kept-output.ts';
import { lineSplitter } from '../../host/line-server.ts';
import { MOST_STDERR, type Program } from '../../host/one-answer.ts';
import { type GroupEnd, type ProcessGroup, startGroup } from '../../host/process-group.ts';
import { endNote } from '../tools/shell-outcome.ts';
import { MOST_MESSAGE, type Sdk, type Wire, type WireEvents } from './wire.ts';

// A server is asked to end by the end of its stdin (the protocol's own way), then by a signal, then it is ended.
const LEAVE_MS = 500;
const GRACE_MS = 2_000;

/**
 * Starts `program` when the connection is opened, in a process group of its own, so that nothing that it starts outlives it.
 * The package's own transport ends only the process that it started, and reports no line that is no message.
 */
export function programWire(sdk: Pick<Sdk, 'parseJSONRPCMessage'>, program: Program, { onHuge }: WireEvents): Wire {
  const stderr = keepOutput(MOST_STDERR);
  const garbage = { lines: 0, newest: '' };
  let group: ProcessGroup | undefined;
  let end: GroupEnd | undefined;
  const transport: Transport = {
    start: async () => {
      const onOut = lineSplitter(MOST_MESSAGE, (line) => {
        if (line === undefined) return onHuge();
        if (line.trim() === '') return;
        const message = messageOf(sdk, line);
        if (message !== undefined) return transport.onmessage?.(message);
        garbage.lines++;
        garbage.newest = clip(safeForTerminal(line), 200);
      });
      group = startGroup({ ...program, writes: true, onOut, onErr: stderr.take });
      void group.ended.then((how) => {
        end = how;
        transport.onclose?.();
      });
    },
    send: async (message) => {
      if (end === undefined) group?.stdin?.write(`${JSON.stringify(message)}\n`);
    },
    close: () => close(),
  };
  const close = async () => {
    if (group === undefined || end !== undefined) return;
    const { ended, stdin, stop } = group;
    stdin?.end();
    const leave = setTimeout(() => stop('SIGTERM', GRACE_MS), LEAVE_MS);
    await ended;
    clearTimeout(leave);
  };
  return {
    transport,
    ending: () => (end === undefined ? undefined : endingOf(end, stderr.text().trim() || garbage.newest)),
    garbage: () => ({ ...garbage }),
    close,
  };
}

function endingOf(end: GroupEnd, words: string): string {
  const note = `it ended (${end.failed ?? endNote(end) ?? 'exit code 0'})`;
  return words === '' ? note : `${note}: ${words}`;
}

function messageOf(sdk: Pick<Sdk, 'parseJSONRPCMessage'>, line: string): JSONRPCMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // counted as garbage
  }
  try {
    return sdk.parseJSONRPCMessage(value);
  } catch {
    return undefined; // it throws for anything that is no message, and for nothing else
  }
}
