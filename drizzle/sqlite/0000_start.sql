CREATE TABLE `addresses` (
	`key` text NOT NULL,
	`seq` integer NOT NULL,
	`stream` integer NOT NULL,
	`roles` integer NOT NULL,
	PRIMARY KEY(`key`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `addresses_seq` ON `addresses` (`seq`,`roles`);--> statement-breakpoint
CREATE TABLE `contents` (
	`seq` integer PRIMARY KEY NOT NULL,
	`summary` text NOT NULL,
	`detail_size` integer NOT NULL,
	`upload` integer,
	`data` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `counters` (
	`id` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`event` integer NOT NULL,
	`beat` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`stream` integer NOT NULL,
	`user` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `credentials_user_unique` ON `credentials` (`user`);--> statement-breakpoint
CREATE INDEX `credentials_stream` ON `credentials` (`stream`);--> statement-breakpoint
CREATE TABLE `events` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`stream` text NOT NULL,
	`seq` integer,
	`data` text
);
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`stream` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`response` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`stream`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_expiry` ON `idempotency` (`expires_at`);--> statement-breakpoint
CREATE TABLE `inboxes` (
	`key` text PRIMARY KEY NOT NULL,
	`address` text NOT NULL,
	`stream` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer
);
--> statement-breakpoint
CREATE INDEX `inboxes_expiry` ON `inboxes` (`expires_at`) WHERE expires_at is not null;--> statement-breakpoint
CREATE TABLE `messages` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`stream` integer NOT NULL,
	`received_at` integer NOT NULL,
	`size` integer NOT NULL,
	`read` integer DEFAULT 0 NOT NULL,
	`parse` integer DEFAULT 0 NOT NULL,
	`has` integer DEFAULT 0 NOT NULL,
	`attachments` integer,
	`event` integer NOT NULL,
	`subject` text NOT NULL,
	`message_id` text NOT NULL,
	`tags` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_id_unique` ON `messages` (`id`);--> statement-breakpoint
CREATE INDEX `messages_stream` ON `messages` (`stream`);--> statement-breakpoint
CREATE INDEX `messages_pending` ON `messages` (`parse`) WHERE parse = 0;--> statement-breakpoint
CREATE TABLE `parsed` (
	`seq` integer PRIMARY KEY NOT NULL,
	`snippet` text NOT NULL,
	`data` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pieces` (
	`key` integer PRIMARY KEY NOT NULL,
	`data` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `streams` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`mode` text NOT NULL,
	`keep_messages` integer,
	`keep_age` integer,
	`keep_bytes` integer,
	`tags` text NOT NULL,
	`created_at` integer NOT NULL,
	`messages` integer DEFAULT 0 NOT NULL,
	`unread` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `streams_name_unique` ON `streams` (`name`);--> statement-breakpoint
CREATE TABLE `tags` (
	`tag` text NOT NULL,
	`seq` integer NOT NULL,
	`stream` integer NOT NULL,
	PRIMARY KEY(`tag`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` integer PRIMARY KEY NOT NULL,
	`seq` integer,
	`pieces` integer DEFAULT 0 NOT NULL
);
