-- Authoring: skills become a tree, questions get more kinds, search, approval and a list of where they are used, API keys rotate.
-- Questions from before have no words yet: the worker gives them theirs.
-- Modify "api_keys" table
ALTER TABLE "api_keys" ADD COLUMN "previous_hash" bytea NULL, ADD COLUMN "previous_until" timestamptz NULL, ADD COLUMN "holders" jsonb NULL, ADD COLUMN "rotated_at" timestamptz NULL, ADD COLUMN "last_used_at" timestamptz NULL;
-- Create index "apikey_organization_id_id" to table: "api_keys"
CREATE INDEX "apikey_organization_id_id" ON "api_keys" ("organization_id", "id");
-- Create index "apikey_previous_hash" to table: "api_keys"
CREATE UNIQUE INDEX "apikey_previous_hash" ON "api_keys" ("previous_hash");
-- Create index "jobroleskill_organization_id_skill_id" to table: "job_role_skills"
CREATE INDEX "jobroleskill_organization_id_skill_id" ON "job_role_skills" ("organization_id", "skill_id");
-- Modify "job_roles" table
ALTER TABLE "job_roles" ADD COLUMN "preparation_tips" jsonb NULL, ADD COLUMN "handle" character varying NULL;
-- Create index "jobrole_organization_id_handle" to table: "job_roles"
CREATE UNIQUE INDEX "jobrole_organization_id_handle" ON "job_roles" ("organization_id", "handle");
-- Modify "organizations" table
ALTER TABLE "organizations" ADD COLUMN "publication_approval" boolean NOT NULL DEFAULT false;
-- Modify "question_revisions" table
ALTER TABLE "question_revisions" ADD COLUMN "title" character varying NOT NULL DEFAULT '', ADD COLUMN "category" character varying NULL, ADD COLUMN "level" character varying NULL, ADD COLUMN "language" character varying NOT NULL DEFAULT '', ADD COLUMN "editors" jsonb NULL, ADD COLUMN "approved_by" uuid NULL, ADD COLUMN "approved_at" timestamptz NULL, ADD COLUMN "prompt_html" text NOT NULL DEFAULT '';
-- Modify "templates" table
ALTER TABLE "templates" ADD COLUMN "editors" jsonb NULL, ADD COLUMN "approved_by" uuid NULL, ADD COLUMN "approved_at" timestamptz NULL, ADD COLUMN "handle" character varying NULL;
-- Create index "template_organization_id_handle" to table: "templates"
CREATE UNIQUE INDEX "template_organization_id_handle" ON "templates" ("organization_id", "handle");
-- Create index "template_organization_id_mode_id" to table: "templates"
CREATE INDEX "template_organization_id_mode_id" ON "templates" ("organization_id", "mode", "id");
-- Modify "template_versions" table
ALTER TABLE "template_versions" ADD COLUMN "content" jsonb NULL, ADD COLUMN "approved_by" uuid NULL;
-- Create "exposures" table
CREATE TABLE "exposures" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "ref" character varying NOT NULL, "organization_id" uuid NOT NULL, "session_id" uuid NOT NULL, "template_version_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "exposures_organizations_organization" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "exposures_sessions_session" FOREIGN KEY ("organization_id", "session_id") REFERENCES "sessions" ("organization_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "exposures_template_versions_template_version" FOREIGN KEY ("organization_id", "template_version_id") REFERENCES "template_versions" ("organization_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- Create index "exposure_organization_id_session_id_ref" to table: "exposures"
CREATE UNIQUE INDEX "exposure_organization_id_session_id_ref" ON "exposures" ("organization_id", "session_id", "ref");
-- Create index "exposure_organization_id_template_version_id_ref" to table: "exposures"
CREATE INDEX "exposure_organization_id_template_version_id_ref" ON "exposures" ("organization_id", "template_version_id", "ref");
-- Modify "questions" table
ALTER TABLE "questions" DROP CONSTRAINT "questions_kind", ADD CONSTRAINT "questions_kind" CHECK (kind IN ('SINGLE_CHOICE', 'MULTIPLE_CHOICE', 'NUMERIC', 'SHORT_TEXT', 'LONG_TEXT', 'ORDERING', 'CODE', 'SPOKEN')), ADD COLUMN "words" text NOT NULL DEFAULT '', ADD COLUMN "handle" character varying NULL;
-- Create index "question_organization_id_handle" to table: "questions"
CREATE UNIQUE INDEX "question_organization_id_handle" ON "questions" ("organization_id", "handle");
-- Create index "question_organization_id_language_id" to table: "questions"
CREATE INDEX "question_organization_id_language_id" ON "questions" ("organization_id", "language", "id");
-- Modify "skills" table
ALTER TABLE "skills" ADD COLUMN "revision" bigint NOT NULL DEFAULT 1, ADD COLUMN "handle" character varying NULL, ADD COLUMN "parent_id" uuid NULL, ADD COLUMN "merged_into_id" uuid NULL, ADD CONSTRAINT "skills_skills_children" FOREIGN KEY ("organization_id", "parent_id") REFERENCES "skills" ("organization_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, ADD CONSTRAINT "skills_skills_merged" FOREIGN KEY ("organization_id", "merged_into_id") REFERENCES "skills" ("organization_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
-- Create index "skill_organization_id_handle" to table: "skills"
CREATE UNIQUE INDEX "skill_organization_id_handle" ON "skills" ("organization_id", "handle");
-- Create index "skill_organization_id_merged_into_id" to table: "skills"
CREATE INDEX "skill_organization_id_merged_into_id" ON "skills" ("organization_id", "merged_into_id");
-- Create index "skill_organization_id_parent_id_name_id" to table: "skills"
CREATE INDEX "skill_organization_id_parent_id_name_id" ON "skills" ("organization_id", "parent_id", "name", "id");
-- Create "question_skills" table
CREATE TABLE "question_skills" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "organization_id" uuid NOT NULL, "question_id" uuid NOT NULL, "skill_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "question_skills_organizations_organization" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "question_skills_questions_question" FOREIGN KEY ("organization_id", "question_id") REFERENCES "questions" ("organization_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "question_skills_skills_skill" FOREIGN KEY ("organization_id", "skill_id") REFERENCES "skills" ("organization_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- Create index "questionskill_organization_id_question_id_skill_id" to table: "question_skills"
CREATE UNIQUE INDEX "questionskill_organization_id_question_id_skill_id" ON "question_skills" ("organization_id", "question_id", "skill_id");
-- Create index "questionskill_organization_id_skill_id_question_id" to table: "question_skills"
CREATE INDEX "questionskill_organization_id_skill_id_question_id" ON "question_skills" ("organization_id", "skill_id", "question_id");
-- Create "version_uses" table
CREATE TABLE "version_uses" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "number" bigint NOT NULL, "ref" character varying NOT NULL, "drawn" boolean NOT NULL, "organization_id" uuid NOT NULL, "template_version_id" uuid NOT NULL, "question_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "version_uses_organizations_organization" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "version_uses_questions_question" FOREIGN KEY ("organization_id", "question_id") REFERENCES "questions" ("organization_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "version_uses_template_versions_template_version" FOREIGN KEY ("organization_id", "template_version_id") REFERENCES "template_versions" ("organization_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- Create index "version_uses_of_revision" to table: "version_uses"
CREATE INDEX "version_uses_of_revision" ON "version_uses" ("organization_id", "question_id", "number", "template_version_id");
-- Create index "versionuse_organization_id_template_version_id_ref" to table: "version_uses"
CREATE UNIQUE INDEX "versionuse_organization_id_template_version_id_ref" ON "version_uses" ("organization_id", "template_version_id", "ref");
-- Full-text search: the words that authoring keeps of a question, with the organization as one more word, so that no other's are looked at.
CREATE INDEX "question_words" ON "questions" USING gin (array_to_tsvector(string_to_array(ltrim("words") || '@' || "organization_id"::text, ' ')));
