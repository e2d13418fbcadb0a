CREATE TABLE `attempts` (
	`recipient` integer NOT NULL,
	`number` integer NOT NULL,
	`data` blob NOT NULL,
	PRIMARY KEY(`recipient`, `number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `hook_calls` (
	`id` text PRIMARY KEY NOT NULL,
	`hook` text NOT NULL,
	`state` integer NOT NULL,
	`due` integer,
	`data` text NOT NULL,
	`tries` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hook_calls_hook` ON `hook_calls` (`hook`,`id`);--> statement-breakpoint
CREATE INDEX `hook_calls_due` ON `hook_calls` (`hook`,`due`) WHERE due is not null;--> statement-breakpoint
CREATE TABLE `hooks` (
	`id` text PRIMARY KEY NOT NULL,
	`stream` integer NOT NULL,
	`cursor` integer NOT NULL,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `kept` (
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`json` text NOT NULL,
	PRIMARY KEY(`kind`, `name`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pauses` (
	`stream` integer NOT NULL,
	`site` text NOT NULL,
	`reason` text NOT NULL,
	`until` integer,
	`by` text NOT NULL,
	PRIMARY KEY(`stream`, `site`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `planned` (
	`id` text PRIMARY KEY NOT NULL,
	`stream` integer NOT NULL,
	`due` integer NOT NULL,
	`message` text NOT NULL,
	`json` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `planned_due` ON `planned` (`stream`,`due`);--> statement-breakpoint
CREATE INDEX `planned_message` ON `planned` (`message`) WHERE message <> '';--> statement-breakpoint
CREATE TABLE `recipients` (
	`key` integer PRIMARY KEY NOT NULL,
	`stream` integer NOT NULL,
	`address` text NOT NULL,
	`destination` text NOT NULL,
	`state` integer NOT NULL,
	`rank` integer NOT NULL,
	`due` integer,
	`expires` integer NOT NULL,
	`queued_at` integer NOT NULL,
	`offset` integer DEFAULT 0 NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`uncertain` integer DEFAULT 0 NOT NULL,
	`wish` text,
	`dsn` text,
	`last` text
);
--> statement-breakpoint
CREATE INDEX `recipients_lane` ON `recipients` (`stream`,`destination`,`rank`,`due`,`state`) WHERE state in (0, 2);--> statement-breakpoint
CREATE INDEX `recipients_waiting` ON `recipients` (`stream`,`expires`,`state`) WHERE state < 4;--> statement-breakpoint
CREATE INDEX `recipients_active` ON `recipients` (`state`) WHERE state = 1;--> statement-breakpoint
CREATE TABLE `strikes` (
	`address` text NOT NULL,
	`stream` integer NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`address`, `stream`, `kind`, `at`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `suppressions` (
	`address` text NOT NULL,
	`stream` integer NOT NULL,
	`reason` text NOT NULL,
	`detail` text NOT NULL,
	`message` text,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	PRIMARY KEY(`address`, `stream`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `messages` ADD `queued` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `outgoing` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `envid` text;--> statement-breakpoint
CREATE INDEX `messages_sent` ON `messages` (`message_id`) WHERE queued is not null;--> statement-breakpoint
CREATE INDEX `messages_envid` ON `messages` (`envid`) WHERE envid is not null;--> statement-breakpoint
ALTER TABLE `streams` ADD `delivery` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `streams` ADD `clock_offset` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `streams` ADD `paused` text;--> statement-breakpoint
CREATE INDEX `events_message` ON `events` (`seq`) WHERE seq is not null and type <> 'message.captured';