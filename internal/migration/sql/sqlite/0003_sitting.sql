-- Generated from ent/schema by internal/migration/generate; read before committing.
-- Create "new_candidates" table
CREATE TABLE `new_candidates` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `email` text NOT NULL, `name` text NOT NULL, `phone` text NULL, `external_id` text NULL, `erased_at` datetime NULL, `hold` text NOT NULL DEFAULT (''), `held_by` text NOT NULL DEFAULT (''), `consented_at` datetime NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `candidates_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Copy rows from old table "candidates" to new temporary table "new_candidates"
INSERT INTO `new_candidates` (`id`, `created_at`, `email`, `name`, `phone`, `external_id`, `organization_id`) SELECT `id`, `created_at`, `email`, `name`, `phone`, `external_id`, `organization_id` FROM `candidates`;
-- Drop "candidates" table after copying rows
DROP TABLE `candidates`;
-- Rename temporary table "new_candidates" to "candidates"
ALTER TABLE `new_candidates` RENAME TO `candidates`;
-- Create index "candidate_organization_id_email" to table: "candidates"
CREATE UNIQUE INDEX `candidate_organization_id_email` ON `candidates` (`organization_id`, `email`);
-- Create index "candidate_organization_id_external_id" to table: "candidates"
CREATE UNIQUE INDEX `candidate_organization_id_external_id` ON `candidates` (`organization_id`, `external_id`);
-- Create index "candidates_organization_id_id" to table: "candidates"
CREATE UNIQUE INDEX `candidates_organization_id_id` ON `candidates` (`organization_id`, `id`);
-- Create "new_clock_entries" table
CREATE TABLE `new_clock_entries` (`id` uuid NOT NULL, `kind` text NOT NULL, `at` datetime NOT NULL, `number` integer NOT NULL DEFAULT (0), `section` integer NOT NULL DEFAULT (0), `question` integer NOT NULL DEFAULT (0), `seconds` integer NOT NULL DEFAULT (0), `reason` text NOT NULL DEFAULT ('NONE'), `said_by` text NOT NULL DEFAULT (''), `said` text NOT NULL DEFAULT (''), `credit_key` text NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `clock_entries_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `clock_entries_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `clock_entries_kind` CHECK (kind IN ('STARTED', 'SECTION_ENTERED', 'QUESTION_ENTERED', 'SECTION_SUBMITTED', 'SECTION_RAN_OUT', 'PAUSED', 'RESUMED', 'GRANTED', 'CREDITED', 'DISCONNECTED', 'RECONNECTED', 'TAKEN_OVER', 'REOPENED', 'SUBMITTED', 'RAN_OUT')), CONSTRAINT `clock_entries_reason` CHECK (reason IN ('NONE', 'TECHNICAL', 'INTERRUPTION', 'EMERGENCY', 'BREAK', 'ORGANIZER', 'ACCOMMODATION', 'DISCONNECT', 'OUTAGE')));
-- Copy rows from old table "clock_entries" to new temporary table "new_clock_entries"
INSERT INTO `new_clock_entries` (`id`, `kind`, `at`, `organization_id`, `session_id`) SELECT `id`, `kind`, `at`, `organization_id`, `session_id` FROM `clock_entries`;
-- Drop "clock_entries" table after copying rows
DROP TABLE `clock_entries`;
-- Rename temporary table "new_clock_entries" to "clock_entries"
ALTER TABLE `new_clock_entries` RENAME TO `clock_entries`;
-- Number the lines of the ledgers that are there
UPDATE clock_entries SET number = 1 + (SELECT count(*) FROM clock_entries e WHERE e.organization_id = clock_entries.organization_id AND e.session_id = clock_entries.session_id AND (e.at < clock_entries.at OR e.at = clock_entries.at AND e.id < clock_entries.id));
-- Create index "clockentry_organization_id_session_id_number" to table: "clock_entries"
CREATE UNIQUE INDEX `clockentry_organization_id_session_id_number` ON `clock_entries` (`organization_id`, `session_id`, `number`);
-- Create index "clockentry_organization_id_session_id_credit_key" to table: "clock_entries"
CREATE UNIQUE INDEX `clockentry_organization_id_session_id_credit_key` ON `clock_entries` (`organization_id`, `session_id`, `credit_key`);
-- Create "new_sessions" table
CREATE TABLE `new_sessions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `state` text NOT NULL, `external_order_id` text NULL, `invited_by` text NOT NULL, `link_hash` blob NOT NULL, `opened_at` datetime NULL, `expires_at` datetime NOT NULL, `started_at` datetime NULL, `ended_at` datetime NULL, `due_at` datetime NULL, `allowed_seconds` integer NOT NULL, `planned_seconds` integer NOT NULL DEFAULT (0), `opens_at` datetime NULL, `time_zone` text NOT NULL DEFAULT (''), `language` text NOT NULL DEFAULT (''), `redirect_url` text NOT NULL DEFAULT (''), `own_mail` bool NOT NULL DEFAULT (false), `reminders` integer NOT NULL DEFAULT (0), `reminded_at` datetime NULL, `end_reason` text NOT NULL DEFAULT (''), `section` integer NOT NULL DEFAULT (0), `question` integer NOT NULL DEFAULT (0), `deadline_at` datetime NULL, `used_seconds` integer NOT NULL DEFAULT (0), `section_due_at` datetime NULL, `question_due_at` datetime NULL, `paused_at` datetime NULL, `device` text NOT NULL DEFAULT (''), `scored_at` datetime NULL, `released_at` datetime NULL, `receipt` blob NULL, `seed` integer NOT NULL, `organization_id` uuid NOT NULL, `candidate_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, `template_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `sessions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `sessions_candidates_candidate` FOREIGN KEY (`organization_id`, `candidate_id`) REFERENCES `candidates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `sessions_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `sessions_templates_template` FOREIGN KEY (`organization_id`, `template_id`) REFERENCES `templates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `sessions_template_versions_template_version` FOREIGN KEY (`organization_id`, `template_version_id`) REFERENCES `template_versions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `sessions_allowed` CHECK (allowed_seconds > 0), CONSTRAINT `sessions_due` CHECK (due_at IS NOT NULL OR state NOT IN ('INVITED', 'IN_PROGRESS', 'PAUSED')), CONSTRAINT `sessions_started` CHECK (started_at IS NOT NULL OR state IN ('INVITED', 'EXPIRED', 'CANCELLED', 'DECLINED')), CONSTRAINT `sessions_state` CHECK (state IN ('INVITED', 'EXPIRED', 'CANCELLED', 'IN_PROGRESS', 'PAUSED', 'SUBMITTED', 'IN_REVIEW', 'SCORED', 'RELEASED', 'DECLINED', 'VOIDED')));
-- Copy rows from old table "sessions" to new temporary table "new_sessions"
INSERT INTO `new_sessions` (`id`, `created_at`, `state`, `external_order_id`, `invited_by`, `link_hash`, `opened_at`, `expires_at`, `started_at`, `ended_at`, `due_at`, `allowed_seconds`, `scored_at`, `released_at`, `receipt`, `seed`, `organization_id`, `candidate_id`, `job_role_id`, `template_id`, `template_version_id`) SELECT `id`, `created_at`, `state`, `external_order_id`, `invited_by`, `link_hash`, `opened_at`, `expires_at`, `started_at`, `ended_at`, `due_at`, `allowed_seconds`, `scored_at`, `released_at`, `receipt`, `seed`, `organization_id`, `candidate_id`, `job_role_id`, `template_id`, `template_version_id` FROM `sessions`;
-- Drop "sessions" table after copying rows
DROP TABLE `sessions`;
-- Rename temporary table "new_sessions" to "sessions"
ALTER TABLE `new_sessions` RENAME TO `sessions`;
-- Create index "session_link_hash" to table: "sessions"
CREATE UNIQUE INDEX `session_link_hash` ON `sessions` (`link_hash`);
-- Create index "session_due_at" to table: "sessions"
CREATE INDEX `session_due_at` ON `sessions` (`due_at`);
-- Create index "session_organization_id_state_id" to table: "sessions"
CREATE INDEX `session_organization_id_state_id` ON `sessions` (`organization_id`, `state`, `id`);
-- Create index "session_organization_id_job_role_id_id" to table: "sessions"
CREATE INDEX `session_organization_id_job_role_id_id` ON `sessions` (`organization_id`, `job_role_id`, `id`);
-- Create index "session_organization_id_job_role_id_created_at" to table: "sessions"
CREATE INDEX `session_organization_id_job_role_id_created_at` ON `sessions` (`organization_id`, `job_role_id`, `created_at`);
-- Create index "session_organization_id_candidate_id" to table: "sessions"
CREATE INDEX `session_organization_id_candidate_id` ON `sessions` (`organization_id`, `candidate_id`);
-- Create index "session_organization_id_template_id_id" to table: "sessions"
CREATE INDEX `session_organization_id_template_id_id` ON `sessions` (`organization_id`, `template_id`, `id`);
-- Create index "session_organization_id_external_order_id" to table: "sessions"
CREATE UNIQUE INDEX `session_organization_id_external_order_id` ON `sessions` (`organization_id`, `external_order_id`);
-- Create index "sessions_organization_id_id" to table: "sessions"
CREATE UNIQUE INDEX `sessions_organization_id_id` ON `sessions` (`organization_id`, `id`);
-- Create "new_organizations" table
CREATE TABLE `new_organizations` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `slug` text NOT NULL, `name` text NOT NULL, `time_zone` text NOT NULL DEFAULT ('UTC'), `locale` text NOT NULL DEFAULT ('en'), `publication_approval` bool NOT NULL DEFAULT (false), `link_sign_in` bool NOT NULL DEFAULT (false), `retention_days` integer NOT NULL DEFAULT (0), PRIMARY KEY (`id`), CONSTRAINT `organizations_slug` CHECK (length(slug) BETWEEN 1 AND 63));
-- Copy rows from old table "organizations" to new temporary table "new_organizations"
INSERT INTO `new_organizations` (`id`, `created_at`, `slug`, `name`, `time_zone`, `locale`, `publication_approval`) SELECT `id`, `created_at`, `slug`, `name`, `time_zone`, `locale`, `publication_approval` FROM `organizations`;
-- Drop "organizations" table after copying rows
DROP TABLE `organizations`;
-- Rename temporary table "new_organizations" to "organizations"
ALTER TABLE `new_organizations` RENAME TO `organizations`;
-- Create index "organizations_slug_key" to table: "organizations"
CREATE UNIQUE INDEX `organizations_slug_key` ON `organizations` (`slug`);
-- Create "accommodations" table
CREATE TABLE `accommodations` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `state` text NOT NULL, `request` text NOT NULL, `asked_percent` integer NOT NULL DEFAULT (0), `asked_seconds` integer NOT NULL DEFAULT (0), `asked_break_seconds` integer NOT NULL DEFAULT (0), `extra_percent` integer NOT NULL DEFAULT (0), `extra_seconds` integer NOT NULL DEFAULT (0), `break_seconds` integer NOT NULL DEFAULT (0), `notes` text NOT NULL DEFAULT (''), `contact` text NOT NULL DEFAULT (''), `reason` text NOT NULL DEFAULT (''), `decided_by` text NOT NULL DEFAULT (''), `decided_at` datetime NULL, `revision` integer NOT NULL DEFAULT (1), `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `candidate_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `accommodations_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `accommodations_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `accommodations_candidates_candidate` FOREIGN KEY (`organization_id`, `candidate_id`) REFERENCES `candidates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `accommodations_granted` CHECK (extra_percent BETWEEN 0 AND 300 AND extra_seconds BETWEEN 0 AND 86400 AND break_seconds BETWEEN 0 AND 86400), CONSTRAINT `accommodations_state` CHECK (state IN ('REQUESTED', 'GRANTED', 'CHANGED', 'DECLINED', 'WITHDRAWN')));
-- Create index "accommodation_organization_id_session_id" to table: "accommodations"
CREATE UNIQUE INDEX `accommodation_organization_id_session_id` ON `accommodations` (`organization_id`, `session_id`);
-- Create index "accommodation_organization_id_candidate_id" to table: "accommodations"
CREATE INDEX `accommodation_organization_id_candidate_id` ON `accommodations` (`organization_id`, `candidate_id`);
-- Create index "accommodation_organization_id_state_id" to table: "accommodations"
CREATE INDEX `accommodation_organization_id_state_id` ON `accommodations` (`organization_id`, `state`, `id`);
-- Create "contests" table
CREATE TABLE `contests` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `subject` text NOT NULL, `state` text NOT NULL, `reason` text NOT NULL, `due_at` datetime NOT NULL, `answer` text NOT NULL DEFAULT (''), `answered_by` uuid NULL, `answered_at` datetime NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `contests_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `contests_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `contests_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `contests_state` CHECK (state IN ('OPEN', 'ANSWERED')), CONSTRAINT `contests_subject` CHECK (subject IN ('INTEGRITY', 'SCORE')));
-- Create index "contest_organization_id_session_id_id" to table: "contests"
CREATE INDEX `contest_organization_id_session_id_id` ON `contests` (`organization_id`, `session_id`, `id`);
-- Create index "contest_organization_id_state_due_at_id" to table: "contests"
CREATE INDEX `contest_organization_id_state_due_at_id` ON `contests` (`organization_id`, `state`, `due_at`, `id`);
-- Create "dispositions" table
CREATE TABLE `dispositions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `verdict` text NOT NULL, `comment` text NOT NULL, `written_by` uuid NOT NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `dispositions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `dispositions_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `dispositions_verdict` CHECK (verdict IN ('NOT_EVALUATED', 'EXPLAINED', 'NO_CONCERN', 'CONCERN')));
-- Create index "disposition_organization_id_session_id_id" to table: "dispositions"
CREATE INDEX `disposition_organization_id_session_id_id` ON `dispositions` (`organization_id`, `session_id`, `id`);
-- Create "flags" table
CREATE TABLE `flags` (`id` uuid NOT NULL, `ref` text NOT NULL, `at` datetime NOT NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `flags_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `flags_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "flag_organization_id_session_id_ref" to table: "flags"
CREATE UNIQUE INDEX `flag_organization_id_session_id_ref` ON `flags` (`organization_id`, `session_id`, `ref`);
-- Create "outages" table
CREATE TABLE `outages` (`id` uuid NOT NULL, `began_at` datetime NOT NULL, `ended_at` datetime NOT NULL, `settled_at` datetime NULL, PRIMARY KEY (`id`));
-- Create index "outage_settled_at_began_at" to table: "outages"
CREATE INDEX `outage_settled_at_began_at` ON `outages` (`settled_at`, `began_at`);
-- Create "presences" table
CREATE TABLE `presences` (`id` uuid NOT NULL, `seen_at` datetime NOT NULL, `connected` bool NOT NULL DEFAULT (true), `device` text NOT NULL DEFAULT (''), `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `presences_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `presences_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "presence_organization_id_session_id" to table: "presences"
CREATE UNIQUE INDEX `presence_organization_id_session_id` ON `presences` (`organization_id`, `session_id`);
-- Create index "presence_connected_seen_at" to table: "presences"
CREATE INDEX `presence_connected_seen_at` ON `presences` (`connected`, `seen_at`);
-- Create "pulses" table
CREATE TABLE `pulses` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `at` datetime NOT NULL);
-- Create "sign_in_links" table
CREATE TABLE `sign_in_links` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `hash` blob NOT NULL, `expires_at` datetime NOT NULL, `used_at` datetime NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `sign_in_links_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `sign_in_links_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "signinlink_hash" to table: "sign_in_links"
CREATE UNIQUE INDEX `signinlink_hash` ON `sign_in_links` (`hash`);
-- Create index "signinlink_organization_id_session_id_id" to table: "sign_in_links"
CREATE INDEX `signinlink_organization_id_session_id_id` ON `sign_in_links` (`organization_id`, `session_id`, `id`);
-- Create "signals" table
CREATE TABLE `signals` (`id` uuid NOT NULL, `kind` text NOT NULL, `ref` text NOT NULL DEFAULT (''), `duration_ms` integer NOT NULL DEFAULT (0), `client_key` text NOT NULL, `client_at` datetime NOT NULL, `server_at` datetime NOT NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `signals_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `signals_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `signals_duration` CHECK (duration_ms >= 0), CONSTRAINT `signals_kind` CHECK (kind IN ('FOCUS_LOST', 'PASTED', 'FULL_SCREEN_LEFT', 'SECOND_DEVICE')));
-- Create index "signal_organization_id_session_id_client_key" to table: "signals"
CREATE UNIQUE INDEX `signal_organization_id_session_id_client_key` ON `signals` (`organization_id`, `session_id`, `client_key`);
-- Create index "signal_organization_id_session_id_server_at_id" to table: "signals"
CREATE INDEX `signal_organization_id_session_id_server_at_id` ON `signals` (`organization_id`, `session_id`, `server_at`, `id`);
-- Create "uploads" table
CREATE TABLE `uploads` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `ref` text NOT NULL, `state` text NOT NULL, `name` text NOT NULL, `content_type` text NOT NULL DEFAULT (''), `size` integer NOT NULL, `received` integer NOT NULL DEFAULT (0), `sha256` text NOT NULL DEFAULT (''), `blob` text NOT NULL, `parts` json NOT NULL, `secret` blob NOT NULL, `play_key` blob NOT NULL, `scan` text NOT NULL, `reason` text NOT NULL DEFAULT (''), `expires_at` datetime NOT NULL, `completed_at` datetime NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `uploads_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `uploads_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `uploads_scan` CHECK (scan IN ('NOT_SCANNED', 'CLEAN', 'INFECTED')), CONSTRAINT `uploads_size` CHECK (size > 0 AND received BETWEEN 0 AND size), CONSTRAINT `uploads_state` CHECK (state IN ('OPEN', 'COMPLETE', 'REJECTED')));
-- Create index "upload_organization_id_session_id_ref" to table: "uploads"
CREATE INDEX `upload_organization_id_session_id_ref` ON `uploads` (`organization_id`, `session_id`, `ref`);
-- Create index "upload_secret" to table: "uploads"
CREATE UNIQUE INDEX `upload_secret` ON `uploads` (`secret`);
-- Create index "upload_state_expires_at" to table: "uploads"
CREATE INDEX `upload_state_expires_at` ON `uploads` (`state`, `expires_at`);
-- What was invited before had no time but the planned one
UPDATE sessions SET planned_seconds = allowed_seconds, deadline_at = due_at;
