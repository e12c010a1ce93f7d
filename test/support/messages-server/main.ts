// The test server as a process of its own, which outlives the clients that tests kill; says its address on stdout, its requests on request.
import { createServer } from 'node:http';
import type { WrittenTurn } from '../../../src/domain/script.ts';
import { startMessagesServer } from '../messages-server.ts';
import type { Fault } from './faults.ts';

interface Order {
  answer: WrittenTurn[];
  /** Faults by the number of the request; only those that are plain data. */
  faults?: Record<string, Fault>;
}

const order: Order = JSON.parse(process.argv[2] ?? '{}');
const server = await startMessagesServer({ answer: order.answer, fault: (n) => order.faults?.[n] });
// A second door, so that looking on does not count as a request.
const door = createServer((_, response) => {
  const { requests, prefixBreaks } = server;
  response.end(JSON.stringify({ requests, prefixBreaks }));
});
door.listen(0, '127.0.0.1', () => {
  const address = door.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ url: server.url, door: `http://127.0.0.1:${port}` })}\n`);
});
// Whoever started it holds its stdin; when that closes, nobody needs it any more.
process.stdin.resume().on('end', () => process.exit(0));
