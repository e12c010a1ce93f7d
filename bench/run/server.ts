// The server that the bench asks: reads a file for as many turns as the task says, then is done; a process of its own, talks to nobody else.
import { startMessagesServer } from '../../test/support/messages-server.ts';

const server = await startMessagesServer({
  strict: false,
  keep: false,
  answer: ({ raw }, _, turn) => {
    const turns = Number(/Read (\d+) times/.exec(JSON.stringify(raw.messages).slice(0, 2_000))?.[1] ?? 0);
    if (turn >= turns) return { text: 'All of it is read.' };
    const path = `part-${turn % 10}.txt`;
    return { text: `On to ${path}.`, tools: [{ name: 'read', input: { path, offset: 1, limit: 60 + turn } }] };
  },
});
process.stdout.write(`${server.url}\n`);
// Whoever started it holds its stdin; when that closes, nobody needs it any more.
process.stdin.resume().on('end', () => process.exit(0));
