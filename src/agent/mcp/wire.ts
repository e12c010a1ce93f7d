// What carries messages to an MCP server and back, whatever it is made of; a contract, no behaviour.
import type { Transport } from '@modelcontextprotocol/client';

/** Bytes of one message; a longer one is dropped, and the calls that wait are told. */
export const MOST_MESSAGE = 10_000_000;

/** Code of the error that a wire puts in the place of an answer that broke off; of those that JSON-RPC leaves free. */
export const BROKEN_OFF = -32_099;

/** The package, loaded when the first server is opened. */
export type Sdk = typeof import('@modelcontextprotocol/client');

/** One connection, not opened yet; it lives once. */
export interface Wire {
  transport: Transport;
  /** Why it ended, in words; undefined while nothing is known. */
  ending(): string | undefined;
  /** Lines that were no messages: how many, and the newest. */
  garbage(): { lines: number; newest: string };
  /** Ends it with everything that was started for it. Settles when nothing is left. */
  close(): Promise<void>;
}

/** What a wire reports on its own. */
export interface WireEvents {
  /** A message was longer than may be, and is lost. */
  onHuge: () => void;
}
