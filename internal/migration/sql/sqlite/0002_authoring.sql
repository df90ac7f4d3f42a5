-- Authoring: skills become a tree, questions get more kinds, search, approval and a list of where they are used, API keys rotate.
-- Questions from before have no words yet: the worker gives them theirs.
-- Create "new_api_keys" table
CREATE TABLE `new_api_keys` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `name` text NOT NULL, `secret_hash` blob NOT NULL, `previous_hash` blob NULL, `previous_until` datetime NULL, `permissions` json NOT NULL, `holders` json NULL, `expires_at` datetime NULL, `revoked_at` datetime NULL, `rotated_at` datetime NULL, `last_used_at` datetime NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `api_keys_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION);
-- Copy rows from old table "api_keys" to new temporary table "new_api_keys"
INSERT INTO `new_api_keys` (`id`, `created_at`, `name`, `secret_hash`, `permissions`, `expires_at`, `revoked_at`, `organization_id`) SELECT `id`, `created_at`, `name`, `secret_hash`, `permissions`, `expires_at`, `revoked_at`, `organization_id` FROM `api_keys`;
-- Drop "api_keys" table after copying rows
DROP TABLE `api_keys`;
-- Rename temporary table "new_api_keys" to "api_keys"
ALTER TABLE `new_api_keys` RENAME TO `api_keys`;
-- Create index "apikey_secret_hash" to table: "api_keys"
CREATE UNIQUE INDEX `apikey_secret_hash` ON `api_keys` (`secret_hash`);
-- Create index "apikey_previous_hash" to table: "api_keys"
CREATE UNIQUE INDEX `apikey_previous_hash` ON `api_keys` (`previous_hash`);
-- Create index "apikey_organization_id_id" to table: "api_keys"
CREATE INDEX `apikey_organization_id_id` ON `api_keys` (`organization_id`, `id`);
-- Create index "apikey_organization_id_name" to table: "api_keys"
CREATE UNIQUE INDEX `apikey_organization_id_name` ON `api_keys` (`organization_id`, `name`);
-- Create "new_job_roles" table
CREATE TABLE `new_job_roles` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `title` text NOT NULL, `summary` text NOT NULL DEFAULT (''), `level` text NOT NULL, `department` text NOT NULL DEFAULT (''), `location` text NOT NULL DEFAULT (''), `responsibilities` json NOT NULL, `preferred_qualifications` json NOT NULL, `external_job_id` text NULL, `status` text NOT NULL, `preparation_tips` json NULL, `revision` integer NOT NULL DEFAULT (1), `handle` text NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `job_roles_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `job_roles_level` CHECK (level IN ('FOUNDATION', 'ENTRY', 'EXPERIENCED', 'SENIOR')), CONSTRAINT `job_roles_revision` CHECK (revision >= 1), CONSTRAINT `job_roles_status` CHECK (status IN ('OPEN', 'CLOSED')));
-- Copy rows from old table "job_roles" to new temporary table "new_job_roles"
INSERT INTO `new_job_roles` (`id`, `created_at`, `title`, `summary`, `level`, `department`, `location`, `responsibilities`, `preferred_qualifications`, `external_job_id`, `status`, `revision`, `organization_id`) SELECT `id`, `created_at`, `title`, `summary`, `level`, `department`, `location`, `responsibilities`, `preferred_qualifications`, `external_job_id`, `status`, `revision`, `organization_id` FROM `job_roles`;
-- Drop "job_roles" table after copying rows
DROP TABLE `job_roles`;
-- Rename temporary table "new_job_roles" to "job_roles"
ALTER TABLE `new_job_roles` RENAME TO `job_roles`;
-- Create index "jobrole_organization_id_external_job_id" to table: "job_roles"
CREATE UNIQUE INDEX `jobrole_organization_id_external_job_id` ON `job_roles` (`organization_id`, `external_job_id`);
-- Create index "jobrole_organization_id_handle" to table: "job_roles"
CREATE UNIQUE INDEX `jobrole_organization_id_handle` ON `job_roles` (`organization_id`, `handle`);
-- Create index "jobrole_organization_id_title_id" to table: "job_roles"
CREATE INDEX `jobrole_organization_id_title_id` ON `job_roles` (`organization_id`, `title`, `id`);
-- Create index "jobrole_organization_id_status_title_id" to table: "job_roles"
CREATE INDEX `jobrole_organization_id_status_title_id` ON `job_roles` (`organization_id`, `status`, `title`, `id`);
-- Create index "jobrole_organization_id_level_title_id" to table: "job_roles"
CREATE INDEX `jobrole_organization_id_level_title_id` ON `job_roles` (`organization_id`, `level`, `title`, `id`);
-- Create index "job_roles_organization_id_id" to table: "job_roles"
CREATE UNIQUE INDEX `job_roles_organization_id_id` ON `job_roles` (`organization_id`, `id`);
-- Create index "jobroleskill_organization_id_skill_id" to table: "job_role_skills"
CREATE INDEX `jobroleskill_organization_id_skill_id` ON `job_role_skills` (`organization_id`, `skill_id`);
-- Create "new_organizations" table
CREATE TABLE `new_organizations` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `slug` text NOT NULL, `name` text NOT NULL, `time_zone` text NOT NULL DEFAULT ('UTC'), `locale` text NOT NULL DEFAULT ('en'), `publication_approval` bool NOT NULL DEFAULT (false), PRIMARY KEY (`id`), CONSTRAINT `organizations_slug` CHECK (length(slug) BETWEEN 1 AND 63));
-- Copy rows from old table "organizations" to new temporary table "new_organizations"
INSERT INTO `new_organizations` (`id`, `created_at`, `slug`, `name`, `time_zone`, `locale`) SELECT `id`, `created_at`, `slug`, `name`, `time_zone`, `locale` FROM `organizations`;
-- Drop "organizations" table after copying rows
DROP TABLE `organizations`;
-- Rename temporary table "new_organizations" to "organizations"
ALTER TABLE `new_organizations` RENAME TO `organizations`;
-- Create index "organizations_slug_key" to table: "organizations"
CREATE UNIQUE INDEX `organizations_slug_key` ON `organizations` (`slug`);
-- Create "new_questions" table
CREATE TABLE `new_questions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `title` text NOT NULL, `kind` text NOT NULL, `category` text NOT NULL, `level` text NOT NULL, `language` text NOT NULL DEFAULT ('en'), `state` text NOT NULL, `published_number` integer NOT NULL DEFAULT (0), `draft_number` integer NOT NULL DEFAULT (0), `revision` integer NOT NULL DEFAULT (1), `words` text NOT NULL DEFAULT (''), `handle` text NULL, `organization_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `questions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `questions_category` CHECK (category IN ('BEHAVIORAL', 'TECHNICAL', 'SYSTEM_DESIGN', 'CULTURE', 'SCREENING')), CONSTRAINT `questions_kind` CHECK (kind IN ('SINGLE_CHOICE', 'MULTIPLE_CHOICE', 'NUMERIC', 'SHORT_TEXT', 'LONG_TEXT', 'ORDERING', 'CODE', 'SPOKEN')), CONSTRAINT `questions_level` CHECK (level IN ('FOUNDATION', 'ENTRY', 'EXPERIENCED', 'SENIOR')), CONSTRAINT `questions_numbers` CHECK (published_number >= 0 AND (draft_number = 0 OR draft_number = published_number + 1)), CONSTRAINT `questions_state` CHECK (state IN ('DRAFT', 'PUBLISHED', 'RETIRED')));
-- Copy rows from old table "questions" to new temporary table "new_questions"
INSERT INTO `new_questions` (`id`, `created_at`, `title`, `kind`, `category`, `level`, `language`, `state`, `published_number`, `draft_number`, `revision`, `organization_id`) SELECT `id`, `created_at`, `title`, `kind`, `category`, `level`, `language`, `state`, `published_number`, `draft_number`, `revision`, `organization_id` FROM `questions`;
-- Drop "questions" table after copying rows
DROP TABLE `questions`;
-- Rename temporary table "new_questions" to "questions"
ALTER TABLE `new_questions` RENAME TO `questions`;
-- Create index "question_organization_id_kind_id" to table: "questions"
CREATE INDEX `question_organization_id_kind_id` ON `questions` (`organization_id`, `kind`, `id`);
-- Create index "question_organization_id_category_id" to table: "questions"
CREATE INDEX `question_organization_id_category_id` ON `questions` (`organization_id`, `category`, `id`);
-- Create index "question_organization_id_level_id" to table: "questions"
CREATE INDEX `question_organization_id_level_id` ON `questions` (`organization_id`, `level`, `id`);
-- Create index "question_organization_id_state_id" to table: "questions"
CREATE INDEX `question_organization_id_state_id` ON `questions` (`organization_id`, `state`, `id`);
-- Create index "question_organization_id_language_id" to table: "questions"
CREATE INDEX `question_organization_id_language_id` ON `questions` (`organization_id`, `language`, `id`);
-- Create index "question_organization_id_handle" to table: "questions"
CREATE UNIQUE INDEX `question_organization_id_handle` ON `questions` (`organization_id`, `handle`);
-- Create index "questions_organization_id_id" to table: "questions"
CREATE UNIQUE INDEX `questions_organization_id_id` ON `questions` (`organization_id`, `id`);
-- Create "new_question_revisions" table
CREATE TABLE `new_question_revisions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `number` integer NOT NULL, `title` text NOT NULL DEFAULT (''), `category` text NULL, `level` text NULL, `language` text NOT NULL DEFAULT (''), `content` json NOT NULL, `published_at` datetime NULL, `published_by` uuid NULL, `author_id` uuid NULL, `editors` json NULL, `approved_by` uuid NULL, `approved_at` datetime NULL, `prompt_html` text NOT NULL DEFAULT (''), `organization_id` uuid NOT NULL, `question_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `question_revisions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `question_revisions_questions_question` FOREIGN KEY (`organization_id`, `question_id`) REFERENCES `questions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `question_revisions_number` CHECK (number >= 1));
-- Copy rows from old table "question_revisions" to new temporary table "new_question_revisions"
INSERT INTO `new_question_revisions` (`id`, `created_at`, `number`, `content`, `published_at`, `published_by`, `author_id`, `organization_id`, `question_id`) SELECT `id`, `created_at`, `number`, `content`, `published_at`, `published_by`, `author_id`, `organization_id`, `question_id` FROM `question_revisions`;
-- Drop "question_revisions" table after copying rows
DROP TABLE `question_revisions`;
-- Rename temporary table "new_question_revisions" to "question_revisions"
ALTER TABLE `new_question_revisions` RENAME TO `question_revisions`;
-- Create index "questionrevision_organization_id_question_id_number" to table: "question_revisions"
CREATE UNIQUE INDEX `questionrevision_organization_id_question_id_number` ON `question_revisions` (`organization_id`, `question_id`, `number`);
-- Create "new_skills" table
CREATE TABLE `new_skills` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `name` text NOT NULL, `name_key` text NOT NULL, `description` text NOT NULL DEFAULT (''), `revision` integer NOT NULL DEFAULT (1), `handle` text NULL, `organization_id` uuid NOT NULL, `parent_id` uuid NULL, `merged_into_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `skills_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `skills_skills_children` FOREIGN KEY (`organization_id`, `parent_id`) REFERENCES `skills` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `skills_skills_merged` FOREIGN KEY (`organization_id`, `merged_into_id`) REFERENCES `skills` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Copy rows from old table "skills" to new temporary table "new_skills"
INSERT INTO `new_skills` (`id`, `created_at`, `name`, `name_key`, `description`, `organization_id`) SELECT `id`, `created_at`, `name`, `name_key`, `description`, `organization_id` FROM `skills`;
-- Drop "skills" table after copying rows
DROP TABLE `skills`;
-- Rename temporary table "new_skills" to "skills"
ALTER TABLE `new_skills` RENAME TO `skills`;
-- Create index "skill_organization_id_name_key" to table: "skills"
CREATE UNIQUE INDEX `skill_organization_id_name_key` ON `skills` (`organization_id`, `name_key`);
-- Create index "skill_organization_id_name_id" to table: "skills"
CREATE INDEX `skill_organization_id_name_id` ON `skills` (`organization_id`, `name`, `id`);
-- Create index "skill_organization_id_parent_id_name_id" to table: "skills"
CREATE INDEX `skill_organization_id_parent_id_name_id` ON `skills` (`organization_id`, `parent_id`, `name`, `id`);
-- Create index "skill_organization_id_merged_into_id" to table: "skills"
CREATE INDEX `skill_organization_id_merged_into_id` ON `skills` (`organization_id`, `merged_into_id`);
-- Create index "skill_organization_id_handle" to table: "skills"
CREATE UNIQUE INDEX `skill_organization_id_handle` ON `skills` (`organization_id`, `handle`);
-- Create index "skills_organization_id_id" to table: "skills"
CREATE UNIQUE INDEX `skills_organization_id_id` ON `skills` (`organization_id`, `id`);
-- Create "new_templates" table
CREATE TABLE `new_templates` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `name` text NOT NULL, `mode` text NOT NULL, `state` text NOT NULL, `draft` json NULL, `published_number` integer NOT NULL DEFAULT (0), `draft_number` integer NOT NULL DEFAULT (1), `revision` integer NOT NULL DEFAULT (1), `editors` json NULL, `approved_by` uuid NULL, `approved_at` datetime NULL, `handle` text NULL, `organization_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `templates_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `templates_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `templates_mode` CHECK (mode IN ('ASSESSMENT', 'INTERVIEW', 'PRACTICE')), CONSTRAINT `templates_numbers` CHECK (published_number >= 0 AND (draft_number = 0 OR draft_number = published_number + 1)), CONSTRAINT `templates_state` CHECK (state IN ('DRAFT', 'PUBLISHED', 'RETIRED')));
-- Copy rows from old table "templates" to new temporary table "new_templates"
INSERT INTO `new_templates` (`id`, `created_at`, `name`, `mode`, `state`, `draft`, `published_number`, `draft_number`, `revision`, `organization_id`, `job_role_id`) SELECT `id`, `created_at`, `name`, `mode`, `state`, `draft`, `published_number`, `draft_number`, `revision`, `organization_id`, `job_role_id` FROM `templates`;
-- Drop "templates" table after copying rows
DROP TABLE `templates`;
-- Rename temporary table "new_templates" to "templates"
ALTER TABLE `new_templates` RENAME TO `templates`;
-- Create index "template_organization_id_job_role_id_id" to table: "templates"
CREATE INDEX `template_organization_id_job_role_id_id` ON `templates` (`organization_id`, `job_role_id`, `id`);
-- Create index "template_organization_id_state_id" to table: "templates"
CREATE INDEX `template_organization_id_state_id` ON `templates` (`organization_id`, `state`, `id`);
-- Create index "template_organization_id_mode_id" to table: "templates"
CREATE INDEX `template_organization_id_mode_id` ON `templates` (`organization_id`, `mode`, `id`);
-- Create index "template_organization_id_handle" to table: "templates"
CREATE UNIQUE INDEX `template_organization_id_handle` ON `templates` (`organization_id`, `handle`);
-- Create index "templates_organization_id_id" to table: "templates"
CREATE UNIQUE INDEX `templates_organization_id_id` ON `templates` (`organization_id`, `id`);
-- Add column "content" to table: "template_versions"
ALTER TABLE `template_versions` ADD COLUMN `content` json NULL;
-- Add column "approved_by" to table: "template_versions"
ALTER TABLE `template_versions` ADD COLUMN `approved_by` uuid NULL;
-- Create "exposures" table
CREATE TABLE `exposures` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `ref` text NOT NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `exposures_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `exposures_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `exposures_template_versions_template_version` FOREIGN KEY (`organization_id`, `template_version_id`) REFERENCES `template_versions` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "exposure_organization_id_session_id_ref" to table: "exposures"
CREATE UNIQUE INDEX `exposure_organization_id_session_id_ref` ON `exposures` (`organization_id`, `session_id`, `ref`);
-- Create index "exposure_organization_id_template_version_id_ref" to table: "exposures"
CREATE INDEX `exposure_organization_id_template_version_id_ref` ON `exposures` (`organization_id`, `template_version_id`, `ref`);
-- Create "question_skills" table
CREATE TABLE `question_skills` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `organization_id` uuid NOT NULL, `question_id` uuid NOT NULL, `skill_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `question_skills_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `question_skills_questions_question` FOREIGN KEY (`organization_id`, `question_id`) REFERENCES `questions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `question_skills_skills_skill` FOREIGN KEY (`organization_id`, `skill_id`) REFERENCES `skills` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "questionskill_organization_id_question_id_skill_id" to table: "question_skills"
CREATE UNIQUE INDEX `questionskill_organization_id_question_id_skill_id` ON `question_skills` (`organization_id`, `question_id`, `skill_id`);
-- Create index "questionskill_organization_id_skill_id_question_id" to table: "question_skills"
CREATE INDEX `questionskill_organization_id_skill_id_question_id` ON `question_skills` (`organization_id`, `skill_id`, `question_id`);
-- Create "version_uses" table
CREATE TABLE `version_uses` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `number` integer NOT NULL, `ref` text NOT NULL, `drawn` bool NOT NULL, `organization_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, `question_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `version_uses_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `version_uses_template_versions_template_version` FOREIGN KEY (`organization_id`, `template_version_id`) REFERENCES `template_versions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `version_uses_questions_question` FOREIGN KEY (`organization_id`, `question_id`) REFERENCES `questions` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "versionuse_organization_id_template_version_id_ref" to table: "version_uses"
CREATE UNIQUE INDEX `versionuse_organization_id_template_version_id_ref` ON `version_uses` (`organization_id`, `template_version_id`, `ref`);
-- Create index "version_uses_of_revision" to table: "version_uses"
CREATE INDEX `version_uses_of_revision` ON `version_uses` (`organization_id`, `question_id`, `number`, `template_version_id`);
