// The processes of checks that serve: one for each command, started when first asked; ends them all together and asks nothing itself.
import { type LineServer, lineServer } from '../../host/line-server.ts';

export interface CheckServers {
  /** The process of this command. */
  of(command: string): LineServer;
  /** Ends all of them. */
  close(): Promise<void>;
}

const MOST_ANSWER = 1_000_000; // bytes

/** No process yet. */
export function openCheckServers(): CheckServers {
  const servers = new Map<string, LineServer>();
  return {
    of: (command) => {
      const server = servers.get(command) ?? lineServer(MOST_ANSWER);
      servers.set(command, server);
      return server;
    },
    close: async () => {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}
