CREATE TABLE `audit` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`what` text NOT NULL,
	`stream` text,
	`by` text NOT NULL,
	`text` text NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_stream` ON `audit` (`stream`,`id`);--> statement-breakpoint
CREATE TABLE `delivery_times` (
	`hour` integer NOT NULL,
	`stream` integer NOT NULL,
	`mode` integer NOT NULL,
	`bound` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`hour`, `stream`, `mode`, `bound`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `telemetry` (
	`hour` integer NOT NULL,
	`stream` integer NOT NULL,
	`mode` integer NOT NULL,
	`site` text NOT NULL,
	`class` text NOT NULL,
	`measure` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`hour`, `stream`, `mode`, `site`, `class`, `measure`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP INDEX `recipients_lane`;--> statement-breakpoint
DROP INDEX `recipients_waiting`;--> statement-breakpoint
ALTER TABLE `recipients` ADD `mode` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `recipients` ADD `held` text;--> statement-breakpoint
ALTER TABLE `recipients` ADD `kept_back` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `recipients` ADD `original` text;--> statement-breakpoint
CREATE INDEX `recipients_live` ON `recipients` (`stream`,`queued_at`,`kept_back`) WHERE mode = 1;--> statement-breakpoint
CREATE INDEX `recipients_lane` ON `recipients` (`stream`,`mode`,`destination`,`rank`,`due`,`state`) WHERE state in (0, 2);--> statement-breakpoint
CREATE INDEX `recipients_waiting` ON `recipients` (`stream`,`mode`,`expires`,`state`) WHERE state < 4;--> statement-breakpoint
CREATE TABLE `__new_pauses` (
	`stream` integer NOT NULL,
	`mode` integer DEFAULT 0 NOT NULL,
	`site` text NOT NULL,
	`reason` text NOT NULL,
	`until` integer,
	`by` text NOT NULL,
	PRIMARY KEY(`stream`, `mode`, `site`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_pauses` (stream, mode, site, reason, until, by) SELECT stream, 0, site, reason, until, by FROM `pauses`;--> statement-breakpoint
DROP TABLE `pauses`;--> statement-breakpoint
ALTER TABLE `__new_pauses` RENAME TO `pauses`;--> statement-breakpoint
CREATE TABLE `__new_suppressions` (
	`address` text NOT NULL,
	`stream` integer NOT NULL,
	`mode` integer DEFAULT -1 NOT NULL,
	`reason` text NOT NULL,
	`detail` text NOT NULL,
	`message` text,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	PRIMARY KEY(`address`, `stream`, `mode`)
) WITHOUT ROWID;
--> statement-breakpoint
-- All mail was simulated until now; what came of a message came of that.
INSERT INTO `__new_suppressions` (address, stream, mode, reason, detail, message, created_at, expires_at) SELECT address, stream, iif(message IS NULL, -1, 0), reason, detail, message, created_at, expires_at FROM `suppressions`;--> statement-breakpoint
DROP TABLE `suppressions`;--> statement-breakpoint
ALTER TABLE `__new_suppressions` RENAME TO `suppressions`;--> statement-breakpoint
CREATE TABLE `__new_strikes` (
	`address` text NOT NULL,
	`stream` integer NOT NULL,
	`mode` integer DEFAULT 0 NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`address`, `stream`, `mode`, `kind`, `at`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_strikes` (address, stream, mode, kind, at) SELECT address, stream, 0, kind, at FROM `strikes`;--> statement-breakpoint
DROP TABLE `strikes`;--> statement-breakpoint
ALTER TABLE `__new_strikes` RENAME TO `strikes`;