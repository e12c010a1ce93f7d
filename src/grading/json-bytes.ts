// JSON out of a file's bytes; never throws on what they hold.

/** The value that the bytes say in JSON (UTF-8, with or without a byte order mark); undefined where they say none. */
export function jsonOfBytes(bytes: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
