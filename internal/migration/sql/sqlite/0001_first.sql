-- Generated from ent/schema by internal/migration/generate; read before committing.
-- Create "api_keys" table
CREATE TABLE `api_keys` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `name` text NOT NULL, `secret_hash` blob NOT NULL, `permissions` json NOT NULL, `expires_at` datetime NULL, `revoked_at` datetime NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `api_keys_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Create index "apikey_secret_hash" to table: "api_keys"
CREATE UNIQUE INDEX `apikey_secret_hash` ON `api_keys` (`secret_hash`);
-- Create index "apikey_organization_id_name" to table: "api_keys"
CREATE UNIQUE INDEX `apikey_organization_id_name` ON `api_keys` (`organization_id`, `name`);
-- Create "audit_events" table
CREATE TABLE `audit_events` (`id` uuid NOT NULL, `at` datetime NOT NULL, `actor` text NOT NULL, `action` text NOT NULL, `subject_id` uuid NOT NULL, `detail` json NULL, `address` text NOT NULL DEFAULT (''), `request_id` text NOT NULL DEFAULT (''), `txid` integer NOT NULL DEFAULT (0), `position` integer NULL, `hash` blob NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `audit_events_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Create index "auditevent_organization_id_position" to table: "audit_events"
CREATE UNIQUE INDEX `auditevent_organization_id_position` ON `audit_events` (`organization_id`, `position`);
-- Create index "auditevent_organization_id_id" to table: "audit_events"
CREATE INDEX `auditevent_organization_id_id` ON `audit_events` (`organization_id`, `id`);
-- Create index "auditevent_organization_id_action_id" to table: "audit_events"
CREATE INDEX `auditevent_organization_id_action_id` ON `audit_events` (`organization_id`, `action`, `id`);
-- Create index "auditevent_organization_id_subject_id_id" to table: "audit_events"
CREATE INDEX `auditevent_organization_id_subject_id_id` ON `audit_events` (`organization_id`, `subject_id`, `id`);
-- Create index "audit_events_unchained" to table: "audit_events"
CREATE INDEX `audit_events_unchained` ON `audit_events` (`txid`, `id`) WHERE position IS NULL;
-- Create "bindings" table
CREATE TABLE `bindings` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `issuer` text NOT NULL, `subject` text NOT NULL, `organization_id` uuid NOT NULL, `candidate_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `bindings_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `bindings_candidates_candidate` FOREIGN KEY (`organization_id`, `candidate_id`) REFERENCES `candidates` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "binding_organization_id_issuer_subject_candidate_id" to table: "bindings"
CREATE UNIQUE INDEX `binding_organization_id_issuer_subject_candidate_id` ON `bindings` (`organization_id`, `issuer`, `subject`, `candidate_id`);
-- Create index "binding_issuer_subject" to table: "bindings"
CREATE INDEX `binding_issuer_subject` ON `bindings` (`issuer`, `subject`);
-- Create "candidates" table
CREATE TABLE `candidates` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `email` text NOT NULL, `name` text NOT NULL, `phone` text NULL, `external_id` text NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `candidates_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Create index "candidate_organization_id_email" to table: "candidates"
CREATE UNIQUE INDEX `candidate_organization_id_email` ON `candidates` (`organization_id`, `email`);
-- Create index "candidate_organization_id_external_id" to table: "candidates"
CREATE UNIQUE INDEX `candidate_organization_id_external_id` ON `candidates` (`organization_id`, `external_id`);
-- Create index "candidates_organization_id_id" to table: "candidates"
CREATE UNIQUE INDEX `candidates_organization_id_id` ON `candidates` (`organization_id`, `id`);
-- Create "clock_entries" table
CREATE TABLE `clock_entries` (`id` uuid NOT NULL, `kind` text NOT NULL, `at` datetime NOT NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `clock_entries_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `clock_entries_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `clock_entries_kind` CHECK (kind IN ('STARTED', 'SUBMITTED', 'RAN_OUT')));
-- Create index "clockentry_organization_id_session_id_at_id" to table: "clock_entries"
CREATE INDEX `clockentry_organization_id_session_id_at_id` ON `clock_entries` (`organization_id`, `session_id`, `at`, `id`);
-- Create "events" table
CREATE TABLE `events` (`id` uuid NOT NULL, `at` datetime NOT NULL, `type` text NOT NULL, `subject_id` uuid NOT NULL, `txid` integer NOT NULL DEFAULT (0), `position` integer NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `events_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Create index "event_organization_id_position" to table: "events"
CREATE UNIQUE INDEX `event_organization_id_position` ON `events` (`organization_id`, `position`);
-- Create index "events_unsequenced" to table: "events"
CREATE INDEX `events_unsequenced` ON `events` (`txid`, `id`) WHERE position IS NULL;
-- Create "job_roles" table
CREATE TABLE `job_roles` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `title` text NOT NULL, `summary` text NOT NULL DEFAULT (''), `level` text NOT NULL, `department` text NOT NULL DEFAULT (''), `location` text NOT NULL DEFAULT (''), `responsibilities` json NOT NULL, `preferred_qualifications` json NOT NULL, `external_job_id` text NULL, `status` text NOT NULL, `revision` integer NOT NULL DEFAULT (1), `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `job_roles_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `job_roles_level` CHECK (level IN ('FOUNDATION', 'ENTRY', 'EXPERIENCED', 'SENIOR')), CONSTRAINT `job_roles_revision` CHECK (revision >= 1), CONSTRAINT `job_roles_status` CHECK (status IN ('OPEN', 'CLOSED')));
-- Create index "jobrole_organization_id_external_job_id" to table: "job_roles"
CREATE UNIQUE INDEX `jobrole_organization_id_external_job_id` ON `job_roles` (`organization_id`, `external_job_id`);
-- Create index "jobrole_organization_id_title_id" to table: "job_roles"
CREATE INDEX `jobrole_organization_id_title_id` ON `job_roles` (`organization_id`, `title`, `id`);
-- Create index "jobrole_organization_id_status_title_id" to table: "job_roles"
CREATE INDEX `jobrole_organization_id_status_title_id` ON `job_roles` (`organization_id`, `status`, `title`, `id`);
-- Create index "jobrole_organization_id_level_title_id" to table: "job_roles"
CREATE INDEX `jobrole_organization_id_level_title_id` ON `job_roles` (`organization_id`, `level`, `title`, `id`);
-- Create index "job_roles_organization_id_id" to table: "job_roles"
CREATE UNIQUE INDEX `job_roles_organization_id_id` ON `job_roles` (`organization_id`, `id`);
-- Create "job_role_skills" table
CREATE TABLE `job_role_skills` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `weight` integer NOT NULL, `description` text NOT NULL DEFAULT (''), `position` integer NOT NULL, `organization_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, `skill_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `job_role_skills_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `job_role_skills_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `job_role_skills_skills_skill` FOREIGN KEY (`organization_id`, `skill_id`) REFERENCES `skills` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `job_role_skills_weight` CHECK (weight BETWEEN 1 AND 100));
-- Create index "jobroleskill_organization_id_job_role_id_skill_id" to table: "job_role_skills"
CREATE UNIQUE INDEX `jobroleskill_organization_id_job_role_id_skill_id` ON `job_role_skills` (`organization_id`, `job_role_id`, `skill_id`);
-- Create "mails" table
CREATE TABLE `mails` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `kind` text NOT NULL, `recipient` text NOT NULL, `subject` text NOT NULL, `text` text NOT NULL, `sent_at` datetime NULL, `organization_id` uuid NOT NULL, `session_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `mails_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `mails_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "mail_organization_id_id" to table: "mails"
CREATE INDEX `mail_organization_id_id` ON `mails` (`organization_id`, `id`);
-- Create "members" table
CREATE TABLE `members` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `email` text NOT NULL, `name` text NOT NULL, `roles` json NOT NULL, `limited` bool NOT NULL DEFAULT (false), `job_role_ids` json NULL, `issuer` text NULL, `subject` text NULL, `removed_at` datetime NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `members_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Create index "member_organization_id_email" to table: "members"
CREATE UNIQUE INDEX `member_organization_id_email` ON `members` (`organization_id`, `email`);
-- Create index "member_organization_id_issuer_subject" to table: "members"
CREATE UNIQUE INDEX `member_organization_id_issuer_subject` ON `members` (`organization_id`, `issuer`, `subject`);
-- Create index "member_issuer_subject" to table: "members"
CREATE INDEX `member_issuer_subject` ON `members` (`issuer`, `subject`);
-- Create index "member_email" to table: "members"
CREATE INDEX `member_email` ON `members` (`email`);
-- Create index "members_organization_id_id" to table: "members"
CREATE UNIQUE INDEX `members_organization_id_id` ON `members` (`organization_id`, `id`);
-- Create "onces" table
CREATE TABLE `onces` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `actor` text NOT NULL, `action` text NOT NULL, `key` text NOT NULL, `input_hash` blob NOT NULL, `result_id` uuid NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `onces_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Create index "once_organization_id_actor_action_key" to table: "onces"
CREATE UNIQUE INDEX `once_organization_id_actor_action_key` ON `onces` (`organization_id`, `actor`, `action`, `key`);
-- Create index "once_created_at" to table: "onces"
CREATE INDEX `once_created_at` ON `onces` (`created_at`);
-- Create "organizations" table
CREATE TABLE `organizations` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `slug` text NOT NULL, `name` text NOT NULL, `time_zone` text NOT NULL DEFAULT ('UTC'), `locale` text NOT NULL DEFAULT ('en'), PRIMARY KEY (`id`), CONSTRAINT `organizations_slug` CHECK (length(slug) BETWEEN 1 AND 63));
-- Create index "organizations_slug_key" to table: "organizations"
CREATE UNIQUE INDEX `organizations_slug_key` ON `organizations` (`slug`);
-- Create "questions" table
CREATE TABLE `questions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `title` text NOT NULL, `kind` text NOT NULL, `category` text NOT NULL, `level` text NOT NULL, `language` text NOT NULL DEFAULT ('en'), `state` text NOT NULL, `published_number` integer NOT NULL DEFAULT (0), `draft_number` integer NOT NULL DEFAULT (0), `revision` integer NOT NULL DEFAULT (1), `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `questions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `questions_category` CHECK (category IN ('BEHAVIORAL', 'TECHNICAL', 'SYSTEM_DESIGN', 'CULTURE', 'SCREENING')), CONSTRAINT `questions_kind` CHECK (kind IN ('SINGLE_CHOICE', 'MULTIPLE_CHOICE', 'NUMERIC', 'SHORT_TEXT', 'LONG_TEXT')), CONSTRAINT `questions_level` CHECK (level IN ('FOUNDATION', 'ENTRY', 'EXPERIENCED', 'SENIOR')), CONSTRAINT `questions_numbers` CHECK (published_number >= 0 AND (draft_number = 0 OR draft_number = published_number + 1)), CONSTRAINT `questions_state` CHECK (state IN ('DRAFT', 'PUBLISHED', 'RETIRED')));
-- Create index "question_organization_id_kind_id" to table: "questions"
CREATE INDEX `question_organization_id_kind_id` ON `questions` (`organization_id`, `kind`, `id`);
-- Create index "question_organization_id_category_id" to table: "questions"
CREATE INDEX `question_organization_id_category_id` ON `questions` (`organization_id`, `category`, `id`);
-- Create index "question_organization_id_level_id" to table: "questions"
CREATE INDEX `question_organization_id_level_id` ON `questions` (`organization_id`, `level`, `id`);
-- Create index "question_organization_id_state_id" to table: "questions"
CREATE INDEX `question_organization_id_state_id` ON `questions` (`organization_id`, `state`, `id`);
-- Create index "questions_organization_id_id" to table: "questions"
CREATE UNIQUE INDEX `questions_organization_id_id` ON `questions` (`organization_id`, `id`);
-- Create "question_revisions" table
CREATE TABLE `question_revisions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `number` integer NOT NULL, `content` json NOT NULL, `published_at` datetime NULL, `published_by` uuid NULL, `author_id` uuid NULL, `organization_id` uuid NOT NULL, `question_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `question_revisions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `question_revisions_questions_question` FOREIGN KEY (`organization_id`, `question_id`) REFERENCES `questions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `question_revisions_number` CHECK (number >= 1));
-- Create index "questionrevision_organization_id_question_id_number" to table: "question_revisions"
CREATE UNIQUE INDEX `questionrevision_organization_id_question_id_number` ON `question_revisions` (`organization_id`, `question_id`, `number`);
-- Create "reports" table
CREATE TABLE `reports` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `number` integer NOT NULL, `state` text NOT NULL, `percent` integer NOT NULL, `points` integer NOT NULL, `max_points` integer NOT NULL, `band` text NOT NULL, `passed` bool NOT NULL, `result` blob NOT NULL, `ended_at` datetime NOT NULL, `superseded_at` datetime NULL, `released_at` datetime NULL, `released_by` uuid NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, `candidate_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `reports_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `reports_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reports_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reports_candidates_candidate` FOREIGN KEY (`organization_id`, `candidate_id`) REFERENCES `candidates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reports_template_versions_template_version` FOREIGN KEY (`organization_id`, `template_version_id`) REFERENCES `template_versions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reports_percent` CHECK (percent BETWEEN 0 AND 100000000), CONSTRAINT `reports_points` CHECK (points BETWEEN 0 AND max_points), CONSTRAINT `reports_state` CHECK (state IN ('PROVISIONAL', 'READY', 'RELEASED')));
-- Create index "report_organization_id_session_id_number" to table: "reports"
CREATE UNIQUE INDEX `report_organization_id_session_id_number` ON `reports` (`organization_id`, `session_id`, `number`);
-- Create index "reports_one_current" to table: "reports"
CREATE UNIQUE INDEX `reports_one_current` ON `reports` (`organization_id`, `session_id`) WHERE superseded_at IS NULL;
-- Create index "report_organization_id_id" to table: "reports"
CREATE INDEX `report_organization_id_id` ON `reports` (`organization_id`, `id`);
-- Create index "report_organization_id_job_role_id_id" to table: "reports"
CREATE INDEX `report_organization_id_job_role_id_id` ON `reports` (`organization_id`, `job_role_id`, `id`);
-- Create index "report_organization_id_percent_id" to table: "reports"
CREATE INDEX `report_organization_id_percent_id` ON `reports` (`organization_id`, `percent`, `id`);
-- Create index "report_organization_id_job_role_id_percent_id" to table: "reports"
CREATE INDEX `report_organization_id_job_role_id_percent_id` ON `reports` (`organization_id`, `job_role_id`, `percent`, `id`);
-- Create index "report_organization_id_job_role_id_band_percent_id" to table: "reports"
CREATE INDEX `report_organization_id_job_role_id_band_percent_id` ON `reports` (`organization_id`, `job_role_id`, `band`, `percent`, `id`);
-- Create index "report_organization_id_state_id" to table: "reports"
CREATE INDEX `report_organization_id_state_id` ON `reports` (`organization_id`, `state`, `id`);
-- Create index "report_organization_id_job_role_id_ended_at_id" to table: "reports"
CREATE INDEX `report_organization_id_job_role_id_ended_at_id` ON `reports` (`organization_id`, `job_role_id`, `ended_at`, `id`);
-- Create index "report_organization_id_ended_at_id" to table: "reports"
CREATE INDEX `report_organization_id_ended_at_id` ON `reports` (`organization_id`, `ended_at`, `id`);
-- Create "responses" table
CREATE TABLE `responses` (`id` uuid NOT NULL, `ref` text NOT NULL, `revision` integer NOT NULL, `answer` json NOT NULL, `client_key` text NOT NULL, `saved_at` datetime NOT NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `responses_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `responses_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `responses_revision` CHECK (revision >= 1));
-- Create index "response_organization_id_session_id_ref_revision" to table: "responses"
CREATE UNIQUE INDEX `response_organization_id_session_id_ref_revision` ON `responses` (`organization_id`, `session_id`, `ref`, `revision`);
-- Create index "response_organization_id_session_id_client_key" to table: "responses"
CREATE UNIQUE INDEX `response_organization_id_session_id_client_key` ON `responses` (`organization_id`, `session_id`, `client_key`);
-- Create "reviews" table
CREATE TABLE `reviews` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `state` text NOT NULL, `assigned_by` uuid NOT NULL, `submitted_at` datetime NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, `reviewer_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `reviews_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `reviews_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reviews_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reviews_members_reviewer` FOREIGN KEY (`organization_id`, `reviewer_id`) REFERENCES `members` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reviews_state` CHECK (state IN ('ASSIGNED', 'SUBMITTED')));
-- Create index "review_organization_id_session_id" to table: "reviews"
CREATE UNIQUE INDEX `review_organization_id_session_id` ON `reviews` (`organization_id`, `session_id`);
-- Create index "review_organization_id_reviewer_id_id" to table: "reviews"
CREATE INDEX `review_organization_id_reviewer_id_id` ON `reviews` (`organization_id`, `reviewer_id`, `id`);
-- Create index "reviews_organization_id_id" to table: "reviews"
CREATE UNIQUE INDEX `reviews_organization_id_id` ON `reviews` (`organization_id`, `id`);
-- Create "scores" table
CREATE TABLE `scores` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `ref` text NOT NULL, `criterion` text NOT NULL, `number` integer NOT NULL, `points` integer NOT NULL, `max_points` integer NOT NULL, `status` text NOT NULL, `source` text NOT NULL, `evidence` text NOT NULL, `comment` text NOT NULL, `awarded_by` uuid NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `review_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `scores_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `scores_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `scores_reviews_review` FOREIGN KEY (`organization_id`, `review_id`) REFERENCES `reviews` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `scores_points` CHECK (points BETWEEN 0 AND max_points), CONSTRAINT `scores_source` CHECK (source IN ('KEY', 'REVIEWER', 'RULE')), CONSTRAINT `scores_status` CHECK (status IN ('SCORED', 'OMITTED', 'NOT_REACHED', 'NOT_SCORED')));
-- Create index "score_organization_id_session_id_ref_criterion_number" to table: "scores"
CREATE UNIQUE INDEX `score_organization_id_session_id_ref_criterion_number` ON `scores` (`organization_id`, `session_id`, `ref`, `criterion`, `number`);
-- Create "sessions" table
CREATE TABLE `sessions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `state` text NOT NULL, `external_order_id` text NULL, `invited_by` text NOT NULL, `link_hash` blob NOT NULL, `opened_at` datetime NULL, `expires_at` datetime NOT NULL, `started_at` datetime NULL, `ended_at` datetime NULL, `due_at` datetime NULL, `allowed_seconds` integer NOT NULL, `scored_at` datetime NULL, `released_at` datetime NULL, `receipt` blob NULL, `seed` integer NOT NULL, `organization_id` uuid NOT NULL, `candidate_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, `template_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `sessions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `sessions_candidates_candidate` FOREIGN KEY (`organization_id`, `candidate_id`) REFERENCES `candidates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `sessions_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `sessions_templates_template` FOREIGN KEY (`organization_id`, `template_id`) REFERENCES `templates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `sessions_template_versions_template_version` FOREIGN KEY (`organization_id`, `template_version_id`) REFERENCES `template_versions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `sessions_allowed` CHECK (allowed_seconds > 0), CONSTRAINT `sessions_due` CHECK (due_at IS NOT NULL OR state NOT IN ('INVITED', 'IN_PROGRESS')), CONSTRAINT `sessions_started` CHECK (started_at IS NOT NULL OR state IN ('INVITED', 'EXPIRED', 'CANCELLED')), CONSTRAINT `sessions_state` CHECK (state IN ('INVITED', 'EXPIRED', 'CANCELLED', 'IN_PROGRESS', 'SUBMITTED', 'IN_REVIEW', 'SCORED', 'RELEASED')));
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
-- Create "skills" table
CREATE TABLE `skills` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `name` text NOT NULL, `name_key` text NOT NULL, `description` text NOT NULL DEFAULT (''), `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `skills_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Create index "skill_organization_id_name_key" to table: "skills"
CREATE UNIQUE INDEX `skill_organization_id_name_key` ON `skills` (`organization_id`, `name_key`);
-- Create index "skill_organization_id_name_id" to table: "skills"
CREATE INDEX `skill_organization_id_name_id` ON `skills` (`organization_id`, `name`, `id`);
-- Create index "skills_organization_id_id" to table: "skills"
CREATE UNIQUE INDEX `skills_organization_id_id` ON `skills` (`organization_id`, `id`);
-- Create "templates" table
CREATE TABLE `templates` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `name` text NOT NULL, `mode` text NOT NULL, `state` text NOT NULL, `draft` json NULL, `published_number` integer NOT NULL DEFAULT (0), `draft_number` integer NOT NULL DEFAULT (1), `revision` integer NOT NULL DEFAULT (1), `organization_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `templates_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `templates_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `templates_mode` CHECK (mode IN ('ASSESSMENT', 'INTERVIEW', 'PRACTICE')), CONSTRAINT `templates_numbers` CHECK (published_number >= 0 AND (draft_number = 0 OR draft_number = published_number + 1)), CONSTRAINT `templates_state` CHECK (state IN ('DRAFT', 'PUBLISHED', 'RETIRED')));
-- Create index "template_organization_id_job_role_id_id" to table: "templates"
CREATE INDEX `template_organization_id_job_role_id_id` ON `templates` (`organization_id`, `job_role_id`, `id`);
-- Create index "template_organization_id_state_id" to table: "templates"
CREATE INDEX `template_organization_id_state_id` ON `templates` (`organization_id`, `state`, `id`);
-- Create index "templates_organization_id_id" to table: "templates"
CREATE UNIQUE INDEX `templates_organization_id_id` ON `templates` (`organization_id`, `id`);
-- Create "template_uses" table
CREATE TABLE `template_uses` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `organization_id` uuid NOT NULL, `template_id` uuid NOT NULL, `question_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `template_uses_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `template_uses_templates_template` FOREIGN KEY (`organization_id`, `template_id`) REFERENCES `templates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `template_uses_questions_question` FOREIGN KEY (`organization_id`, `question_id`) REFERENCES `questions` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "templateuse_organization_id_template_id_question_id" to table: "template_uses"
CREATE UNIQUE INDEX `templateuse_organization_id_template_id_question_id` ON `template_uses` (`organization_id`, `template_id`, `question_id`);
-- Create index "templateuse_organization_id_question_id" to table: "template_uses"
CREATE INDEX `templateuse_organization_id_question_id` ON `template_uses` (`organization_id`, `question_id`);
-- Create "template_versions" table
CREATE TABLE `template_versions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `number` integer NOT NULL, `name` text NOT NULL, `paper` blob NOT NULL, `key` blob NOT NULL, `hash` text NOT NULL, `question_count` integer NOT NULL, `time_limit_seconds` integer NOT NULL, `points` integer NOT NULL, `cut_percent` integer NOT NULL, `published_by` uuid NOT NULL, `organization_id` uuid NOT NULL, `template_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `template_versions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `template_versions_templates_template` FOREIGN KEY (`organization_id`, `template_id`) REFERENCES `templates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `template_versions_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `template_versions_limit` CHECK (time_limit_seconds > 0), CONSTRAINT `template_versions_number` CHECK (number >= 1), CONSTRAINT `template_versions_points` CHECK (points > 0));
-- Create index "templateversion_organization_id_template_id_number" to table: "template_versions"
CREATE UNIQUE INDEX `templateversion_organization_id_template_id_number` ON `template_versions` (`organization_id`, `template_id`, `number`);
-- Create index "template_versions_organization_id_id" to table: "template_versions"
CREATE UNIQUE INDEX `template_versions_organization_id_id` ON `template_versions` (`organization_id`, `id`);
-- Create "web_sessions" table
CREATE TABLE `web_sessions` (`id` text NOT NULL, `data` blob NOT NULL, `expires_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- Create index "websession_expires_at" to table: "web_sessions"
CREATE INDEX `websession_expires_at` ON `web_sessions` (`expires_at`);
