// Redaction: every kind of secret goes, what only looks like one stays, and hostile text costs no more than its length.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { redactDeep, redactor } from '../../src/store/redaction.ts';
import { rules } from '../../src/store/redaction-rules.ts';
import { deeperThan, MAX_DEPTH } from '../../src/store/shape.ts';

const redact = redactor();
const random = 'Zk4vTq9LmX2cRb7WdYh3';

describe('the rules', () => {
  it('are many, with names of their own and literals that JSON writes as they are', () => {
    expect(rules.length).toBeGreaterThanOrEqual(20);
    expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
    for (const literal of rules.flatMap((rule) => rule.literals)) expect(literal).toMatch(/^[A-Za-z0-9_./: =-]{3,}$/);
  });

  it.each(rules.map((rule) => [rule.name, rule] as const))(
    '%s is found alone, in prose, in quotes and in escaped JSON',
    (name, rule) => {
      const escaped = JSON.stringify({ out: `before\n${rule.sample}\nafter` });
      const quoted = `x = '${rule.sample}';`;
      for (const text of [rule.sample, `see ${rule.sample} here`, `a\n${rule.sample}\nb`, quoted, escaped]) {
        const out = redact(text);
        expect(out).toContain(`[redacted:${name}]`);
        expect(out).not.toContain(random);
        expect(redact(out)).toBe(out);
      }
    },
  );

  it.each(rules.map((rule) => [rule.name, rule] as const))('%s has a literal in every match', (_name, rule) => {
    const literals = rule.literals.map((literal) => literal.toLowerCase());
    const matches = [...rule.sample.matchAll(rule.pattern)].map((match) => match[0].toLowerCase());
    expect(matches.length).toBeGreaterThan(0);
    for (const match of matches) expect(literals.some((literal) => match.includes(literal))).toBe(true);
  });
});

describe('what is left alone', () => {
  it.each([
    'commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad',
    '"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
    '"integrity": "sha512-Zk4vTq9LmX2cRb7WdYh3Zk4vTq9LmX2cRb7WdYh3Zk4vTq9LmX2cRb7WdYh3Zk4vTq9LmX2cRb7Wd=="',
    'id 550e8400-e29b-41d4-a716-446655440000, session_token: 550e8400-e29b-41d4-a716-446655440000',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'password: string',
    'password: str = None',
    'token: $'.concat('{{ secrets.DEPLOY_TOKEN }}'),
    'const token = process.env.SERVICE_TOKEN_2',
    'secret = os.environ["SECRET_1"]',
    'token = await getToken2(user)',
    'api_key: <your-key>',
    'API_KEY=your-api-key-here-123',
    'password=xxxxxxxx1',
    'PASSWORD=$DB_PASS1',
    'max_tokens=4096, "input_tokens":123456789012',
    'if (password === confirmPassword1) {',
    'password = input("Password: ")',
    'docker login --password-stdin',
    'https://user:password@example.org and http://localhost:8080/a@b',
    'PWD=/home/me/project1/src',
    'Authorization: Bearer $TOKEN_1 and Authorization: Bearer $'.concat('{token1}'),
    'Cookie: a=b',
    'the task-risk-desk-list of a disk-based mask-layer-thing-again',
    'if line.startswith("-----BEGIN RSA PRIVATE KEY-----"):',
    'sk-learn-based-pipelines-are-nice',
    'npm_config_registry=https://registry.npmjs.org hf_hub_download npm_package_json',
    'import { AWSSecretAccessKeyProvider } from "x"',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('contexts', () => {
  it('keeps what stands around a secret', () => {
    expect(redact('postgres://app:q7Rw2xT9@db:5432/x')).toBe('postgres://app:[redacted:url-password]@db:5432/x');
    expect(redact('PGPASSWORD="q7Rw2xT9!" psql')).toBe('PGPASSWORD="[redacted:password]" psql');
    expect(redact(`curl -H "Authorization: Bearer ${random}" x`)).toBe(
      'curl -H "Authorization: Bearer [redacted:authorization-header]" x',
    );
    expect(redact('{\\"db_password\\":\\"q7Rw2xT9!\\"}')).toBe('{\\"db_password\\":\\"[redacted:password]\\"}');
  });

  it('takes a private key whole, with escaped newlines, and when its end is missing', () => {
    const body = `${random}${random}`;
    const begin = '-----BEGIN OPENSSH PRIVATE KEY-----';
    const end = '-----END OPENSSH PRIVATE KEY-----';
    expect(redact(`a ${begin}\n${body}\n${body}\n${end} b`)).toBe('a [redacted:private-key] b');
    expect(redact(`"${begin}\\n${body}\\n${body}\\n${end}\\n"`)).toBe('"[redacted:private-key]\\n"');
    expect(redact(`${begin}\n${body}\n${body.slice(0, 7)}`)).toBe('[redacted:private-key]');
    const long = `${begin}\n${`${body}\n`.repeat(2000)}`;
    expect(redact(long).length).toBeLessThan(long.length - 19_000);
  });

  it('knows a secret in structured arguments by its key', () => {
    const input = { env: { DB_PASSWORD: 'q7Rw2xT9!', PATH: '/usr/bin', apiKey: random }, n: 1 };
    expect(redactDeep(redact, input)).toEqual({
      env: { DB_PASSWORD: '[redacted:password]', PATH: '/usr/bin', apiKey: '[redacted:secret-value]' },
      n: 1,
    });
  });
});

describe('redactDeep', () => {
  const secret = `sk-ant-api03-${random}${random}`;

  it('gives back the same object where nothing was found, and copies only what lies on the way to a secret', () => {
    const clean = { a: [1, { b: 'text' }], c: null };
    expect(redactDeep(redact, clean)).toBe(clean);
    const mixed = { clean, dirty: [secret] };
    const out = redactDeep(redact, mixed);
    expect(out).toEqual({ clean, dirty: ['[redacted:anthropic-api-key]'] });
    expect(out.clean).toBe(clean);
    expect(mixed.dirty[0]).toBe(secret);
  });

  it('redacts keys and leaves image data alone', () => {
    expect(redactDeep(redact, { [secret]: 1 })).toEqual({ '[redacted:anthropic-api-key]': 1 });
    const image = { type: 'image', media_type: 'image/png', data: `AAAA${secret}` };
    expect(redactDeep(redact, [image])[0]).toBe(image);
  });

  it('keeps a key named __proto__ a plain key', () => {
    const hostile: unknown = JSON.parse(`{"__proto__":{"polluted":true},"x":"${secret}"}`);
    const out = redactDeep(redact, hostile);
    expect(JSON.stringify(out)).toBe('{"__proto__":{"polluted":true},"x":"[redacted:anthropic-api-key]"}');
    expect('polluted' in {}).toBe(false);
  });

  it('cuts off what is nested so deep that nothing could read it', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`);
    const out = redactDeep(redact, { deep });
    expect(deeperThan(out, MAX_DEPTH)).toBe(false);
    expect(JSON.stringify(out)).toContain('[nested too deep to keep]');
  });
});

describe('rules from the settings', () => {
  it('apply beside the built-in ones', () => {
    const own = redactor([{ name: 'badge', literal: 'badge-', pattern: 'badge-\\d{4}' }]);
    expect(own(`my Badge-1234 and token=${random}`)).toBe('my [redacted:badge] and token=[redacted:secret-value]');
  });

  it('are a UserError that names the rule where the pattern is none', () => {
    expect(() => redactor([{ name: 'broken', literal: 'abc', pattern: '(' }])).toThrow(UserError);
    expect(() => redactor([{ name: 'broken', literal: 'a"b', pattern: 'x' }])).toThrow(/plain ASCII/);
  });

  it('may match the empty string without harm', () => {
    const own = redactor([{ name: 'odd', literal: 'abc', pattern: 'x*' }]);
    expect(own('abc xx')).toBe('abc [redacted:odd]');
  });
});

describe('hostile text', () => {
  // A quantifier over a group that holds a quantifier is what makes a pattern take exponential time.
  const nested =
    /\((?:[^()\\[]|\\.|\[(?:[^\]\\]|\\.)*\])*(?:[*+]|\{\d+,\d*\})(?:[^()\\[]|\\.|\[(?:[^\]\\]|\\.)*\])*\)(?:[*+]|\{\d+,\d*\})/;
  const unbounded = /(?:^|[^\\])(?:[*+]|\{\d+,\})/;
  const bareClasses = (source: string) => source.replace(/\[(?:[^\]\\]|\\.)*\]/g, '[x]').replace(/\\./g, 'x');

  it.each(rules.map((rule) => [rule.name, rule.pattern.source] as const))(
    '%s has only bounded quantifiers and none inside another',
    (name, source) => {
      expect(bareClasses(source)).not.toMatch(unbounded);
      // The pairs of a cookie are the one exception: each begins with a semicolon, which no value holds.
      if (name !== 'cookie') expect(source).not.toMatch(nested);
    },
  );

  const almost = [
    'sk-',
    'eyJ',
    'eyJ.',
    'eyJaaaaaaaa.',
    'xoxb-',
    'password=',
    'secret',
    'token:',
    '://a:',
    '://',
    'Bearer ',
    'machine a login b ',
    'cookie: a=b;',
    '-----BEGIN PRIVATE KEY-----',
    '1234567890:AA',
    'AccountKey=',
    'SG.aaaaaaaaaaaaaaaa.',
    'twilio ',
    'discord.com/api/webhooks/12345/',
  ];
  it.each(almost)('a megabyte of %j is read to its end and still gives up the secret behind it', (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    expect(redact(`${text}\n sk-ant-api03-${random}${random}`).endsWith(' [redacted:anthropic-api-key]')).toBe(true);
  });

  it('redacting twice is redacting once, whatever stands together', () => {
    const pieces = [
      ...rules.map((rule) => rule.sample),
      'password=',
      'token: "',
      ' ',
      '\n',
      '"',
      'a',
      ':',
      '@x',
      '://u:',
      '[redacted:x]',
      '=',
      'Bearer ',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 8 }),
        (parts) => {
          const once = redact(parts.join(''));
          expect(redact(once)).toBe(once);
        },
      ),
      { numRuns: 500, seed: 7 },
    );
  });
});
