package graph

// priced declares what the lists without pages cost, which the transport cannot see: a usual number of their elements.
func priced(usual int) func(childComplexity int) int {
	return func(child int) int { return usual * (1 + child) }
}

// Complexity is what each list without pages costs.
func Complexity() ComplexityRoot {
	var c ComplexityRoot
	c.ReportResult.Questions, c.ReportResult.Sections, c.ReportResult.Skills = priced(15), priced(3), priced(5)
	c.QuestionResult.Trace = priced(3)
	c.ReviewWork.Items, c.ReviewItem.Criteria, c.Criterion.Levels = priced(10), priced(3), priced(4)
	c.Sitting.Sections, c.Sitting.Responses, c.PaperSection.Questions = priced(3), priced(15), priced(10)
	c.SittingQuestion.Choices = priced(4)
	c.AssessmentTemplate.Versions, c.TemplateVersion.Sections = priced(5), priced(3)
	c.TemplateContent.Sections, c.TemplateSection.Slots = priced(3), priced(10)
	c.JobRole.MustHaveSkills = priced(5)
	c.QuestionContent.Choices, c.QuestionContent.Criteria, c.QuestionContent.Skills = priced(4), priced(3), priced(3)
	return c
}
