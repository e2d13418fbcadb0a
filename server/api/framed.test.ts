import { expect, test } from 'vitest';
import { framed, framePolicy } from './framed.ts';

test('links open in a tab of their own, and the doctype stays first', () => {
  expect(framed('<p>x')).toBe('<base target="_blank"><p>x');
  expect(framed('<!DOCTYPE html>\n<html>')).toBe('<!DOCTYPE html><base target="_blank">\n<html>');
  expect(framed('\ufeff <!-- made by x --> <!doctype html><p>')).toBe('\ufeff <!-- made by x --> <!doctype html><base target="_blank"><p>');
  for (const odd of ['', '<!doctype html', '<!-- never closed', '<!--><!doctype']) expect(framed(odd)).toContain('<base target="_blank">');
});

test('other hosts are let in only when asked for, and never to run anything', () => {
  const shut = framePolicy({ parts: 'http://h/p/', remote: false });
  const open = framePolicy({ parts: 'http://h/p/', remote: true });
  expect(shut).not.toMatch(/https?:(?!\/\/h\/p\/)/);
  expect(open).toContain('img-src data: cid: http://h/p/ http: https:');
  for (const policy of [shut, open]) {
    expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
    expect(policy).not.toMatch(/script-src|allow-scripts|allow-forms|allow-same-origin|connect-src|frame-src/);
    expect(policy).toContain("form-action 'none'");
  }
});
