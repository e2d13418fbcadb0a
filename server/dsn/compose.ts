/** All that is written about a message that went out: by Postern, by others, by people. */
export { composeAutoreply, composeComplaint, type ComplaintInput, composeTextBounce } from './compose-foreign.ts';
export { composeLater, type Later } from './compose-later.ts';
export { composeDsn, composeNotice, type DsnInput, NOTICE_FIELD, type NoticeInput, type NoticeRecipient } from './compose-notice.ts';
export type { Original } from './report-parts.ts';
