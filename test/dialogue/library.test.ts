/** What is relied on inside smtp-server. When a new version changes any of it, this fails before a user notices. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { expect, test } from 'vitest';

test('the version is the one that server/admission/smtp was written against', () => {
  const found = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('smtp-server/package.json'), 'utf8')) as { version: string };
  expect(found.version).toBe('3.21.6');
});

test('the members that line.ts and connection.ts override or call are there, with their parameters', () => {
  const members = Object.fromEntries(
    ['init', 'connectionReady', 'send', '_sendGreeting', 'close', 'upgrade', '_createParser', '_armTimeout', '_resetSession', '_setListeners', '_onClose', '_whenWritable', '_getEnhancedStatusCode', 'handler_STARTTLS', 'handler_AUTH']
      .map((name) => [name, (SMTPConnection.prototype as unknown as Record<string, { length: number }>)[name]?.length]),
  );
  expect(members).toEqual({
    init: 0, connectionReady: 1, send: 3, _sendGreeting: 0, close: 0, upgrade: 2, _createParser: 0, _armTimeout: 0, _resetSession: 0, _setListeners: 1,
    _onClose: 0, _whenWritable: 1, _getEnhancedStatusCode: 2, handler_STARTTLS: 2, handler_AUTH: 2,
  });
});

test('the members that server.ts overrides or calls are there, with their parameters', () => {
  const members = Object.fromEntries(
    ['connect', '_handleProxy', 'updateSecureContext', 'onConnect', 'onSecure', 'onAuth', 'onClose']
      .map((name) => [name, (SMTPServer.prototype as unknown as Record<string, { length: number }>)[name]?.length]),
  );
  expect(members).toEqual({ connect: 2, _handleProxy: 2, updateSecureContext: 1, onConnect: 2, onSecure: 3, onAuth: 3, onClose: 2 });
});

test('a server has the fields that are read, and a connection those that are written', () => {
  const server = new SMTPServer({ logger: false });
  expect(server).toMatchObject({ connections: new Set(), _pendingSockets: new Map(), secureContext: expect.any(Map), server: expect.objectContaining({ listening: false }) });
  const source = SMTPConnection.toString();
  for (const field of ['_closing', '_closed', '_ready', '_upgrading', '_nextHandler', '_parser', '_socket', '_server', 'remoteAddress', 'remotePort', 'session']) {
    expect(source).toContain(`this.${field}`);
  }
  // The parser is ours; these are what the library does with it.
  expect([...new Set(source.match(/_parser\.\w+/g))].toSorted()).toEqual(['_parser._dataMode', '_parser.continue', '_parser.isClosed']);
});
