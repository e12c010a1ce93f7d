// The server that the suite's bench asks: one short answer to everything; a process of its own, talks to nobody else.
import { startMessagesServer } from '../../test/support/messages-server.ts';

const server = await startMessagesServer({
  strict: false,
  keep: false,
  answer: () => ({ text: 'All of it is done.' }),
});
process.stdout.write(`${server.url}\n`);
// Whoever started it holds its stdin; when that closes, nobody needs it any more.
process.stdin.resume().on('end', () => process.exit(0));
