package graph

import (
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/sitting"
)

// priced declares what the lists without pages cost, which the transport cannot see: a usual number of their elements.
func priced(usual int) func(childComplexity int) int {
	return func(child int) int { return usual * (1 + child) }
}

// heavy is what a field costs that reads or writes everything an organization has.
const heavy = 500

// weighing declares what a single object costs whose reading is work by itself, beside what is selected of it.
func weighing(own int) func(childComplexity int) int {
	return func(child int) int { return own + child }
}

// Complexity is what each list without pages costs, and what is dear for another reason.
func Complexity() ComplexityRoot {
	var c ComplexityRoot
	c.ReportResult.Questions, c.ReportResult.Sections, c.ReportResult.Skills = priced(15), priced(3), priced(5)
	c.ReportResult.Bands, c.QuestionResult.Trace = priced(3), priced(3)
	c.rescoring()
	c.ReviewWork.Items, c.ReviewItem.Criteria, c.Criterion.Levels = priced(10), priced(3), priced(4)
	c.ReviewItem.FollowUps, c.Feedback.Sections = priced(3), priced(3)
	c.ReportResult.Strengths, c.ReportResult.WeakSpots, c.Finding.Evidence = priced(2), priced(2), priced(3)
	c.Report.MustHaves, c.Report.Shares, c.Feedback.Areas, c.Feedback.WorkOn = priced(5), priced(3), priced(5), priced(3)
	c.ScoreDistribution.Buckets, c.ScoreDistribution.Bands = priced(10), priced(3)
	c.ReviewAgreement.Criteria, c.ReviewerReport.Reviewers = priced(20), priced(10)
	c.Organization.ReviewAgreement = func(child int, _ insight.RatingInput) int { return heavy + child }
	c.Organization.ReviewerStatistics = func(child int, _ insight.RatingInput) int { return heavy + child }
	sections := priced(3)
	c.Sitting.Sections = func(child int, _ *string) int { return sections(child) }
	c.Sitting.Responses, c.PaperSection.Questions, c.SittingSection.Questions = priced(15), priced(10), priced(10)
	c.Sitting.Flags, c.Sitting.Ledger, c.CandidateSession.Timeline = priced(3), priced(20), priced(10)
	c.SaveResponsesPayload.Object = priced(10)
	stored := weighing(20) // every response, hashed
	c.Sitting.VerifyReceipt = func(child int, _ string) int { return stored(child) }
	c.CandidateSession.VerifyReceipt = func(child int, _ string) int { return stored(child) }
	c.Mutation.SaveResponses = func(child int, in sitting.SaveResponsesInput) int { return len(in.Responses) * (1 + child) }
	c.Sitting.Uploads = priced(5)
	c.SittingQuestion.Choices, c.Paper.Sections = priced(4), priced(3)
	c.JobRole.MustHaveSkills = priced(5)
	c.SessionIntegrity.Counts, c.Sitting.Signals, c.Sitting.Contests = priced(4), priced(20), priced(4)
	c.MyRecord.Sittings, c.MyRecordedSitting.Files, c.MyRecordedSitting.Openings = priced(5), priced(5), priced(5)
	c.Query.MyRecords, c.MyDataExport.Files = priced(5), priced(10)
	c.Query.ExportMyData = weighing(heavy) // every word of a person
	c.InviteCandidatesPayload.Object = priced(100)
	c.Mutation.InviteCandidates = func(child int, in sitting.InviteCandidatesInput) int { return child + 5*len(in.Invitations) }
	c.Review.Scores, c.CandidateSession.Reviews, c.ReviewRule.Pool = priced(20), priced(3), priced(5)
	c.CandidateSession.Unassigned = weighing(5) // what was answered, judged anew
	c.AssignReviewsPayload.Object = priced(100)
	c.Mutation.AssignReviews = func(child int, in grading.AssignReviewsInput) int {
		if in.TemplateID != nil {
			return child + 10*grading.MaxAssignments
		}
		return child + 10*len(in.SessionIDs)
	}
	c.Question.Calibrations, c.Calibration.Criteria = priced(5), priced(3)
	c.Calibration.Agreed, c.Calibration.Own = priced(4), priced(4)
	c.questions()
	c.templates()
	c.catalogues()
	return c
}

func (c *ComplexityRoot) questions() {
	c.Question.Revisions, c.QuestionRevision.UsedIn = priced(3), priced(5)
	c.QuestionContent.Choices, c.QuestionContent.Criteria, c.QuestionContent.Skills = priced(4), priced(3), priced(3)
	c.QuestionContent.FollowUps, c.QuestionContent.Translations = priced(3), priced(2)
	c.CodeTask.Tests, c.SittingQuestion.Examples, c.CodeExecution.Tests = priced(5), priced(3), priced(5)
	c.QuestionTranslation.Choices, c.Provenance.References = priced(4), priced(3)
	similar := priced(10)
	c.Organization.SimilarQuestions = func(child int, _ string) int { return similar(child) }
}

func (c *ComplexityRoot) templates() {
	c.AssessmentTemplate.Versions, c.AssessmentTemplate.Coverage = priced(5), priced(5)
	c.TemplateContent.Sections, c.TemplateSection.Slots, c.TemplateContent.Bands = priced(3), priced(10), priced(3)
	c.TemplateContent.SkillWeights, c.TemplateContent.ScoringRules = priced(5), priced(2)
	c.TemplateVersion.Sections, c.TemplateVersion.Exposures, c.TemplateVersion.Items = priced(3), priced(20), priced(20)
	paper := weighing(20) // drawn and shuffled anew
	c.TemplateVersion.Preview = func(child, _ int, _ *string) int { return paper(child) }
	bank := weighing(50) // every question that it may ask
	c.Organization.ValidateTemplate = func(child int, _ gid.ID) int { return bank(child) }
	c.TemplateValidation.Faults, c.TemplateValidation.Sections = priced(10), priced(3)
	both := weighing(50) // two papers with their keys
	c.Organization.CompareTemplateVersions = func(child int, _, _ gid.ID) int { return both(child) }
	c.VersionComparison.Changes = priced(20)
}

func (c *ComplexityRoot) rescoring() {
	everybody := weighing(4 * heavy) // every report of a version
	c.Organization.PreviewRescore = func(child int, _ gid.ID, _ []*content.KeyFix) int { return everybody(child) }
	c.Mutation.ApplyRescore = func(child int, _ grading.ApplyRescoreInput) int { return everybody(child) }
	c.RescorePreview.Histogram, c.Rescoring.Fixes = priced(20), priced(3)
	c.KeyFix.SkillWeights, c.KeyFix.Bands = priced(5), priced(3)
}

func (c *ComplexityRoot) catalogues() {
	everything := weighing(heavy)
	c.Organization.Catalogue = everything
	c.Organization.Qti = func(child int, _ []string) int { return everything(child) }
	changes := priced(20)
	c.CatalogueImport.Changes = func(child, _ int) int { return changes(child) }
	bringingIn := weighing(12 * heavy) // one an operation: reading a document may cost a second
	c.Mutation.ImportCatalogue = func(child int, _ authoring.ImportCatalogueInput) int { return bringingIn(child) }
	c.Mutation.ImportQti = func(child int, _ authoring.ImportQTIInput) int { return bringingIn(child) }
}
