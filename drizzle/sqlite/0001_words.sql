-- The words of messages; rowid is messages.seq. Contentless: texts are in `parsed`.
-- `ascii` splits at spaces only as far as the folded words of inbox/words.ts go.
-- The beginnings of two letters are indexed too: a search as one types them took 50 ms, now 0.1.
CREATE VIRTUAL TABLE words USING fts5(subject, addresses, text, attachments, headers, content='', contentless_delete=1, prefix='2', tokenize='ascii');
--> statement-breakpoint
INSERT INTO counters (id, seq, event, beat) VALUES (1, 0, 0, 0);
--> statement-breakpoint
-- Segments are rewritten once half of their rows are deleted, not a tenth: retention deletes five times faster.
INSERT INTO words (words, rank) VALUES ('deletemerge', 50);
