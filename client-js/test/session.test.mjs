// Who is signed in, and what is said when that is over.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Session, endedText, signInHref } from '../dashboard/session.js';

/** A session, the requests it made, and what it told; `answers` are taken one by one, an Error is thrown. */
function rig(...answers) {
  const made = { asked: [], ended: [], changes: [] };
  made.session = new Session({
    get: async (url, options = {}) => {
      made.asked.push([url, options]);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      const [status, body] = answer;
      return { status, ok: status >= 200 && status < 300, json: async () => JSON.parse(body) };
    },
    changed: ({ isSignedIn, name, role }) => made.changes.push({ isSignedIn, name, role }),
    ended: (text) => made.ended.push(text),
  });
  return made;
}

test('without a sign-in there is nothing to sign out of', async () => {
  const made = rig([200, '{"auth":"none"}']);
  await made.session.check();
  assert.deepEqual(made.changes, [{ isSignedIn: false, name: '', role: '' }]);
  assert.equal(made.asked[0][0], '../api/session');
  assert.deepEqual(made.ended, []);
});

test('who is signed in is known, whatever else is said or missing', async () => {
  const whole = '{"name":"ann","role":"viewer","scope":"","endsAt":1,"token":"t","more":[]}';
  const made = rig([200, whole], [200, 'null'], [200, '{"name":7}']);
  for (let i = 0; i < 3; i += 1) await made.session.check();
  assert.deepEqual(made.changes[0], { isSignedIn: true, name: 'ann', role: 'viewer' });
  assert.deepEqual(made.changes.slice(1).map((change) => change.isSignedIn), [false, false]);
});

test('a session that is gone is told once, with its reason', async () => {
  const made = rig([401, '{"why":"expired"}']);
  await made.session.check();
  await made.session.check();
  made.session.end({ why: 'idle' });
  assert.deepEqual(made.ended, ['Your session has come to its end.']);
  assert.equal(made.asked.length, 1);
  assert.equal(made.session.isOver, true);
});

test('a refusal that says nothing is one all the same', async () => {
  const made = rig([401, 'nothing']);
  await made.session.check();
  assert.deepEqual(made.ended, ['You are not signed in any more.']);
});

test('other answers and no answer change nothing', async () => {
  const made = rig([503, ''], new Error('gone'), [404, ''], [200, 'nothing']);
  for (let i = 0; i < 4; i += 1) await made.session.check();
  assert.equal(made.asked.length, 4);
  assert.deepEqual([made.ended, made.changes], [[], []]);
});

test('one question is asked at a time', async () => {
  const made = rig([200, '{"auth":"none"}']);
  await Promise.all([made.session.check(), made.session.check()]);
  assert.equal(made.asked.length, 1);
});

test('signing out says where, with the token, and tells what went wrong', async () => {
  const made = rig([200, '{"name":"ann","token":"a&b"}'], [403, ''], new Error('gone'), [200, '']);
  await made.session.check();
  assert.equal(await made.session.signOut('here'), 'The server answered 403.');
  assert.equal(await made.session.signOut('here'), 'The server cannot be reached.');
  assert.equal(await made.session.signOut('everywhere'), '');
  const [url, { method, body }] = made.asked.at(-1);
  assert.deepEqual([url, method, String(body)], ['../sign-out', 'POST', 'token=a%26b&where=everywhere']);
  assert.deepEqual(made.ended, ['You have signed out.']);
});

test('whoever was signed out meanwhile has signed out', async () => {
  const made = rig([401, '']);
  assert.equal(await made.session.signOut('here'), '');
  assert.equal(made.session.isOver, true);
});

test('every reason is said, and by whom; strangers words steer nothing', () => {
  const reasons = ['expired', 'idle', 'signed-out', 'taken-over', 'removed', 'changed', 'revoked'];
  const texts = reasons.map((why) => endedText({ why }));
  assert.equal(new Set(texts).size, reasons.length);
  const unknown = 'You are not signed in any more.';
  for (const end of [undefined, {}, { why: 'toString' }, { why: 7 }]) assert.equal(endedText(end), unknown);
  assert.equal(
    endedText({ why: 'taken-over', by: '203.0.113.7' }),
    'You have signed in elsewhere. It was done from 203.0.113.7.');
  assert.doesNotMatch(endedText({ why: 'idle', by: 'a\u202eb' }), /\u202e/);
});

test('the way back leads to the page that was left', () => {
  assert.equal(signInHref('/admin/ann'), '../sign-in?return=%2Fadmin%2Fann');
});
