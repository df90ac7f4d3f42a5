-- Generated from ent/schema by internal/migration/generate; read before committing.
-- Create "new_reports" table
CREATE TABLE `new_reports` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `number` integer NOT NULL, `state` text NOT NULL, `percent` integer NOT NULL, `points` integer NOT NULL, `max_points` integer NOT NULL, `band` text NOT NULL, `passed` bool NOT NULL, `result` blob NOT NULL, `ended_at` datetime NOT NULL, `superseded_at` datetime NULL, `released_at` datetime NULL, `released_by` uuid NULL, `withdrawn_at` datetime NULL, `withdraw_reason` text NOT NULL DEFAULT (''), `reason` text NOT NULL DEFAULT (''), `mended` integer NOT NULL DEFAULT (0), `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, `candidate_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `reports_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `reports_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reports_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reports_candidates_candidate` FOREIGN KEY (`organization_id`, `candidate_id`) REFERENCES `candidates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reports_template_versions_template_version` FOREIGN KEY (`organization_id`, `template_version_id`) REFERENCES `template_versions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reports_percent` CHECK (percent BETWEEN 0 AND 100000000), CONSTRAINT `reports_points` CHECK (points BETWEEN 0 AND max_points), CONSTRAINT `reports_state` CHECK (state IN ('PROVISIONAL', 'READY', 'RELEASED', 'WITHDRAWN')));
-- Copy rows from old table "reports" to new temporary table "new_reports"
INSERT INTO `new_reports` (`id`, `created_at`, `number`, `state`, `percent`, `points`, `max_points`, `band`, `passed`, `result`, `ended_at`, `superseded_at`, `released_at`, `released_by`, `organization_id`, `session_id`, `job_role_id`, `candidate_id`, `template_version_id`) SELECT `id`, `created_at`, `number`, `state`, `percent`, `points`, `max_points`, `band`, `passed`, `result`, `ended_at`, `superseded_at`, `released_at`, `released_by`, `organization_id`, `session_id`, `job_role_id`, `candidate_id`, `template_version_id` FROM `reports`;
-- Drop "reports" table after copying rows
DROP TABLE `reports`;
-- Rename temporary table "new_reports" to "reports"
ALTER TABLE `new_reports` RENAME TO `reports`;
-- Create index "report_organization_id_session_id_number" to table: "reports"
CREATE UNIQUE INDEX `report_organization_id_session_id_number` ON `reports` (`organization_id`, `session_id`, `number`);
-- Create index "reports_one_current" to table: "reports"
CREATE UNIQUE INDEX `reports_one_current` ON `reports` (`organization_id`, `session_id`) WHERE superseded_at IS NULL;
-- Create index "report_organization_id_id" to table: "reports"
CREATE UNIQUE INDEX `report_organization_id_id` ON `reports` (`organization_id`, `id`);
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
-- Create index "reports_of_version" to table: "reports"
CREATE INDEX `reports_of_version` ON `reports` (`organization_id`, `template_version_id`, `mended`, `id`) WHERE superseded_at IS NULL;
-- Create "new_reviews" table
CREATE TABLE `new_reviews` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `state` text NOT NULL, `assigned_by` uuid NOT NULL, `submitted_at` datetime NULL, `kind` text NOT NULL DEFAULT ('REGULAR'), `refs` json NULL, `blind` bool NOT NULL DEFAULT (true), `due_at` datetime NULL, `reminded_at` datetime NULL, `end_reason` text NOT NULL DEFAULT (''), `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, `reviewer_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `reviews_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `reviews_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reviews_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reviews_members_reviewer` FOREIGN KEY (`organization_id`, `reviewer_id`) REFERENCES `members` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `reviews_kind` CHECK (kind IN ('REGULAR', 'ADJUDICATION')), CONSTRAINT `reviews_state` CHECK (state IN ('ASSIGNED', 'SUBMITTED', 'DECLINED', 'WITHDRAWN')));
-- Copy rows from old table "reviews" to new temporary table "new_reviews"
INSERT INTO `new_reviews` (`id`, `created_at`, `state`, `assigned_by`, `submitted_at`, `organization_id`, `session_id`, `job_role_id`, `reviewer_id`) SELECT `id`, `created_at`, `state`, `assigned_by`, `submitted_at`, `organization_id`, `session_id`, `job_role_id`, `reviewer_id` FROM `reviews`;
-- Drop "reviews" table after copying rows
DROP TABLE `reviews`;
-- Rename temporary table "new_reviews" to "reviews"
ALTER TABLE `new_reviews` RENAME TO `reviews`;
-- Create index "reviews_one_each" to table: "reviews"
CREATE UNIQUE INDEX `reviews_one_each` ON `reviews` (`organization_id`, `session_id`, `reviewer_id`) WHERE state <> 'WITHDRAWN';
-- Create index "review_organization_id_session_id_id" to table: "reviews"
CREATE INDEX `review_organization_id_session_id_id` ON `reviews` (`organization_id`, `session_id`, `id`);
-- Create index "review_organization_id_reviewer_id_id" to table: "reviews"
CREATE INDEX `review_organization_id_reviewer_id_id` ON `reviews` (`organization_id`, `reviewer_id`, `id`);
-- Create index "review_organization_id_reviewer_id_state_id" to table: "reviews"
CREATE INDEX `review_organization_id_reviewer_id_state_id` ON `reviews` (`organization_id`, `reviewer_id`, `state`, `id`);
-- Create index "review_state_due_at" to table: "reviews"
CREATE INDEX `review_state_due_at` ON `reviews` (`state`, `due_at`);
-- Create index "reviews_organization_id_id" to table: "reviews"
CREATE UNIQUE INDEX `reviews_organization_id_id` ON `reviews` (`organization_id`, `id`);
-- Create "new_scores" table
CREATE TABLE `new_scores` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `ref` text NOT NULL, `criterion` text NOT NULL, `number` integer NOT NULL, `points` integer NOT NULL, `max_points` integer NOT NULL, `status` text NOT NULL, `source` text NOT NULL, `evidence` text NOT NULL, `comment` text NOT NULL, `awarded_by` uuid NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `review_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `scores_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `scores_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `scores_reviews_review` FOREIGN KEY (`organization_id`, `review_id`) REFERENCES `reviews` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `scores_points` CHECK (points BETWEEN 0 AND max_points), CONSTRAINT `scores_source` CHECK (source IN ('KEY', 'REVIEWER', 'RULE', 'RUNNER', 'CONSENSUS')), CONSTRAINT `scores_status` CHECK (status IN ('SCORED', 'OMITTED', 'NOT_REACHED', 'NOT_SCORED')));
-- Copy rows from old table "scores" to new temporary table "new_scores"
INSERT INTO `new_scores` (`id`, `created_at`, `ref`, `criterion`, `number`, `points`, `max_points`, `status`, `source`, `evidence`, `comment`, `awarded_by`, `organization_id`, `session_id`, `review_id`) SELECT `id`, `created_at`, `ref`, `criterion`, `number`, `points`, `max_points`, `status`, `source`, `evidence`, `comment`, `awarded_by`, `organization_id`, `session_id`, `review_id` FROM `scores`;
-- Drop "scores" table after copying rows
DROP TABLE `scores`;
-- Rename temporary table "new_scores" to "scores"
ALTER TABLE `new_scores` RENAME TO `scores`;
-- Create index "score_organization_id_session_id_ref_criterion_number" to table: "scores"
CREATE UNIQUE INDEX `score_organization_id_session_id_ref_criterion_number` ON `scores` (`organization_id`, `session_id`, `ref`, `criterion`, `number`);
-- Create "calibrations" table
CREATE TABLE `calibrations` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `revision` integer NOT NULL, `text` text NOT NULL, `scores` json NOT NULL, `note` text NOT NULL, `created_by` uuid NOT NULL, `retired_at` datetime NULL, `organization_id` uuid NOT NULL, `question_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `calibrations_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `calibrations_questions_question` FOREIGN KEY (`organization_id`, `question_id`) REFERENCES `questions` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "calibration_organization_id_question_id_id" to table: "calibrations"
CREATE INDEX `calibration_organization_id_question_id_id` ON `calibrations` (`organization_id`, `question_id`, `id`);
-- Create index "calibrations_organization_id_id" to table: "calibrations"
CREATE UNIQUE INDEX `calibrations_organization_id_id` ON `calibrations` (`organization_id`, `id`);
-- Create "calibration_attempts" table
CREATE TABLE `calibration_attempts` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `scores` json NOT NULL, `organization_id` uuid NOT NULL, `calibration_id` uuid NOT NULL, `reviewer_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `calibration_attempts_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `calibration_attempts_calibrations_calibration` FOREIGN KEY (`organization_id`, `calibration_id`) REFERENCES `calibrations` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `calibration_attempts_members_reviewer` FOREIGN KEY (`organization_id`, `reviewer_id`) REFERENCES `members` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "calibrationattempt_organization_id_calibration_id_reviewer_id" to table: "calibration_attempts"
CREATE UNIQUE INDEX `calibrationattempt_organization_id_calibration_id_reviewer_id` ON `calibration_attempts` (`organization_id`, `calibration_id`, `reviewer_id`);
-- Create index "calibrationattempt_organization_id_reviewer_id_id" to table: "calibration_attempts"
CREATE INDEX `calibrationattempt_organization_id_reviewer_id_id` ON `calibration_attempts` (`organization_id`, `reviewer_id`, `id`);
-- Create "executions" table
CREATE TABLE `executions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `ref` text NOT NULL, `response_revision` integer NOT NULL, `state` text NOT NULL, `hash` blob NOT NULL, `tokens` json NOT NULL, `results` json NOT NULL, `reason` text NOT NULL DEFAULT (''), `attempts` integer NOT NULL DEFAULT (0), `finished_at` datetime NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `executions_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `executions_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `executions_state` CHECK (state IN ('QUEUED', 'RUNNING', 'EXECUTED', 'FAILED')));
-- Create index "execution_organization_id_session_id_ref" to table: "executions"
CREATE UNIQUE INDEX `execution_organization_id_session_id_ref` ON `executions` (`organization_id`, `session_id`, `ref`);
-- Create index "execution_hash" to table: "executions"
CREATE UNIQUE INDEX `execution_hash` ON `executions` (`hash`);
-- Create "norms" table
CREATE TABLE `norms` (`id` uuid NOT NULL, `size` integer NOT NULL, `mean` integer NOT NULL, `spread` integer NOT NULL, `sem` integer NULL, `alpha` integer NULL, `tally` json NOT NULL, `computed_at` datetime NOT NULL, `organization_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `norms_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `norms_template_versions_template_version` FOREIGN KEY (`organization_id`, `template_version_id`) REFERENCES `template_versions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `norms_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `norms_size` CHECK (size >= 0));
-- Create index "norm_organization_id_template_version_id" to table: "norms"
CREATE UNIQUE INDEX `norm_organization_id_template_version_id` ON `norms` (`organization_id`, `template_version_id`);
-- Create "report_shares" table
CREATE TABLE `report_shares` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `hash` blob NOT NULL, `expires_at` datetime NOT NULL, `note` text NOT NULL, `created_by` text NOT NULL, `revoked_at` datetime NULL, `opened` integer NOT NULL DEFAULT (0), `last_opened_at` datetime NULL, `organization_id` uuid NOT NULL, `report_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `report_shares_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `report_shares_reports_report` FOREIGN KEY (`organization_id`, `report_id`) REFERENCES `reports` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `report_shares_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION);
-- Create index "reportshare_hash" to table: "report_shares"
CREATE UNIQUE INDEX `reportshare_hash` ON `report_shares` (`hash`);
-- Create index "reportshare_organization_id_report_id_id" to table: "report_shares"
CREATE INDEX `reportshare_organization_id_report_id_id` ON `report_shares` (`organization_id`, `report_id`, `id`);
-- Create "rescorings" table
CREATE TABLE `rescorings` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `number` integer NOT NULL, `fixes` json NOT NULL, `reason` text NOT NULL, `digest` blob NOT NULL, `state` text NOT NULL, `concerned` integer NOT NULL, `changed` integer NOT NULL, `applied_by` text NOT NULL, `finished_at` datetime NULL, `organization_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `rescorings_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `rescorings_template_versions_template_version` FOREIGN KEY (`organization_id`, `template_version_id`) REFERENCES `template_versions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `rescorings_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `rescorings_number` CHECK (number >= 1), CONSTRAINT `rescorings_state` CHECK (state IN ('APPLYING', 'APPLIED')));
-- Create index "rescoring_organization_id_template_version_id_number" to table: "rescorings"
CREATE UNIQUE INDEX `rescoring_organization_id_template_version_id_number` ON `rescorings` (`organization_id`, `template_version_id`, `number`);
-- Create index "rescoring_organization_id_state" to table: "rescorings"
CREATE INDEX `rescoring_organization_id_state` ON `rescorings` (`organization_id`, `state`);
-- Create index "rescorings_organization_id_id" to table: "rescorings"
CREATE UNIQUE INDEX `rescorings_organization_id_id` ON `rescorings` (`organization_id`, `id`);
-- Create "review_rules" table
CREATE TABLE `review_rules` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `reviewers` integer NOT NULL, `spread` text NOT NULL, `pool` json NOT NULL, `blind` bool NOT NULL, `automatic` bool NOT NULL, `gap` integer NOT NULL, `due_days` integer NOT NULL, `updated_at` datetime NOT NULL, `updated_by` text NOT NULL, `organization_id` uuid NOT NULL, `template_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `review_rules_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `review_rules_templates_template` FOREIGN KEY (`organization_id`, `template_id`) REFERENCES `templates` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `review_rules_job_roles_job_role` FOREIGN KEY (`organization_id`, `job_role_id`) REFERENCES `job_roles` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `review_rules_due` CHECK (due_days BETWEEN 1 AND 90), CONSTRAINT `review_rules_gap` CHECK (gap >= 1), CONSTRAINT `review_rules_reviewers` CHECK (reviewers BETWEEN 1 AND 5), CONSTRAINT `review_rules_spread` CHECK (spread IN ('SESSION', 'QUESTION', 'SKILL')));
-- Create index "reviewrule_organization_id_template_id" to table: "review_rules"
CREATE UNIQUE INDEX `reviewrule_organization_id_template_id` ON `review_rules` (`organization_id`, `template_id`);
-- Create "score_sheets" table
CREATE TABLE `score_sheets` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `number` integer NOT NULL, `entries` json NOT NULL, `organization_id` uuid NOT NULL, `session_id` uuid NOT NULL, `rescoring_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `score_sheets_organizations_organization` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON DELETE NO ACTION, CONSTRAINT `score_sheets_sessions_session` FOREIGN KEY (`organization_id`, `session_id`) REFERENCES `sessions` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `score_sheets_rescorings_rescoring` FOREIGN KEY (`organization_id`, `rescoring_id`) REFERENCES `rescorings` (`organization_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `score_sheets_number` CHECK (number >= 1));
-- Create index "scoresheet_organization_id_session_id_number" to table: "score_sheets"
CREATE UNIQUE INDEX `scoresheet_organization_id_session_id_number` ON `score_sheets` (`organization_id`, `session_id`, `number`);
